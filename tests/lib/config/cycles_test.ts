import assert from "node:assert/strict";
import fc from "fast-check";
import { findCycles } from "../../../lib/config/cycles.ts";

Deno.test("findCycles() names the way round", () => {
  const graph = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b", "d"]], ["d", []]]);
  assert.deepEqual(findCycles(graph), [{ names: ["b", "c", "b"], from: "c", to: "b" }]);
});

Deno.test("findCycles() finds none in a diamond", () => {
  assert.deepEqual(findCycles(new Map([["a", ["b", "c"]], ["b", ["d"]], ["c", ["d"]], ["d", []]])), []);
});

Deno.test("findCycles() walks a chain longer than the stack", () => {
  const chain = new Map(Array.from({ length: 200_000 }, (_, at) => [`n${at}`, [`n${at + 1}`]]));
  assert.deepEqual(findCycles(chain), []);
  chain.set("n200000", ["n0"]);
  assert.equal(findCycles(chain)[0]?.names.length, 200_002);
});

Deno.test("findCycles() finds a cycle exactly when names cannot be put in order", () => {
  const name = fc.constantFrom("a", "b", "c", "d", "e", "constructor", "__proto__");
  fc.assert(fc.property(fc.array(fc.tuple(name, fc.array(name, { maxLength: 3 }))), (edges) => {
    const graph = new Map(edges.map(([from, to]) => [from, to.filter((target) => target !== from)]));
    const left = new Map(graph);
    for (let before = -1; before !== left.size;) {
      before = left.size;
      for (const [from, to] of [...left]) if (to.every((target) => !left.has(target))) left.delete(from);
    }
    assert.equal(findCycles(graph).length > 0, left.size > 0);
  }));
});
