import assert from "node:assert/strict";
import { gateOpen } from "../../../lib/plan/gates.ts";
import { mergeOptions } from "../../../lib/plan/options.ts";

const gates = [
  ["allow-repo-changes", "allowRepoChanges"],
  ["allow-root-tasks", "allowRootTasks"],
  ["with-services", "withServices"],
] as const;

for (const [gate, option] of gates) {
  Deno.test(`gateOpen() opens ${gate} by its own option or by yes, not by another's`, () => {
    assert.equal(gateOpen(gate, {}), false);
    assert.equal(gateOpen(gate, { [option]: true }), true);
    assert.equal(gateOpen(gate, { assumeYes: true }), true);
    for (const [, other] of gates) assert.equal(gateOpen(gate, { [other]: true }), other === option);
  });
}

Deno.test("gateOpen() is true without a gate and false for one nobody knows, even with yes", () => {
  assert.equal(gateOpen(undefined, {}), true);
  assert.equal(gateOpen("allow-everything", { assumeYes: true }), false);
  assert.equal(gateOpen("constructor", { assumeYes: true }), false);
});

Deno.test("mergeOptions() ors switches over call, bundle and template", () => {
  assert.deepEqual(mergeOptions({ withServices: false }, { withServices: true }, { verify: true }), {
    withServices: true,
    verify: true,
  });
});

Deno.test("mergeOptions() takes the nearest builder image", () => {
  assert.deepEqual(mergeOptions({}, { builderImage: "mine" }, { builderImage: "theirs" }), { builderImage: "mine" });
  assert.deepEqual(mergeOptions({ builderImage: "" }, undefined, { builderImage: "theirs" }), {
    builderImage: "theirs",
  });
});
