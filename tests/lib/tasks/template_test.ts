import assert from "node:assert/strict";
import { outsideQuotes } from "../../../lib/tasks/template.ts";

const strings = (parts: TemplateStringsArray, ..._: unknown[]) => [...parts.raw];

Deno.test("outsideQuotes() closes quotes around a value and opens them again", () => {
  assert.deepEqual(outsideQuotes(strings`a "b ${1} c" d`), ['a "b "', '" c" d']);
  assert.deepEqual(outsideQuotes(strings`a 'b ${1}'`), ["a 'b '", "''"]);
  assert.deepEqual(outsideQuotes(strings`a "$(b ${1})" ${2}`), ['a "$(b ', ')" ', ""]);
  assert.deepEqual(outsideQuotes(strings`a --x=${1} "it's" ${2}`), ["a --x=", ' "it\'s" ', ""]);
});

Deno.test("outsideQuotes() refuses a value where no quoting can keep it one word", () => {
  for (
    const [parts, where] of [
      [["a # b ", ""], "in a comment"],
      [["cat <<E\n", "\nE"], "behind a here-document"],
      [["a `b ", "`"], "inside backticks"],
      [["a ${x:-", "}"], "inside ${…}"],
      [["a $((1 + ", "))"], "inside $((…))"],
      [["a \\", ""], "behind a backslash"],
      [['a "\\', '"'], "behind a backslash"],
      [["a $", ""], "behind a dollar sign"],
      [["a $'it\\'s ", "'"], "behind $'…'"],
      [['a "$(case x in x) b ', ';; esac)"'], "behind `case` in a command substitution"],
    ] as const
  ) {
    assert.throws(
      () => outsideQuotes(parts),
      (error: Error) => error instanceof TypeError && error.message.includes(where),
      parts.join("…"),
    );
  }
});

Deno.test("outsideQuotes() takes # inside a word and an escaped quote for what they are", () => {
  assert.deepEqual(outsideQuotes(["a#b ", ""]), ["a#b ", ""]);
  assert.deepEqual(outsideQuotes(['a \\" ', ""]), ['a \\" ', ""]);
  assert.deepEqual(outsideQuotes(["a # it's\nb ", ""]), ["a # it's\nb ", ""]);
  assert.deepEqual(outsideQuotes(["", "#b ", ""]), ["", "#b ", ""]);
});
