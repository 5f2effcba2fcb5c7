import assert from "node:assert/strict";
import fc from "fast-check";
import { quoteWord, quoteWords } from "../../../lib/command/quote.ts";

Deno.test("quoteWord() leaves plain words alone and quotes the rest", () => {
  assert.deepEqual(
    ["git", "a/b-c_1.2", "", "it's", "~", "A=b", "a b", "$HOME", "%1"].map(quoteWord),
    ["git", "a/b-c_1.2", "''", "'it'\\''s'", "'~'", "'A=b'", "'a b'", "'$HOME'", "'%1'"],
  );
});

Deno.test("quoteWord() refuses a NUL byte", () => {
  assert.throws(() => quoteWord("a\0b"), { code: "nul-in-word" });
});

for (const shell of ["sh", "bash", "dash"]) {
  Deno.test(`quoteWords() is read back unchanged by ${shell}`, async () => {
    const word = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("-rf", "$(id)", "`id`", "a\nb", "'", '"', "\\", "!!", "*", "~", "\u202e", "\n", "--", "{a,b}"),
    ).filter((text) => !text.includes("\0"));
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 6 }), async (words) => {
        const { stdout } = await new Deno.Command(shell, {
          args: ["-c", `${quoteWords(["printf", "%s\\0"])} ${quoteWords(words)}`],
        }).output();
        assert.deepEqual(
          new TextDecoder().decode(stdout).split("\0").slice(0, -1),
          words.map((text) => text.toWellFormed()),
        );
      }),
      { numRuns: 40 },
    );
  });
}
