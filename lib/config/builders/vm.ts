/** `vm()`. */
import type { Because, Late, Scoped } from "../../entities/late.ts";
import type { LibvirtDomain, LibvirtFeatures } from "../../entities/libvirt.ts";
import type { Firmware, MachineType, Vm, VmBackend, VmSsh } from "../../entities/vm.ts";

/** The names a machine may refer to. */
export interface VmNames<V, X> {
  /** Virtual machines. */
  readonly vm: V;
  /** Boxes. */
  readonly box: X;
}

/** SSH access of a machine of type `M`. */
export interface VmSshFields<M> extends Omit<VmSsh, "keyInjection"> {
  /** How a key gets into the guest. */
  readonly keyInjection?: {
    readonly smbios?: M extends "microvm" ? "disabled" | Because<"a microvm has no SMBIOS">
      : "auto" | "enabled" | "disabled";
    readonly cloudInit?: "auto" | "enabled" | "disabled";
  };
}

/** Libvirt's settings of a machine with firmware `F`. */
export interface VmLibvirtFields<F> extends Omit<LibvirtDomain, "features"> {
  /** Features of the domain. */
  readonly features?: LibvirtFeatures<
    F extends "uefi-secure" ? true | Because<"firmware uefi-secure needs SMM"> : boolean
  >;
}

/**
 * What {@link vm} takes: a {@link Vm} in which firmware `F`, backend `B` and machine type `M` decide what else can be said.
 */
export interface VmFields<F, B, M, V extends string, X extends string>
  extends Omit<Vm<V, X>, "firmware" | "backend" | "machine" | "autostart" | "ssh" | "libvirt"> {
  /** Firmware of the machine. @default {"bios"} */
  readonly firmware?: F;
  /** Who runs the machine. @default {"auto"} */
  readonly backend?: B;
  /** Machine type. */
  readonly machine?: M;
  /** Start with the host. @default {false} */
  readonly autostart?: B extends "qemu" ? false | Because<"autostart needs backend libvirt or auto"> : boolean;
  /** SSH access. */
  readonly ssh?: VmSshFields<M>;
  /** Libvirt's own settings. */
  readonly libvirt?: VmLibvirtFields<F>;
}

/** What the machine type `M` asks of the firmware. */
export type VmNeeds<M> = M extends "i440fx"
  ? { readonly firmware?: "bios" | "uefi-insecure" | Because<"firmware uefi-secure needs machine q35"> }
  : unknown;

/** A machine where these names may be used: a plain object, or what {@link vm} returns. */
export interface VmEntry<V extends string, X extends string> extends Vm<V, X>, Scoped<VmNames<V, X>> {}

/** What {@link vm} returns: a machine that needs the names `V` and `X`, where `RV` and `RX` are in scope. */
export interface LateVm<V extends string, X extends string, RV, RX> extends Vm<V, X>, Late<VmNames<RV, RX>> {}

/**
 * A virtual machine.
 *
 * @param fields disk, memory, firmware, network, access
 * @returns the fields, unchanged
 *
 * @example
 * ```ts
 * import { cloudImage, defineConfig, vm } from "@charly/charly";
 *
 * export default defineConfig({
 *   vms: {
 *     arch: vm({ source: cloudImage("https://example.org/arch.qcow2"), diskSize: "40GiB", ram: "8GiB", cpu: 4 }),
 *     copy: vm({ source: { kind: "clone", fromVm: "arch", fromSnapshot: "clean" } }),
 *   },
 * });
 * ```
 */
export function vm<
  const F extends Firmware = "bios",
  const B extends VmBackend = "auto",
  const M extends MachineType = "q35",
  const V extends RV = never,
  const X extends RX = never,
  RV extends string = string,
  RX extends string = string,
>(fields: VmFields<F, B, M, V, X> & VmNeeds<M>): LateVm<V, X, RV, RX> {
  return fields as unknown as LateVm<V, X, RV, RX>;
}
