/** `write()`. */
import type { OptionsOf, WriteEntry } from "../../entities/plan_entry.ts";

/** Options of {@link write}. */
export type WriteOptions = OptionsOf<WriteEntry>;

/**
 * Writes a file with given content, which is never expanded.
 *
 * @param path absolute, or starting with `~/` or `${HOME}`
 * @param options content, mode, guards, user
 * @returns `{ write: path, … }`
 *
 * @example
 * ```ts
 * import { write } from "@charly/charly";
 *
 * const entry = write("/etc/motd", { content: "hi\n", runAs: "root" });
 * if (entry.content !== "hi\n") throw new Error("unexpected");
 * ```
 */
export function write(path: string, options: WriteOptions): WriteEntry {
  return { write: path, ...options };
}
