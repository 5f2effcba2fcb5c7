import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { apiUrl, isApiUrl } from "../../../../lib/config/sandbox/api.ts";
import { evaluate } from "../../../../lib/config/sandbox/evaluate.ts";
import { fileSource, urlSource } from "../../../../lib/config/sandbox/source.ts";
import { failure, project, run, serve } from "./fixture.ts";

const uses = 'import { defineConfig } from "@charly/charly";\nexport default defineConfig({ candies: {} });';

Deno.test("apiUrl() is the mod.ts of a checkout or server, and a bundle itself", () => {
  assert.equal(apiUrl("file:///home/a/charly/lib/config/sandbox/api.ts"), "file:///home/a/charly/mod.ts");
  assert.equal(apiUrl("https://example.com/v1/lib/config/sandbox/api.ts"), "https://example.com/v1/mod.ts");
  assert.equal(apiUrl("https://example.com/charly.js"), "https://example.com/charly.js");
});

Deno.test("isApiUrl() takes the words of a served charly and nothing else of its host", () => {
  const self = "https://example.com/v1/lib/config/sandbox/api.ts";
  assert.equal(isApiUrl("https://example.com/v1/mod.ts", self), true);
  assert.equal(isApiUrl("https://example.com/v1/lib/entities/candy.ts", self), true);
  assert.equal(isApiUrl("https://example.com/v1/secret.ts", self), false);
  assert.equal(isApiUrl("https://example.com.evil/v1/mod.ts", self), false);
  assert.equal(isApiUrl("https://example.com/v1/mod.ts", "file:///c/lib/config/sandbox/api.ts"), false);
});

Deno.test("evaluate() lets a config inside this repository import @charly/charly", async () => {
  const dir = join(import.meta.dirname!, "../../../fixtures/config/inside");
  const { data } = await evaluate(fileSource(join(dir, "charly.config.ts")));
  assert.deepEqual(data, { candies: {} });
});

Deno.test("evaluate() lets another project map @charly/charly to this checkout", async () => {
  for (const target of [apiUrl(), new URL(apiUrl()).pathname]) {
    const files = { "deno.json": JSON.stringify({ imports: { "@charly/charly": target } }), "charly.config.ts": uses };
    assert.deepEqual((await run(files)).data, { candies: {} });
  }
});

Deno.test("evaluate() lets a project map @charly/charly to another checkout of charly, but only to its code", async () => {
  using checkout = project({
    "deno.json": '{ "name": "@charly/charly", "exports": "./mod.ts" }',
    "mod.ts": 'export * from "./lib/words.ts";',
    "lib/words.ts": "export const defineConfig = (config: unknown): unknown => config;",
    "lib/secret.json": "{}",
    "notes.ts": "export default 1;",
  });
  const api = pathToFileURL(checkout.dir).href;
  const deno = JSON.stringify({ imports: { "@charly/charly": `${api}/mod.ts` } });
  assert.deepEqual((await run({ "deno.json": deno, "charly.config.ts": uses })).data, { candies: {} });
  for (const file of ["lib/secret.json", "notes.ts"]) {
    const config = `import x from "${api}/${file}"${
      file.endsWith("json") ? ' with { type: "json" }' : ""
    };\nexport default x;`;
    assert.match((await failure(run(config))).message, /: outside the project PROJECT$/);
  }
});

Deno.test("evaluate() says how to map @charly/charly when nothing does", async () => {
  assert.deepEqual(await failure(run(uses)), {
    message:
      'check imports of charly.config.ts: charly.config.ts:1:30 imports "@charly/charly": nothing in deno.json says what that is',
    hint: `add "@charly/charly": "${apiUrl()}" to "imports" in deno.json`,
    code: "config-import",
  });
});

Deno.test("evaluate() lets a project map @charly/charly to a locked address on the list", async () => {
  await using server = serve({ "/charly.ts": "export const defineConfig = (config: unknown): unknown => config;" });
  const { host } = new URL(server.url);
  using here = project({
    "deno.json": JSON.stringify({ imports: { "@charly/charly": `${server.url}/charly.ts` } }),
    "charly.config.ts": uses,
  });
  const source = fileSource(join(here.dir, "charly.config.ts"), [host]);
  assert.equal((await failure(evaluate(source))).code, "config-lock");
  const args = ["install", "--quiet", `--allow-import=${host}`, "--entrypoint", "charly.config.ts"];
  const install = await new Deno.Command(Deno.execPath(), { args, cwd: here.dir }).output();
  assert.equal(install.code, 0, new TextDecoder().decode(install.stderr));
  assert.deepEqual((await evaluate(source)).data, { candies: {} });
});

Deno.test("evaluate() gives a remote config charly's words", async () => {
  await using server = serve({ "/charly.config.ts": uses });
  using here = project({});
  assert.deepEqual((await evaluate(urlSource(`${server.url}/charly.config.ts`, here.dir))).data, { candies: {} });
});

Deno.test("evaluate() needs no import of charly at all", async () => {
  assert.deepEqual((await run("export default { candies: {} };")).data, { candies: {} });
});
