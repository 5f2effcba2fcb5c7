import assert from "node:assert/strict";
import { seconds } from "../../../lib/base/duration.ts";

Deno.test("seconds() adds the parts of a duration", () => {
  assert.equal(seconds("90s"), 90);
  assert.equal(seconds("1h30m"), 5400);
  assert.equal(seconds("250ms"), 0.25);
  assert.equal(seconds("1.5m"), 90);
});

for (const text of ["", "90", "s", "90 s", "-1s", "1s!", "1d"]) {
  Deno.test(`seconds() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => seconds(text), { name: "CharlyError", code: "bad-duration" });
  });
}
