/** `deno install` from a checkout gives a `charly` of its own. */
import assert from "node:assert/strict";
import { run, tryRun } from "../shared/run.ts";
import { tempDir } from "../shared/tmp.ts";

const root = new URL("../..", import.meta.url).pathname;

Deno.test("`deno install -g` from the checkout gives a charly that works from anywhere", async () => {
  await using dir = await tempDir();
  await run([
    ...[Deno.execPath(), "install", "--global", "--quiet", "--root", dir.path, "--name", "charly", "-A"],
    ...["--config", `${root}deno.json`, `${root}tasks/main.ts`],
  ]);
  // the launcher says `deno`: whichever runs these tests stands in for it
  await Deno.symlink(Deno.execPath(), dir.join("bin/deno"));
  // with another HOME, Deno would fetch every package anew
  const denoDir = Deno.env.get("DENO_DIR") ??
    `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;
  const env = { PATH: `${dir.join("bin")}:/usr/bin:/bin`, DENO_DIR: denoDir };
  const version = await tryRun(["charly", "--version"], { cwd: "/", env });
  assert.match(version.stdout, /^charly \d+\.\d+\.\d+/, version.stderr);
  await dir.write({
    "project/deno.json": JSON.stringify({ imports: { "@charly/charly": `file://${root}mod.ts` } }),
    "project/charly.config.ts": `
      import { bundle, candy, defineConfig, local, write } from "@charly/charly";
      export default defineConfig({
        candies: { motd: candy({ version: "2026.300.0900", description: "hi", plan: [write("~/motd", { content: "hi" })] }) },
        bundles: { here: bundle({ on: local(), candy: ["motd"] }) },
      });
    `,
  });
  const plan = await tryRun(["charly", "plan", "here"], { cwd: dir.join("project"), env: { ...env, HOME: dir.path } });
  assert.deepEqual([plan.code, plan.stdout.includes(`write ${dir.path}/motd`)], [0, true], plan.stderr);
});
