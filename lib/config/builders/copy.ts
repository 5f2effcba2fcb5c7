/** `copy()`. */
import type { CopyEntry, OptionsOf } from "../../entities/plan_entry.ts";

/** Options of {@link copy}. */
export type CopyOptions = OptionsOf<CopyEntry>;

/**
 * Copies a file of the project to the target.
 *
 * @param source path relative to the candy's directory, without `..`
 * @param options destination, mode, guards, user
 * @returns `{ copy: source, … }`
 *
 * @example
 * ```ts
 * import { copy } from "@charly/charly";
 *
 * const entry = copy("./vimrc", { to: "~/.vimrc" });
 * if (entry.to !== "~/.vimrc") throw new Error("unexpected");
 * ```
 */
export function copy(source: string, options: CopyOptions): CopyEntry {
  return { copy: source, ...options };
}
