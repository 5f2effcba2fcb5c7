/** How long it takes to evaluate and compile configurations of 1, 300 and 3000 candies. */
import { fileURLToPath } from "node:url";
import { loadProject } from "../lib/config/load.ts";
import type { HostFacts } from "../lib/facts/facts.ts";
import { compileBundle } from "../lib/plan/compile.ts";

const door = fileURLToPath(new URL("../mod.ts", import.meta.url));

const facts: HostFacts = {
  hostname: "bench",
  user: "user",
  uid: 1000,
  gid: 1000,
  home: "/home/user",
  loginShell: "/bin/bash",
  machine: "x86_64",
  distro: ["debian:12", "debian"],
  format: "deb",
  glibc: "2.36",
  systemd: true,
  tools: ["bash", "sudo"],
};

/** A project whose candies require one another in a chain of ten and write two files each. */
async function project(candies: number): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "charly-bench-" });
  await Deno.writeTextFile(`${root}/deno.json`, JSON.stringify({ imports: { "@charly/charly": door } }));
  const entries = Array.from(
    { length: candies },
    (_, n) =>
      `c${n}: candy({ version: "2026.300.0900", description: "candy ${n}", env: { V${n}: "it's $5" }, ` +
      `require: [${
        n % 10 === 0 ? "" : `"c${n - 1}"`
      }], plan: [mkdir("~/d${n}"), write("~/d${n}/f", { content: "${n}\\n" })] }),`,
  );
  await Deno.writeTextFile(
    `${root}/charly.config.ts`,
    `import { bundle, candy, defineConfig, local, mkdir, write } from "@charly/charly";\n` +
      `export default defineConfig({ candies: {\n${entries.join("\n")}\n}, ` +
      `bundles: { all: bundle({ on: local(), candy: [${entries.map((_, n) => `"c${n}"`).join(", ")}] }) } });\n`,
  );
  return root;
}

for (const candies of [1, 300, 3000]) {
  const cwd = await project(candies);
  const { config, name } = await loadProject({ cwd });
  Deno.bench({
    name: `evaluate ${candies} candies`,
    group: "evaluate",
    fn: async () => void await loadProject({ cwd }),
  });
  Deno.bench({
    name: `compile ${candies} candies`,
    group: "compile",
    fn: () => {
      compileBundle({ config, project: name, bundle: "all", facts, target: "local", options: {}, files: {} });
    },
  });
}
