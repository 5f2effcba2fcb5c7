import assert from "node:assert/strict";
import { join } from "node:path";
import { evaluate } from "../../../../lib/config/sandbox/evaluate.ts";
import { integrityOf } from "../../../../lib/config/sandbox/integrity.ts";
import { defaultLimits } from "../../../../lib/config/sandbox/limits.ts";
import { moduleGraph } from "../../../../lib/config/sandbox/module_graph.ts";
import { fileSource, urlSource } from "../../../../lib/config/sandbox/source.ts";
import { failure, project, serve } from "./fixture.ts";

const remote = (url: string, reload = true) => urlSource(url, Deno.cwd(), [], reload);

Deno.test("evaluate() loads a remote config with its modules and texts", async () => {
  await using server = serve({
    "/site/main.ts":
      'import { a } from "./a.ts";\nimport text from "./motd.txt" with { type: "text" };\nexport default { a, text };',
    "/site/a.ts": "export const a: number = 1;",
    "/site/motd.txt": "hello\n",
  });
  const { data } = await evaluate(remote(`${server.url}/site/main.ts`));
  assert.deepEqual(data, { a: 1, text: "hello\n" });
});

Deno.test("evaluate() refuses files of this machine in a remote config", async () => {
  await using server = serve({
    "/main.ts": 'import x from "file:///etc/passwd" with { type: "text" };\nexport default x;',
  });
  const { message, hint } = await failure(evaluate(remote(`${server.url}/main.ts`)));
  assert.equal(
    message,
    `check imports of ${server.url}/main.ts: ${server.url}/main.ts:1:15 imports "file:///etc/passwd": ` +
      "a remote config may not import files of this machine",
  );
  assert.equal(hint, "serve the file beside the config");
});

Deno.test("evaluate() refuses files of the project in a remote config", async () => {
  using here = project({ "notes.txt": "private" });
  await using server = serve({
    "/main.ts": `import x from "file://${here.dir}/notes.txt" with { type: "text" };\nexport default x;`,
  });
  const { message } = await failure(evaluate(urlSource(`${server.url}/main.ts`, here.dir)));
  assert.match(message, /a remote config may not import files of this machine$/);
});

Deno.test("evaluate() refuses npm packages in a remote config", async () => {
  await using server = serve({ "/main.ts": 'import { z } from "npm:zod@4";\nexport default { z: typeof z };' });
  assert.match(
    (await failure(evaluate(remote(`${server.url}/main.ts`)))).message,
    /: npm packages of a remote config are not locked$/,
  );
});

Deno.test("evaluate() lets a remote config do no more than a local one", async () => {
  await using server = serve({ "/main.ts": 'export default Deno.readTextFileSync("/etc/passwd");' });
  assert.deepEqual(await failure(evaluate(remote(`${server.url}/main.ts`))), {
    message: `evaluate ${server.url}/main.ts: read access to "/etc/passwd" was denied (${server.url}/main.ts:1:21)`,
    hint:
      'copy the file into the project and import the file as text: `import text from "./file" with { type: "text" }`',
    code: "config-denied-read",
  });
});

Deno.test("evaluate() says so when a remote config is not there", async () => {
  await using server = serve({});
  const { message, code } = await failure(evaluate(remote(`${server.url}/main.ts`)));
  assert.equal(message, `check imports of ${server.url}/main.ts: ${server.url}/main.ts: not found`);
  assert.equal(code, "config-missing-module");
});

Deno.test("evaluate() fetches a remote config again each time", async () => {
  const files = { "/main.ts": "export default 1;" };
  await using server = serve(files);
  assert.equal((await evaluate(remote(`${server.url}/main.ts`))).data, 1);
  files["/main.ts"] = "export default 2;";
  assert.equal((await evaluate(remote(`${server.url}/main.ts`))).data, 2);
  assert.equal((await evaluate(remote(`${server.url}/main.ts`, false))).data, 2);
});

Deno.test("integrityOf() covers modules and texts, and is what the bytes make it", async () => {
  const files = {
    "/main.ts": 'import text from "./motd.txt" with { type: "text" };\nexport default { text };',
    "/motd.txt": "hello\n",
  };
  await using server = serve(files);
  const source = remote(`${server.url}/main.ts`);
  const digest = integrityOf(await moduleGraph(source, defaultLimits), source);
  const { createHash } = await import("node:crypto");
  const expected = createHash("sha256");
  for (const path of ["/main.ts", "/motd.txt"] as const) {
    expected.update(`${JSON.stringify(server.url + path)} ${files[path].length}\n${files[path]}`);
  }
  assert.equal(digest, `sha256-${expected.digest("hex")}`);
  assert.deepEqual((await evaluate(source, { integrity: digest })).data, { text: "hello\n" });

  files["/motd.txt"] = "evil\n";
  const changed = integrityOf(await moduleGraph(source, defaultLimits), source);
  assert.deepEqual(await failure(evaluate(source, { integrity: digest })), {
    message: `check integrity of ${server.url}/main.ts: expected ${digest}, found ${changed}`,
    hint: "read what changed in the config and its imports; if you trust it, use the new digest",
    code: "config-integrity",
  });
});

Deno.test("evaluate() fetches again when only the cache does not have the digest", async () => {
  const files = { "/main.ts": "export default 1;" };
  await using server = serve(files);
  const source = remote(`${server.url}/main.ts`);
  files["/main.ts"] = "export default 2;";
  const digest = integrityOf(await moduleGraph(source, defaultLimits), source);
  files["/main.ts"] = "export default 1;";
  assert.equal((await evaluate(source)).data, 1);
  files["/main.ts"] = "export default 2;";
  assert.equal((await evaluate(remote(source.url, false), { integrity: digest })).data, 2);
});

Deno.test("integrityOf() is the same for a project wherever it stands", async () => {
  const files = {
    "charly.config.ts": 'import t from "./t.txt" with { type: "text" };\nexport default { t };',
    "t.txt": "x",
  };
  using one = project(files);
  using two = project(files);
  const digests = await Promise.all([one, two].map(async ({ dir }) => {
    const source = fileSource(join(dir, "charly.config.ts"));
    return integrityOf(await moduleGraph(source, defaultLimits), source);
  }));
  assert.equal(digests[0], digests[1]);
});

Deno.test("evaluate() refuses a digest it cannot read", async () => {
  using here = project({ "charly.config.ts": "export default 1;" });
  const source = fileSource(join(here.dir, "charly.config.ts"));
  const { message } = await failure(evaluate(source, { integrity: "sha512-abc" }));
  assert.equal(message, 'check integrity of charly.config.ts: found "sha512-abc" where a digest was expected');
});
