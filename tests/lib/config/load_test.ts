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

const yaml = `version: 2026.174.1100
discover: [candy]
base:
  local: {}
  base-candy: { candy: [git] }
web:
  local: { from: base, host: deploy@web1 }
`;
const gitYaml = "git:\n  candy: { version: 2026.100.0900, description: git }\n  git-package: { package: [git] }\n";

Deno.test("loadProject() loads a project that is written in YAML", async () => {
  using here = project({ "charly.yml": yaml, "candy/git/charly.yml": gitYaml });
  const { config, name, root, output } = await loadProject({ cwd: here.dir });
  assert.equal(root, here.dir);
  assert.notEqual(name, "");
  assert.deepEqual(config.candies["git"]?.package, ["git"]);
  assert.equal(config.candies["git"]?.dir, "candy/git");
  assert.deepEqual(config.bundles["web"]?.on, { target: "ssh", host: ["deploy@web1"] });
  assert.equal(output, "");
});

Deno.test("loadProject() discovers a directory that is a candy itself, and takes no import twice", async () => {
  using here = project({
    "charly.yml": "import: [more.yml, more.yml]\ndiscover: [candy/git, .]\n",
    "more.yml": "base:\n  local: {}\n  base-candy: { candy: [git] }\n",
    "candy/git/charly.yml": gitYaml,
  });
  const { config } = await loadProject({ cwd: here.dir });
  assert.deepEqual([Object.keys(config.candies), Object.keys(config.locals)], [["git"], ["base"]]);
});

Deno.test("loadProject() gives images what `defaults` say, and those built on another one what that one has", async () => {
  using here = project({
    "charly.yml": `defaults: { registry: example.org, build: [deb], distro: [debian], keep_images: 3 }
base:
  candy: { base: "docker.io/library/debian:13" }
web:
  candy: { base: base, registry: other.example }
`,
  });
  const { config } = await loadProject({ cwd: here.dir });
  assert.deepEqual(JSON.parse(JSON.stringify(config.boxes)), {
    base: { base: "docker.io/library/debian:13", registry: "example.org", build: ["deb"], distro: ["debian"] },
    web: { base: "base", registry: "other.example" },
  });
});

Deno.test("loadProject() takes YAML files into a TypeScript config, wherever they are named", async () => {
  using here = project({
    "charly.config.ts": `export default {
      extend: [{ extend: [{ yaml: "./more.yml" }] }],
      bundles: { here: { on: { target: "local" }, candy: ["git"] } },
    };`,
    "more.yml": gitYaml,
  });
  const { config } = await loadProject({ cwd: here.dir });
  assert.deepEqual(Object.keys(config.candies), ["git"]);
});

Deno.test("loadProject() says where in a YAML file something is wrong, and warnings beside it", async () => {
  using here = project({
    "charly.config.ts":
      'export default { extend: [{ yaml: "./more.yml" }, { yaml: "../out.yml" }, { yaml: "./none.yml" }] };',
    "more.yml": gitYaml.replace("description: git", "descripton: git") + "web:\n  local: { from: bse }\n",
  });
  const { message, code } = await failure(loadProject({ cwd: here.dir }));
  assert.equal(code, "config-invalid");
  assert.match(message, /^read charly.config.ts: 4 problems\n/);
  assert.match(
    message,
    /more\.yml:2:\d+ unknown-field unknown field "descripton"\n {2}hint: did you mean "description"\?/,
  );
  assert.match(message, /more\.yml:5:\d+ config local "web": from: unknown local template "bse"/);
  assert.match(message, /"\.\.\/out\.yml" leads out of the project/);
  assert.match(message, /"none\.yml" is not there/);
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
