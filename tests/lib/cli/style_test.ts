import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeControls, styleOf } from "../../../lib/cli/style.ts";

Deno.test("escapeControls() makes escape sequences, C1 controls and bidirectional overrides visible", () => {
  assert.equal(escapeControls("a\x1b[2Jb\x9b1m\u202ec\r\n"), "a\\x1b[2Jb\\x9b1m\\u{202e}c\\x0d\\x0a");
  assert.equal(escapeControls("a\tb\nc", true), "a\tb\nc");
});

Deno.test("escapeControls() leaves no control character in any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.doesNotMatch(escapeControls(text).replaceAll("\t", ""), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  }));
});

Deno.test("styleOf() adds nothing when colours are not wanted", () => {
  assert.equal(styleOf(false).red("x"), "x");
  assert.equal(styleOf(true).red("x"), "\x1b[31mx\x1b[39m");
});
