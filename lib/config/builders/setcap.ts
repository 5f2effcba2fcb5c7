/** `setcap()`. */
import type { OptionsOf, SetcapEntry } from "../../entities/plan_entry.ts";

/** Options of {@link setcap}. */
export type SetcapOptions = OptionsOf<SetcapEntry>;

/**
 * Sets file capabilities.
 *
 * @param path absolute path of the program
 * @param options capabilities, guards
 * @returns `{ setcap: path, … }`
 *
 * @example
 * ```ts
 * import { setcap } from "@charly/charly";
 *
 * const entry = setcap("/usr/bin/tool", { caps: "cap_net_bind_service=ep" });
 * if (entry.caps !== "cap_net_bind_service=ep") throw new Error("unexpected");
 * ```
 */
export function setcap(path: string, options: SetcapOptions): SetcapEntry {
  return { setcap: path, ...options };
}
