/** How long 100 files take on this machine: applied, applied again, undone; beside one hand-written script. */
import type { Candy } from "../lib/entities/candy.ts";
import type { DeployProject } from "../lib/deploy/contract.ts";
import { createApi } from "../targets/api.ts";
import { targets } from "../targets/mod.ts";

const place = await Deno.makeTempDir({ prefix: "charly-bench-" });
const home = `${place}/home`;
await Deno.mkdir(home);
const content = "content of a small file\n".repeat(40);
const candy: Candy = {
  version: "2026.300.0900",
  description: "a hundred files",
  plan: Array.from({ length: 100 }, (_, n) => ({ write: `~/f/${n}`, content })),
};
const project: DeployProject = {
  name: "bench",
  root: place,
  config: { candies: { files: candy }, bundles: { b: { on: { target: "local" }, candy: ["files"] } } },
};
const api = createApi({
  targets,
  env: { HOME: home, PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin" },
  operator: "bench",
  stateHome: `${place}/state`,
  secretDir: `${place}/secret`,
});
const yes = (event: { kind: string }) => Promise.resolve(event.kind === "confirm" ? true : undefined);

async function add(): Promise<void> {
  const { ok } = await api.addBundle(project, "b", { install: {} }, yes);
  if (!ok) throw new Error("apply failed");
}
async function del(): Promise<void> {
  const { ok } = await api.delBundle(project, "b", {}, yes);
  if (!ok) throw new Error("undo failed");
}

const script = Array.from(
  { length: 100 },
  (_, n) => `cat >${place}/by-hand/${n} <<'EOF'\n${content}EOF\nchmod 0644 ${place}/by-hand/${n}`,
);
Deno.bench({
  name: "one hand-written script",
  group: "100 files",
  baseline: true,
  fn: async () => {
    const child = new Deno.Command("sh", { args: ["-c", `mkdir -p ${place}/by-hand\n${script.join("\n")}`] });
    if (!(await child.output()).success) throw new Error("the script failed");
  },
});
Deno.bench({
  name: "first apply",
  group: "100 files",
  fn: async (b) => {
    await del();
    b.start();
    await add();
    b.end();
  },
});
Deno.bench({
  name: "apply again: nothing to do",
  group: "100 files",
  fn: async (b) => {
    await add();
    b.start();
    await add();
    b.end();
  },
});
Deno.bench({
  name: "undo",
  group: "100 files",
  fn: async (b) => {
    await add();
    b.start();
    await del();
    b.end();
  },
});
