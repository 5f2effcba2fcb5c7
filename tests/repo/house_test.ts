/** Manners that no linter knows: nothing is skipped, no machine's own paths, no other registry. */
import assert from "node:assert/strict";
import { sourceFiles } from "../../tasks/dev/check_imports.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const self = "tests/repo/house_test.ts";
const files = (await sourceFiles(root)).filter((path) => path !== self);
const texts = await Promise.all(
  files.map(async (path) => ({ path, text: await Deno.readTextFile(`${root}/${path}`) })),
);

/** `path:line` of every line that matches and is not excused. */
function found(expression: RegExp, within: (path: string) => boolean = () => true): string[] {
  return texts.filter(({ path }) => within(path)).flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => expression.test(line) ? [`${path}:${index + 1}`] : [])
  );
}

Deno.test("no test is left out or runs alone", () => {
  assert.deepEqual(
    found(/Deno\.test\.(?:ignore|only)|\b(?:ignore|only): (?:true|!)/, (path) => path.startsWith("tests/")),
    [],
  );
});

Deno.test("a sanitizer is switched off with a reason in the line or the one above only", () => {
  const bare = texts.flatMap(({ path, text }) => {
    const lines = text.split("\n");
    return lines.flatMap((line, index) =>
      /sanitize\w+: false/.test(line) && !/\/\/|\*/.test(line + (lines[index - 1] ?? ""))
        ? [`${path}:${index + 1}`]
        : []
    );
  });
  assert.deepEqual(bare, []);
});

Deno.test("no file depends on where it was written", () => {
  assert.deepEqual(found(/["'`](?:file:\/\/)?\/work\//), []);
});

Deno.test("no module is imported from jsr or from an address", () => {
  const imports = /^(?:import|export) .*from "(?:jsr:|https?:)|^import "(?:jsr:|https?:)/;
  assert.deepEqual(found(imports, (path) => !path.startsWith("tests/")), []);
});

Deno.test("files are called in snake_case", () => {
  const odd = files.filter((path) => !/^[a-z0-9_./]+$/.test(path));
  assert.deepEqual(odd, []);
});
