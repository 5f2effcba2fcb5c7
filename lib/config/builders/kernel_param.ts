/** `kernelParam()`. */
import type { KernelParamEntry, OptionsOf } from "../../entities/plan_entry.ts";

/** Options of {@link kernelParam}. */
export type KernelParamOptions = OptionsOf<KernelParamEntry>;

/**
 * Sets a kernel parameter, now and at boot.
 *
 * @param name name as sysctl spells it: `net.ipv4.ip_forward`
 * @param options the value
 * @returns `{ kernelParam: name, … }`
 *
 * @example
 * ```ts
 * import { kernelParam } from "@charly/charly";
 *
 * const entry = kernelParam("net.ipv4.ip_forward", { value: "1" });
 * if (entry.value !== "1") throw new Error("unexpected");
 * ```
 */
export function kernelParam(name: string, options: KernelParamOptions): KernelParamEntry {
  return { kernelParam: name, ...options };
}
