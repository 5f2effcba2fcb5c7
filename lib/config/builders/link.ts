/** `link()`. */
import type { LinkEntry, OptionsOf } from "../../entities/plan_entry.ts";

/** Options of {@link link}. */
export type LinkOptions = OptionsOf<LinkEntry>;

/**
 * Makes a symbolic link.
 *
 * @param path where the link stands: absolute, or starting with `~/` or `${HOME}`
 * @param options what it points at, guards, user
 * @returns `{ link: path, … }`
 *
 * @example
 * ```ts
 * import { link } from "@charly/charly";
 *
 * const entry = link("~/bin/vi", { target: "/usr/bin/vim" });
 * if (entry.target !== "/usr/bin/vim") throw new Error("unexpected");
 * ```
 */
export function link(path: string, options: LinkOptions): LinkEntry {
  return { link: path, ...options };
}
