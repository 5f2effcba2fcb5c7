import assert from "node:assert/strict";
import { join } from "node:path";
import { evaluate } from "../../../../lib/config/sandbox/evaluate.ts";
import { fileSource } from "../../../../lib/config/sandbox/source.ts";
import { failure, project, run, serve } from "./fixture.ts";

const refused: readonly (readonly [name: string, config: string, message: string])[] = [
  [
    "JSON outside the project",
    'import x from "/etc/secret.json" with { type: "json" };\nexport default x;',
    'charly.config.ts:1:15 imports "/etc/secret.json" (file:///etc/secret.json): outside the project PROJECT',
  ],
  [
    "text outside the project",
    'import x from "../../etc/passwd" with { type: "text" };\nexport default x;',
    'charly.config.ts:1:15 imports "../../etc/passwd" (file:///etc/passwd): outside the project PROJECT',
  ],
  [
    "code outside the project",
    'import x from "file:///etc/x.js";\nexport default x;',
    'charly.config.ts:1:15 imports "file:///etc/x.js": outside the project PROJECT',
  ],
  [
    "a literal dynamic import outside the project",
    'export default await import("/etc/x.json", { with: { type: "json" } });',
    'charly.config.ts:1:29 imports "/etc/x.json" (file:///etc/x.json): outside the project PROJECT',
  ],
  [
    "a file outside the project through a data: module",
    `import x from "data:text/javascript,export{default}from'file:///etc/x.json'with{type:'json'}";\nexport default x;`,
    `data:text/javascript,export{default}from'file:///etc/x.json'with{type:'json'}:1:20 imports "file:///etc/x.json": ` +
    "outside the project PROJECT",
  ],
  [
    "a re-export outside the project",
    'export * from "/etc/x.ts";\nexport default {};',
    'charly.config.ts:1:15 imports "/etc/x.ts" (file:///etc/x.ts): outside the project PROJECT',
  ],
  [
    "node:fs",
    'import "node:fs";\nexport default {};',
    'charly.config.ts:1:8 imports "node:fs": not one of the node: modules a config may use',
  ],
  [
    "node:worker_threads, dynamically",
    'await import("node:worker_threads");\nexport default {};',
    'charly.config.ts:1:14 imports "node:worker_threads": not one of the node: modules a config may use',
  ],
  [
    "a module of a host that is not on the list",
    'import "http://127.0.0.1:9/x.ts";\nexport default {};',
    'charly.config.ts:1:8 imports "http://127.0.0.1:9/x.ts": the host 127.0.0.1:9 is not on the list',
  ],
  [
    "an npm package without a lock file",
    'import { z } from "npm:zod@4";\nexport default { z: typeof z };',
    'charly.config.ts:1:19 imports "npm:zod@4": npm packages must be locked, and this project has no lock file',
  ],
  [
    "a name no import map knows",
    'import x from "shared";\nexport default x;',
    'charly.config.ts:1:15 imports "shared": nothing in deno.json says what that is',
  ],
  [
    "a missing module",
    'import x from "./shared.ts";\nexport default x;',
    'charly.config.ts:1:15 imports "./shared.ts" (file:PROJECT/shared.ts): not found',
  ],
];

for (const [name, config, message] of refused) {
  Deno.test(`checkGraph() refuses ${name}`, async () => {
    const found = (await failure(run(config))).message;
    assert.equal(found, `check imports of charly.config.ts: ${message}`);
  });
}

Deno.test("checkGraph() names the module that pulled a refused one in", async () => {
  const files = {
    "charly.config.ts": 'import "./lib/one.ts";\nexport default {};',
    "lib/one.ts": 'import "./two.ts";',
    "lib/two.ts": '\nimport x from "/etc/x.json" with { type: "json" };\nconsole.log(x);',
  };
  const { message, hint, code } = await failure(run(files));
  assert.equal(
    message,
    'check imports of charly.config.ts: lib/two.ts:2:15 imports "/etc/x.json" (file:///etc/x.json): outside the project PROJECT',
  );
  assert.equal(hint, "copy the file into the project");
  assert.equal(code, "config-import");
});

Deno.test("checkGraph() names every refused module at once", async () => {
  const { message } = await failure(run('import "node:fs";\nimport "/etc/a.ts";\nexport default {};'));
  assert.deepEqual(message.split("\n  ").sort(), [
    'charly.config.ts:1:8 imports "node:fs": not one of the node: modules a config may use',
    'check imports of charly.config.ts: charly.config.ts:2:8 imports "/etc/a.ts" (file:///etc/a.ts): outside the project PROJECT',
  ]);
});

Deno.test("checkGraph() refuses a link to a file outside the project", async () => {
  using outside = project({ "secret.txt": "s3cret" });
  using here = project({ "charly.config.ts": 'import x from "./a.txt" with { type: "text" };\nexport default x;' });
  Deno.symlinkSync(join(outside.dir, "secret.txt"), join(here.dir, "a.txt"));
  const { message } = await failure(evaluate(fileSource(join(here.dir, "charly.config.ts"))));
  assert.equal(
    message,
    'check imports of charly.config.ts: charly.config.ts:1:15 imports "./a.txt" (file:PROJECT/a.txt): ' +
      "a link to a file outside the project PROJECT",
  );
});

Deno.test("checkGraph() refuses a file below a linked directory", async () => {
  using outside = project({ "secret.json": "{}" });
  using here = project({
    "charly.config.ts": 'import x from "./d/secret.json" with { type: "json" };\nexport default x;',
  });
  Deno.symlinkSync(outside.dir, join(here.dir, "d"));
  const { message } = await failure(evaluate(fileSource(join(here.dir, "charly.config.ts"))));
  assert.match(message, /: a link to a file outside the project PROJECT$/);
});

Deno.test("checkGraph() refuses an import map that points out of the project", async () => {
  const files = {
    "deno.json": '{ "imports": { "pass": "/etc/passwd" } }',
    "charly.config.ts": 'import x from "pass" with { type: "text" };\nexport default x;',
  };
  assert.match(
    (await failure(run(files))).message,
    /imports "pass" \(file:\/\/\/etc\/passwd\): outside the project PROJECT$/,
  );
});

Deno.test("checkGraph() refuses CommonJS", async () => {
  const files = { "charly.config.ts": 'import x from "./x.cjs";\nexport default x;', "x.cjs": "module.exports = {};" };
  assert.match((await failure(run(files))).message, /: CommonJS, which loads other modules unseen$/);
});

Deno.test("checkGraph() says where a syntax error is", async () => {
  const files = {
    "charly.config.ts": 'import "./lib/x.ts";\nexport default {};',
    "lib/x.ts": "const a = 1;\nconst = 2;",
  };
  const { message, hint, code } = await failure(run(files));
  assert.match(message, /charly.config.ts:1:8 imports ".\/lib\/x.ts" .*: SyntaxError: .* \(line 2:7\)$/);
  assert.equal(hint, "correct the syntax there");
  assert.equal(code, "config-syntax");
});

Deno.test("evaluate() takes in text, JSON, code and links that stay in the project", async () => {
  using here = project({
    "charly.config.ts": `
      import { posix } from "node:path";
      import motd from "./files/motd.txt" with { type: "text" };
      import linked from "./linked.txt" with { type: "text" };
      import json from "./files/x.json" with { type: "json" };
      import { git } from "./candies.ts";
      import data from "data:application/json,[1]" with { type: "json" };
      const late = await import("./late.ts");
      export default { motd, linked, json, git, data, late: late.default, joined: posix.join("a", "b") };`,
    "files/motd.txt": "hello\n",
    "files/x.json": '{"a":1}',
    "candies.ts": "export const git: { version: string } = { version: '1' };",
    "late.ts": "export default 2;",
  });
  Deno.symlinkSync("files/motd.txt", join(here.dir, "linked.txt"));
  const { data } = await evaluate(fileSource(join(here.dir, "charly.config.ts")));
  assert.deepEqual(data, {
    motd: "hello\n",
    linked: "hello\n",
    json: { a: 1 },
    git: { version: "1" },
    data: [1],
    late: 2,
    joined: "a/b",
  });
});

Deno.test("evaluate() leaves lock file, node_modules and vendor directory alone", async () => {
  using here = project({
    "deno.json": '{ "nodeModulesDir": "auto", "vendor": true, "imports": { "zod": "npm:zod@4" } }',
    "charly.config.ts": "export default { a: 1 };",
  });
  assert.deepEqual((await evaluate(fileSource(join(here.dir, "charly.config.ts")))).data, { a: 1 });
  assert.deepEqual([...Deno.readDirSync(here.dir)].map(({ name }) => name).sort(), ["charly.config.ts", "deno.json"]);
});

Deno.test("evaluate() asks for `deno install` when a package is not locked, then loads it", async () => {
  using here = project({
    "deno.json": '{ "imports": { "zod": "npm:zod@4" } }',
    "charly.config.ts": 'import { z } from "zod";\nexport default z.object({ a: z.number() }).parse({ a: 1 });',
  });
  const source = fileSource(join(here.dir, "charly.config.ts"));
  assert.deepEqual(await failure(evaluate(source)), {
    message: "resolve imports of charly.config.ts: deno.lock does not list what the project imports",
    hint: "run `deno install --entrypoint charly.config.ts`, look at the change of deno.lock, and keep it",
    code: "config-lock",
  });
  const install = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet", "--entrypoint", "charly.config.ts"],
    cwd: here.dir,
  }).output();
  assert.equal(install.code, 0, new TextDecoder().decode(install.stderr));
  const lock = Deno.readTextFileSync(join(here.dir, "deno.lock"));
  assert.deepEqual((await evaluate(source)).data, { a: 1 });
  assert.equal(Deno.readTextFileSync(join(here.dir, "deno.lock")), lock);
});

Deno.test("evaluate() loads modules of a host on the list, in a project of files", async () => {
  await using server = serve({ "/shared.ts": "export const name: string = 'served';" });
  const host = server.url.slice("http://".length);
  const config = `import { name } from "${server.url}/shared.ts";\nexport default { name };`;
  assert.deepEqual((await run(config, { allowImport: [host] })).data, { name: "served" });
});

Deno.test("checkGraph() follows a redirect to a host that is not on the list", async () => {
  await using other = serve({ "/x.ts": "export default 1;" });
  await using server = serve({ "/x.ts": `-> ${other.url}/x.ts` });
  const config = `import x from "${server.url}/x.ts";\nexport default x;`;
  const { message } = await failure(run(config, { allowImport: [server.url.slice("http://".length)] }));
  assert.match(
    message,
    /charly.config.ts:1:15 imports "http:\S+" \(http:\S+\): the host 127.0.0.1:\d+ is not on the list$/,
  );
  assert.deepEqual(other.asked, []);
});

Deno.test("checkGraph() asks no host that is not on the list", async () => {
  await using server = serve({ "/x.ts": "export default 1;" });
  await failure(run(`import x from "${server.url}/x.ts";\nexport default x;`));
  assert.deepEqual(server.asked, []);
});

Deno.test("evaluate() ends the search for imports when one of them has no end", async () => {
  const config = 'import x from "/dev/zero" with { type: "json" };\nexport default x;';
  assert.deepEqual(await failure(run(config, { limits: { graphMiB: 300 } })), {
    message: "resolve imports of charly.config.ts: they are larger than 300 MiB",
    hint: "look for an import of something that is not an ordinary file",
    code: "config-graph-memory",
  });
});
