import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { firstLine, preamble, secretsIn } from "../../../lib/steps/command_act.ts";
import { seconds } from "../../../lib/steps/op.ts";
import { debianUser } from "./story.ts";

Deno.test("preamble() gives a command its variables unchanged, whatever they hold", () => {
  const value = fc.oneof(
    fc.string({ maxLength: 30 }).map((text) => text.replaceAll("\0", "").replaceAll("${", "")),
    fc.constantFrom("it's", "$(id)", "a\nb", "-rf", '"'),
  );
  fc.assert(
    fc.property(value, value, (own, entry) => {
      const head = preamble({ facts: debianUser }, { OWN: own }, { ENTRY: entry });
      const run = spawnSync("sh", ["-c", `${head}printf '%s\\0%s\\0%s' "$OWN" "$ENTRY" "$ARCH"`], { encoding: "utf8" });
      const home = (text: string) =>
        text === "~" || text.startsWith("~/")
          ? debianUser.home + text.slice(1)
          : text.replace(/\$HOME(?!\w)/g, debianUser.home);
      assert.equal(run.stdout, `${home(own)}\0${entry}\0amd64`);
    }),
    { numRuns: 60 },
  );
});

Deno.test("secretsIn() finds declared names only where the text expands them", () => {
  const declared = ["TOKEN", "TOKEN_TWO", "PIN"];
  assert.deepEqual(secretsIn({ text: 'curl -H "$TOKEN"' }, declared), ["TOKEN"]);
  assert.deepEqual(secretsIn({ text: "x ${TOKEN_TWO:-none} ${#PIN}" }, declared), ["PIN", "TOKEN_TWO"]);
  assert.deepEqual(secretsIn({ text: "echo TOKEN $TOKENS $pin" }, declared), []);
  assert.deepEqual(secretsIn({ text: "x", undo: { command: "y $PIN" }, secrets: ["TOKEN"] }, declared), [
    "PIN",
    "TOKEN",
  ]);
});

Deno.test("firstLine() shows what a text does rather than its comments", () => {
  assert.equal(firstLine("# why\n\nmake install\n"), "make install …");
  assert.equal(firstLine("true"), "true");
  assert.equal(firstLine("x".repeat(80)).length, 72);
});

Deno.test("seconds() reads durations and refuses anything else", () => {
  assert.deepEqual(["90s", "10m", "1h30m", "250ms", "1.5s"].map((text) => seconds(text, "x")), [90, 600, 5400, 1, 2]);
  for (const wrong of ["", "90", "s", "10 m", "-1s"]) {
    assert.throws(() => seconds(wrong, "x"), { code: "bad-duration" });
  }
});
