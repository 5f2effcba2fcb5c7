/** `external()`. */
import type { ExternalEntry, OptionsOf } from "../../entities/plan_entry.ts";

/** Options of {@link external}. */
export type ExternalOptions = OptionsOf<ExternalEntry>;

/**
 * A step of a plug-in kind `external:<word>`, kept as data.
 *
 * @param word the plug-in's word
 * @param options payload, scope, script and its way back
 * @returns `{ external: word, … }`
 *
 * @example
 * ```ts
 * import { external } from "@charly/charly";
 *
 * const entry = external("firmware", { payload: { slot: 1 }, script: "fwup apply 1", undo: "fwup revert 1" });
 * if (entry.external !== "firmware") throw new Error("unexpected");
 * ```
 */
export function external(word: string, options: ExternalOptions = {}): ExternalEntry {
  return { external: word, ...options };
}
