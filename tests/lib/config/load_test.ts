import assert from "node:assert/strict";
import { join } from "node:path";
import { integrityOf, loadProject } from "../../../lib/config/load.ts";
import { apiUrl } from "../../../lib/config/sandbox/api.ts";
import { failure, project, serve } from "./sandbox/fixture.ts";

const mapped = JSON.stringify({ imports: { "@charly/charly": apiUrl() } });
const git = 'git: candy({ version: "2026.300.0900", description: "git", package: ["git"] })';
const config = `
  import { bundle, candy, defineConfig, local } from "@charly/charly";
  export default defineConfig({
    candies: { ${git} },
    bundles: { here: bundle({ on: local(), candy: ["git"] }) },
  });`;

Deno.test("loadProject() finds, evaluates and validates the config above the working directory", async () => {
  using here = project({ "deno.json": mapped, "charly.config.ts": `console.log("hello");${config}`, "a/b/x.txt": "" });
  const loaded = await loadProject({ cwd: join(here.dir, "a/b") });
  assert.equal(loaded.root, here.dir);
  assert.equal(loaded.configUrl, `file://${here.dir}/charly.config.ts`);
  assert.equal(loaded.output, "hello\n");
  assert.deepEqual(Object.keys(loaded.config.candies), ["git"]);
  assert.deepEqual(loaded.config.bundles["here"]?.candy, ["git"]);
});

Deno.test("loadProject() freezes the config at every depth", async () => {
  using here = project({ "deno.json": mapped, "charly.config.ts": config });
  const { config: loaded } = await loadProject({ cwd: here.dir });
  assert.throws(() => Object.assign(loaded.candies, { more: {} }), TypeError);
  assert.throws(() => (loaded.candies["git"]!.package as string[]).push("vim"), TypeError);
});

Deno.test("loadProject() names a project by its config, else deno.json, else the directory", async () => {
  using here = project({
    "one/charly.config.ts": 'export default { project: "mine" };',
    "two/charly.config.ts": "export default {};",
    "two/deno.json": '{ "name": "from-deno-json", "exports": "./x.ts" }',
    "three/charly.config.ts": "export default {};",
  });
  const names = ["one", "two", "three"].map(async (name) => (await loadProject({ cwd: join(here.dir, name) })).name);
  assert.deepEqual(await Promise.all(names), ["mine", "from-deno-json", "three"]);
});

Deno.test("loadProject() keeps a task's needs and permissions and leaves its function behind", async () => {
  using here = project({
    "charly.config.ts": `export default { tasks: {
      build: { run() {} },
      release: { needs: ["build"], permissions: { run: ["git"] }, run: async () => {} },
    } };`,
  });
  const { config: loaded } = await loadProject({ cwd: here.dir });
  assert.deepEqual(loaded.tasks["release"], { needs: ["build"], permissions: { run: ["git"] }, run: "function" });
});

Deno.test("loadProject() reports every problem of the data at once", async () => {
  using here = project({
    "charly.config.ts": `export default {
      candies: { git: { version: "1", description: "git", require: ["gitt"], colour: "red" } },
      bundles: { here: { on: { target: "local" }, candy: ["gti"] } },
    };`,
  });
  const { message, code } = await failure(loadProject({ cwd: here.dir }));
  assert.match(message, /^read charly.config.ts: \d+ problems\n/);
  for (const word of ["colour", "gitt", "gti"]) assert.match(message, new RegExp(word));
  assert.equal(code, "config-invalid");
});

Deno.test("loadProject() names YAML files a config takes in", async () => {
  using here = project({
    "charly.config.ts": 'export default { extend: [{ yaml: "./charly.yml" }, { extend: [{ yaml: "./more.yml" }] }] };',
  });
  assert.deepEqual(await failure(loadProject({ cwd: here.dir })), {
    message:
      'read charly.config.ts: it takes in "./charly.yml", "./more.yml", and this version cannot read YAML projects yet',
    hint: "write those entities in TypeScript; the importer for YAML projects comes with a later version",
    code: "yaml-project",
  });
});

Deno.test("loadProject() loads a config by address and checks its digest", async () => {
  const files = { "/web.ts": config };
  await using server = serve(files);
  using here = project({});
  const options = { cwd: here.dir, config: `${server.url}/web.ts` };
  const integrity = await integrityOf(options);
  const loaded = await loadProject({ ...options, integrity });
  assert.equal(loaded.name, "127.0.0.1-web");
  assert.equal(loaded.root, here.dir);
  assert.deepEqual(Object.keys(loaded.config.candies), ["git"]);

  files["/web.ts"] = config.replace('["git"] })', '["evil"] })');
  const changed = await integrityOf(options);
  const { message, code } = await failure(loadProject({ ...options, integrity }));
  assert.equal(message, `check integrity of ${server.url}/web.ts: expected ${integrity}, found ${changed}`);
  assert.equal(code, "config-integrity");
});

Deno.test("loadProject() refuses a config that differs from one evaluation to the next, when asked", async () => {
  using here = project({
    "charly.config.ts": `export default { candies: { git: {
      version: "2026.300.0900", description: String(Math.random()), package: ["git"],
    } } };`,
  });
  const { message } = await failure(loadProject({ cwd: here.dir, verifyDeterministic: true }));
  assert.equal(
    message,
    "evaluate charly.config.ts twice: candies/git/description differs between two evaluations",
  );
});
