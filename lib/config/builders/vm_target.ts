/** `vmTarget()`. */
import type { VmTarget } from "../../entities/bundle.ts";
import type { Late, Scoped } from "../../entities/late.ts";

/** A machine as target where the names `V` may be used: a plain object, or what {@link vmTarget} returns. */
export interface VmTargetEntry<V extends string> extends VmTarget<V>, Scoped<V> {}

/** What {@link vmTarget} returns: a target that needs the name `V`, where `R` are in scope. */
export interface LateVmTarget<V extends string, R extends string> extends VmTarget<V>, Late<R> {}

/**
 * A virtual machine of this project as the target of a bundle.
 *
 * @param name its name under `vms`
 * @returns `{ target: "vm", vm: name }`
 *
 * @example
 * ```ts
 * import { bundle, cloudImage, defineConfig, vm, vmTarget } from "@charly/charly";
 *
 * export default defineConfig({
 *   vms: { deb: vm({ source: cloudImage("https://cloud.debian.org/images/cloud/trixie/latest/debian-13-generic-amd64.qcow2") }) },
 *   bundles: { dev: bundle({ on: vmTarget("deb"), disposable: true }) },
 * });
 * ```
 */
export function vmTarget<const V extends R = never, R extends string = string>(name: V): LateVmTarget<V, R> {
  return { target: "vm", vm: name } as VmTarget<V> as LateVmTarget<V, R>;
}
