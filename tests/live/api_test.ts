/** A program of one's own: plan, apply and undo through `./api`, and the types an editor shows for it. */
import assert from "node:assert/strict";
import { charlyProject, checkout } from "../shared/charly_process.ts";
import { tryRun } from "../shared/run.ts";

const config = `
import { bundle, candy, defineConfig, local, write } from "@charly/charly";
export default defineConfig({
  candies: { motd: candy({ version: "2026.300.0900", description: "a greeting", plan: [write("~/motd", { content: "hi\\n" })] }) },
  bundles: { here: bundle({ on: local(), candy: ["motd"] }) },
});
`;

Deno.test("a script plans, applies and undoes through the API, and type-checks", async () => {
  await using it = await charlyProject(config, {
    "deno.json": JSON.stringify({
      imports: {
        "@charly/charly": `file://${checkout}/mod.ts`,
        "@charly/charly/api": `file://${checkout}/targets/api.ts`,
        // what charly itself imports: a published package brings its own
        ...JSON.parse(await Deno.readTextFile(`${checkout}/deno.json`)).imports,
      },
    }),
    "script.ts": `
import { apply, type DeployEvents, loadProject, plan, undo } from "@charly/charly/api";
const project = await loadProject({ cwd: Deno.cwd() });
const motd = Deno.env.get("HOME") + "/motd";
const [host] = await plan(project, "here");
console.log(host?.planned.map(({ summary, state }) => summary.split(" ")[0] + " " + state).join());
const seen: string[] = [];
const events: DeployEvents = (event) => {
  seen.push(event.kind);
  return Promise.resolve(event.kind === "confirm" ? true : undefined);
};
console.log((await apply(project, "here", {}, events)).hosts[0]?.result, Deno.readTextFileSync(motd).trim());
console.log((await apply(project, "here")).hosts[0]?.result, seen.includes("confirm"));
console.log((await apply(project, "here", {}, () => Promise.resolve(false))).ok);
console.log((await undo(undefined, "here")).ok);
try {
  await plan(project, "hre");
} catch (error) {
  console.log((error as Error).message);
}
`,
  });
  const env = {
    HOME: it.home,
    NO_COLOR: "1",
    DENO_DIR: JSON.parse((await tryRun([Deno.execPath(), "info", "--json"])).stdout).denoDir,
  };
  const said = await tryRun([Deno.execPath(), "run", "-A", "--quiet", "--check", "script.ts"], {
    cwd: it.dir.path,
    env,
  });
  assert.equal(said.stderr, "");
  assert.equal(
    said.stdout,
    'write will-run\nchanged hi\nunchanged true\ntrue\ntrue\nfind bundle: "hre" is not declared\n',
  );
  await assert.rejects(() => Deno.stat(`${it.home}/motd`), Deno.errors.NotFound);
});
