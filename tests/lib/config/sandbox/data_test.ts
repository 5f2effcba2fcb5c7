import assert from "node:assert/strict";
import { firstDifference, freezeData } from "../../../../lib/config/sandbox/data.ts";
import { withoutComments } from "../../../../lib/config/sandbox/deno_json.ts";
import { printable } from "../../../../lib/config/sandbox/printable.ts";
import { withoutCacheNote } from "../../../../lib/config/sandbox/integrity.ts";

Deno.test("freezeData() freezes every depth", () => {
  const data = freezeData({ a: [{ b: {} }] }) as { a: { b: object }[] };
  assert.throws(() => data.a.push({ b: {} }), TypeError);
  assert.ok(Object.isFrozen(data.a[0]!.b));
  const inner = {};
  freezeData(Object.freeze({ inner }));
  assert.ok(Object.isFrozen(inner));
});

Deno.test("freezeData() survives a million entries and deep nesting", () => {
  const wide = freezeData(Array.from({ length: 1_000_000 }, (_, index) => index)) as number[];
  assert.ok(Object.isFrozen(wide));
  assert.ok(Object.isFrozen(freezeData(JSON.parse("[".repeat(50_000) + "]".repeat(50_000)))));
});

Deno.test("firstDifference() finds values, missing keys, order and kinds", () => {
  assert.deepEqual(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }), ["a", "1", "b"]);
  assert.deepEqual(firstDifference({ a: 1 }, { a: 1, b: 2 }), ["b"]);
  assert.deepEqual(firstDifference({ a: 1, b: 2 }, { b: 2, a: 1 }), ["a"]);
  assert.deepEqual(firstDifference({ a: [] }, { a: {} }), ["a"]);
  assert.deepEqual(firstDifference(1, 2), []);
  assert.equal(firstDifference({ a: [1, null] }, { a: [1, null] }), undefined);
});

Deno.test("withoutComments() leaves text in strings alone", () => {
  const text = '{ // one\n "a": "http://x/*no*/", /* two\n lines */ "b": [1, 2,], "c": "\\"//", }';
  assert.deepEqual(JSON.parse(withoutComments(text)), { a: "http://x/*no*/", b: [1, 2], c: '"//' });
});

Deno.test("printable() removes colours and shows control characters", () => {
  assert.equal(printable("\x1b[31mred\x1b[0m\ttab\r\n\x07\x1b]52;c;aGk=\x07"), "red\ttab\n\\x07\\x1b]52;c;aGk=\\x07");
});

Deno.test("withoutCacheNote() gives a cached file as it was served", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  assert.deepEqual(withoutCacheNote(bytes('a\n\n// denoCacheMetadata={"url":"x"}')), bytes("a\n"));
  assert.deepEqual(withoutCacheNote(bytes("a\n")), bytes("a\n"));
});
