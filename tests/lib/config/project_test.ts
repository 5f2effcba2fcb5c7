import assert from "node:assert/strict";
import { join } from "node:path";
import { findConfig, projectName } from "../../../lib/config/project.ts";
import { failure, project } from "./sandbox/fixture.ts";

const found = (options: { cwd: string; config?: string }) => findConfig(options);
const failed = (options: { cwd: string; config?: string }) =>
  failure(Promise.resolve().then(() => findConfig(options)));

Deno.test("findConfig() finds charly.config.ts in the nearest directory above", () => {
  using here = project({ "charly.config.ts": "", "a/b/x.txt": "" });
  const { root, url } = found({ cwd: join(here.dir, "a/b") });
  assert.equal(root, here.dir);
  assert.equal(url, `file://${here.dir}/charly.config.ts`);
});

Deno.test("findConfig() takes a path, a directory and a file: address", () => {
  using here = project({ "sub/charly.config.ts": "", "sub/other.config.ts": "" });
  const { dir } = here;
  assert.equal(found({ cwd: dir, config: "sub/other.config.ts" }).url, `file://${dir}/sub/other.config.ts`);
  assert.equal(found({ cwd: dir, config: "sub" }).url, `file://${dir}/sub/charly.config.ts`);
  assert.equal(found({ cwd: "/", config: `file://${dir}/sub/other.config.ts` }).root, `${dir}/sub`);
});

Deno.test("findConfig() takes an address, and the project is where the caller stands", () => {
  using here = project({});
  const source = found({ cwd: here.dir, config: "https://example.com/setup/main.ts" });
  assert.equal(source.root, here.dir);
  assert.deepEqual(source.importHosts, ["example.com:443"]);
});

Deno.test("findConfig() says so when there is no config", async () => {
  using here = project({ "a/x.txt": "" });
  assert.deepEqual(await failed({ cwd: join(here.dir, "a") }), {
    message: "find project: no charly.config.ts in PROJECT/a or above it",
    hint: "write a charly.config.ts, or name one with `--config PATH`",
    code: "no-config",
  });
  assert.equal(
    (await failed({ cwd: here.dir, config: "none.ts" })).message,
    "find project: PROJECT/none.ts is not there",
  );
});

Deno.test("findConfig() finds a charly.yml as well, and takes it by its path", () => {
  using here = project({ "charly.yml": "version: 1\n", "a/x.txt": "" });
  assert.equal(found({ cwd: join(here.dir, "a") }).label, "charly.yml");
  assert.equal(found({ cwd: here.dir, config: "charly.yml" }).root, here.dir);
});

Deno.test("findConfig() prefers charly.config.ts to charly.yml beside it", () => {
  using here = project({ "charly.config.ts": "", "charly.yml": "" });
  assert.equal(found({ cwd: here.dir }).label, "charly.config.ts");
});

Deno.test("projectName() is deno.json's name, else the directory's", () => {
  using named = project({ "charly.config.ts": "", "deno.json": '{ "name": "@me/laptop", /* mine */ }' });
  assert.equal(projectName(found({ cwd: named.dir })), "me-laptop");
  using odd = project({ "my web  (old)/charly.config.ts": "" });
  assert.equal(projectName(found({ cwd: join(odd.dir, "my web  (old)") })), "my-web-old");
  using plain = project({ "web/charly.config.ts": "", "deno.json": '{ "name": "the-parent" }' });
  assert.equal(projectName(found({ cwd: join(plain.dir, "web") })), "web");
});

Deno.test("projectName() of an address does not depend on where it is run", () => {
  using here = project({});
  const name = (config: string) => projectName(found({ cwd: here.dir, config }));
  assert.equal(name("https://example.com/setup/charly.config.ts"), "example.com-setup");
  assert.equal(name("https://example.com/recipes/web.ts?v=1"), "example.com-recipes-web");
  assert.equal(name("https://example.com/charly.config.ts"), "example.com");
});
