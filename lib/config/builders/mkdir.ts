/** `mkdir()`. */
import type { MkdirEntry, OptionsOf } from "../../entities/plan_entry.ts";

/** Options of {@link mkdir}. */
export type MkdirOptions = OptionsOf<MkdirEntry>;

/**
 * Makes a directory and its parents.
 *
 * @param path absolute, or starting with `~/` or `${HOME}`
 * @param options mode, guards, user
 * @returns `{ mkdir: path, … }`
 *
 * @example
 * ```ts
 * import { mkdir } from "@charly/charly";
 *
 * const entry = mkdir("~/bin", { mode: "0755" });
 * if (entry.mkdir !== "~/bin") throw new Error("unexpected");
 * ```
 */
export function mkdir(path: string, options: MkdirOptions = {}): MkdirEntry {
  return { mkdir: path, ...options };
}
