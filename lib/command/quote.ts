/** The one place where text becomes a word of a POSIX shell. */
import { CharlyError } from "../base/errors.ts";

/**
 * Quotes `word` so that sh, bash, dash and BusyBox read back exactly its bytes as one word. Words without any character a
 * shell could mean something by stay as they are; the empty word is `''`.
 *
 * @throws {CharlyError} `nul` when the word holds a NUL byte: no shell word can
 */
export function quote(word: string): string {
  if (word.includes("\0")) {
    throw new CharlyError("quote a word: it holds a NUL byte", { hint: "remove the NUL: no command line can carry one", code: "nul" });
  }
  if (word !== "" && /^[A-Za-z0-9_@%+:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
