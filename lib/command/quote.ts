/** Words for a POSIX shell. The only place of charly that quotes. */
import { CharlyError } from "../base/errors.ts";

/** What no shell gives a meaning to, wherever in a command the word stands (`=` and a leading `~` or `%` would have one). */
const plain = /^[A-Za-z0-9_@+:,./-]+$/;

/**
 * One word as a POSIX shell reads it back: unchanged where it is plain, else in single quotes; empty becomes `''`.
 * Throws `nul-in-word` for a NUL byte, which no program argument can hold.
 */
export function quoteWord(word: string): string {
  if (word.includes("\0")) {
    throw new CharlyError(`quote ${JSON.stringify(word.slice(0, 40))}: found a NUL byte`, {
      hint: "remove it, or put the bytes into a file",
      code: "nul-in-word",
    });
  }
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command as words, rendered as one line. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}
