/** Charly in somebody's project: as a task of its deno.json, and installed as a program of its own. */
import assert from "node:assert/strict";
import { run, tryRun } from "../shared/run.ts";
import { tempDir } from "../shared/tmp.ts";
import { diffTrees, snapshotTree } from "../shared/tree.ts";

/** Where the operator's side keeps its copy of what was deployed: it stays, the target's own records do not. */
const atHome = [".local"];
const root = new URL("../..", import.meta.url).pathname;

// with another HOME, Deno would fetch every package anew
const denoDir = Deno.env.get("DENO_DIR") ??
  `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;

const config = `
import { bundle, candy, defineConfig, local, write } from "@charly/charly";
export default defineConfig({
  candies: { motd: candy({ version: "2026.300.0900", description: "hi", plan: [write("~/motd", { content: "hi\\n" })] }) },
  bundles: { here: bundle({ on: local(), candy: ["motd"] }) },
});
`;

Deno.test("`deno task deploy` works in a project with only a deno.json and a charly.config.ts", async () => {
  const start = "deno run --quiet --no-prompt --allow-read --allow-env --allow-sys=hostname,uid,gid " +
    `--allow-run=$(deno eval -p 'Deno.execPath()'),/bin/sh ${root}tasks/main.ts`;
  await using dir = await tempDir({
    "project/deno.json": JSON.stringify({
      imports: { "@charly/charly": `file://${root}mod.ts` },
      tasks: { deploy: `${start} deploy`, charly: start },
    }),
    "project/charly.config.ts": config,
    "home/.profile": "# mine\n",
  });
  const task = (...words: string[]) =>
    tryRun([Deno.execPath(), "task", "--quiet", ...words], {
      cwd: dir.join("project"),
      env: { HOME: dir.join("home"), DENO_DIR: denoDir, NO_COLOR: "1" },
    });
  const files = await snapshotTree(dir.join("project"));
  const before = await snapshotTree(dir.join("home"), { exclude: atHome });
  const asked = await task("deploy");
  assert.deepEqual([asked.code, /^hint: .*-y/m.test(asked.stderr)], [3, true], asked.stderr);
  const deploy = await task("deploy", "-y");
  assert.equal(deploy.code, 0, deploy.stderr);
  assert.equal(await Deno.readTextFile(dir.join("home/motd")), "hi\n");
  const again = await task("deploy", "-y");
  assert.deepEqual([again.code, /0 to do/.test(again.stdout)], [0, true], again.stdout + again.stderr);
  const del = await task("charly", "bundle", "del", "here", "-y");
  assert.equal(del.code, 0, del.stderr);
  assert.deepEqual(diffTrees(before, await snapshotTree(dir.join("home"), { exclude: atHome })), []);
  assert.deepEqual(diffTrees(files, await snapshotTree(dir.join("project"))), []);
});

Deno.test("`deno task` in this repository starts with what it takes to read a config", async () => {
  await using home = await tempDir();
  const env = { HOME: home.path, DENO_DIR: denoDir, NO_COLOR: "1" };
  const version = await tryRun([Deno.execPath(), "task", "--quiet", "charly", "--version"], { cwd: root, env });
  assert.match(version.stdout, /^charly \d+\.\d+\.\d+/, version.stderr);
  const example = ["plan", "laptop", "--config", "examples/dotfiles.ts"];
  const plan = await tryRun([Deno.execPath(), "task", "--quiet", "charly", ...example], { cwd: root, env });
  assert.deepEqual([plan.code, plan.stdout.includes("write ~/bin/today (0755)")], [0, true], plan.stderr);
});

Deno.test("`deno install -g` from the checkout gives a charly that works from anywhere", async () => {
  await using dir = await tempDir();
  await run([
    ...[Deno.execPath(), "install", "--global", "--quiet", "--root", dir.path, "--name", "charly", "-A"],
    ...["--config", `${root}deno.json`, `${root}tasks/main.ts`],
  ]);
  // the launcher says `deno`: whichever runs these tests stands in for it
  await Deno.symlink(Deno.execPath(), dir.join("bin/deno"));
  const env = { PATH: `${dir.join("bin")}:/usr/bin:/bin`, DENO_DIR: denoDir };
  const version = await tryRun(["charly", "--version"], { cwd: "/", env });
  assert.match(version.stdout, /^charly \d+\.\d+\.\d+/, version.stderr);
  await dir.write({
    "project/deno.json": JSON.stringify({ imports: { "@charly/charly": `file://${root}mod.ts` } }),
    "project/charly.config.ts": config,
  });
  const plan = await tryRun(["charly", "plan", "here"], { cwd: dir.join("project"), env: { ...env, HOME: dir.path } });
  assert.deepEqual([plan.code, plan.stdout.includes("write ~/motd")], [0, true], plan.stderr);
});
