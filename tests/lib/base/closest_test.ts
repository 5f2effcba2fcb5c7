import assert from "node:assert/strict";
import { closest } from "../../../lib/base/closest.ts";

Deno.test("closest() finds the name that was meant", () => {
  assert.equal(closest("ripgrepp", ["git", "ripgrep"]), "ripgrep");
  assert.equal(closest("tets", ["test", "lint"]), "test");
  assert.equal(closest("Motd", ["motd"]), "motd");
});

Deno.test("closest() finds nothing when every name is another word", () => {
  assert.equal(closest("web", ["laptop", "a b"]), undefined);
  assert.equal(closest("x", []), undefined);
  assert.equal(closest("a".repeat(1_000_000), ["a"]), undefined);
});
