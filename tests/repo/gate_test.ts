/** The gate runs everything it is asked for, and says how it went. */
import assert from "node:assert/strict";
import { runStages, summary } from "../../tasks/dev/gate.ts";

const good = ["eval", "1"], bad = ["eval", "Deno.exit(3)"];

Deno.test("runStages() runs every stage, also behind a failed one", async () => {
  const results = await runStages(["a", "b", "c"], { a: good, b: bad, c: good });
  assert.deepEqual(results.map(({ name, ok }) => [name, ok]), [["a", true], ["b", false], ["c", true]]);
});

Deno.test("runStages() refuses a name it does not know", async () => {
  await assert.rejects(() => runStages(["a", "z"], { a: good }), { message: "run checks: z; there are a" });
});

Deno.test("summary() has a line per stage, with what it cost", () => {
  const text = summary([{ name: "a", ok: true, seconds: 1.23 }, { name: "b", ok: false, seconds: 61 }]);
  assert.equal(text, "ok     a        1.2 s\nFAILED b        61.0 s");
});

Deno.test("runStages() does not run a stage whose folder is not there, and does not call it a pass", async () => {
  const results = await runStages(["a", "b"], { a: bad, b: good }, { a: "/nowhere/at/all", b: "/" });
  assert.deepEqual(results.map(({ name, ok, absent }) => [name, ok, absent]), [
    ["a", true, "/nowhere/at/all"],
    ["b", true, undefined],
  ]);
  assert.match(summary(results), /^absent a {8}not run: there is no \/nowhere\/at\/all\nok {5}b /);
});
