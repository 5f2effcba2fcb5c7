/** `unixGroup()`. */
import type { BareUnixGroup, OptionsOf, UnixGroupEntry } from "../../entities/plan_entry.ts";

/** Options of {@link unixGroup}. */
export type UnixGroupOptions = OptionsOf<UnixGroupEntry>;

/**
 * Makes sure of a group. Alone it is a step or what {@link check} looks at; with options it is a step.
 *
 * @param name group name
 * @returns `{ unixGroup: name }`
 *
 * @example
 * ```ts
 * import { check, unixGroup } from "@charly/charly";
 *
 * const step = unixGroup("dev", { gid: 2000 });
 * const probe = check("dev exists", unixGroup("dev"));
 * if (step.gid !== 2000 || probe.check !== "dev exists") throw new Error("unexpected");
 * ```
 */
export function unixGroup(name: string): BareUnixGroup;
/**
 * The same as a step.
 *
 * @param name group name
 * @param options the entry's other fields
 */
export function unixGroup(name: string, options: UnixGroupOptions): UnixGroupEntry;
export function unixGroup(name: string, options: UnixGroupOptions = {}): UnixGroupEntry {
  return { unixGroup: name, ...options };
}
