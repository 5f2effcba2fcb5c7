/** The package can be published: the rules of the registry hold, and nothing of the tests goes along. */
import assert from "node:assert/strict";
import { tryRun } from "../shared/run.ts";

const root = new URL("../..", import.meta.url).pathname;
const deno = (...words: string[]) => tryRun([Deno.execPath(), ...words], { cwd: root, env: { NO_COLOR: "1" } });

Deno.test("`deno publish --dry-run` passes without slow types, and takes the sources only", async () => {
  const { code, stdout, stderr } = await deno("publish", "--dry-run", "--allow-dirty");
  assert.equal(code, 0, stderr);
  const files = [...`${stdout}${stderr}`.matchAll(/file:\/\/(\S+) \(/g)].map(([, path]) => path!.slice(root.length));
  for (
    const file of ["mod.ts", "deno.json", "targets/api.ts", "tasks/main.ts", "lib/execute/driver/main.sh", "LICENSE"]
  ) {
    assert.ok(files.includes(file), `${file} is not in the package`);
  }
  assert.deepEqual(files.filter((file) => /^(tests|bench|docs|examples|tasks\/dev)\b/.test(file)), []);
});

Deno.test("`deno lint --rules-tags=jsr` passes", async () => {
  const { code, stderr, stdout } = await deno("lint", "--rules-tags=jsr", "mod.ts", "lib", "targets", "tasks");
  assert.equal(code, 0, stderr + stdout);
});

Deno.test("`deno doc --lint` finds every export of the first door documented", async () => {
  const { code, stderr } = await deno("doc", "--lint", "mod.ts");
  assert.equal(code, 0, stderr);
});
