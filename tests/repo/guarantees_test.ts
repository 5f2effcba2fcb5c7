/** `docs/guarantees.md`: every promise names a test that is there. */
import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

Deno.test("docs/guarantees.md names, for each promise, a test that exists", async () => {
  const text = await Deno.readTextFile(new URL("docs/guarantees.md", root));
  const rows = text.split("\n").filter((line) => /^\| (?!promise|-)/.test(line));
  assert.ok(rows.length > 30);
  for (const row of rows) {
    const [, file, words] = /`(tests\/[^`]+)` "([^"]+)"/.exec(row) ?? [];
    assert.ok(file !== undefined && words !== undefined, `no test: ${row}`);
    const test = await Deno.readTextFile(new URL(file, root));
    assert.ok(test.includes(words), `${file} has no test "${words}"`);
  }
});
