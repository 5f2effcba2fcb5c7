/** `build()`. */
import type { BuildEntry, OptionsOf } from "../../entities/plan_entry.ts";

/** Options of {@link build}. */
export type BuildOptions = OptionsOf<BuildEntry>;

/**
 * Runs the candy's builders at this point (images only).
 *
 * @param what `all`
 * @param options the entry's other fields
 * @returns `{ build: "all" }`
 *
 * @example
 * ```ts
 * import { build } from "@charly/charly";
 *
 * if (build().build !== "all") throw new Error("unexpected");
 * ```
 */
export function build(what: "all" = "all", options: BuildOptions = {}): BuildEntry {
  return { build: what, ...options };
}
