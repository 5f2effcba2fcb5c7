/** A virtual machine of the project. Field names are the `charly.yml` keys in camelCase. */
import type { LibvirtDomain } from "./libvirt.ts";
import type { PlanEntry } from "./plan_entry.ts";

/** An amount of memory or disk, binary units: `"4GiB"`, `"512MiB"`, `"4G"`. The schema checks the number. */
export type Size = `${number}${"KiB" | "MiB" | "GiB" | "TiB" | "K" | "M" | "G" | "T"}`;

/** Expected digest of a download. Without a value it is looked up beside the file. */
export interface Checksum {
  /** Algorithm. */
  readonly type: "sha256";
  /** 64 hex digits. */
  readonly value?: string;
}

/** A ready-made cloud image. */
export interface CloudImageSource {
  /** Says that it is a cloud image. */
  readonly kind: "cloudImage";
  /** `http:` or `https:` address. */
  readonly url: string;
  /** Expected digest. */
  readonly checksum?: Checksum;
  /** Keep the download for other machines. @default {true} */
  readonly cache?: boolean;
  /** Login user the image brings. */
  readonly baseUser?: string;
  /** Distro tag (`debian:13`) when the address does not say it. */
  readonly distro?: string;
}

/** A disk made from packages. */
export interface BootstrapSource {
  /** Says that it is made from packages. */
  readonly kind: "bootstrap";
  /** `debootstrap`, `pacstrap`, or a builder of the project. */
  readonly builder: string;
  /** `debian-13`, `arch`, … */
  readonly distro: string;
  /** Container image the disk is made in. */
  readonly builderImage?: string;
  /** File system of the disk. @default {"ext4"} */
  readonly rootfs?: "ext4" | "xfs" | "btrfs";
  /** Size of the root file system. */
  readonly rootSize?: Size;
  /** Kernel command line. */
  readonly kernelArgs?: string;
  /** Packages to install, besides. */
  readonly package?: readonly string[];
  /** Architecture, as the builder spells it. */
  readonly bootstrapArch?: string;
  /** Variant, as the builder spells it. */
  readonly bootstrapVariant?: string;
  /** Address of the packages. */
  readonly mirror?: string;
}

/** A bootable container image. `X` are box names. */
export interface BootcSource<X extends string = string> {
  /** Says that it is a bootable container. */
  readonly kind: "bootc";
  /** A box of this project, or an image reference (it holds a `/` or a `:`). */
  readonly box: X | `${string}/${string}` | `${string}:${string}`;
  /** Where the image is taken from. */
  readonly transport?: "registry" | "containers-storage" | "oci" | "oci-archive";
  /** File system of the disk. */
  readonly rootfs?: "ext4" | "xfs" | "btrfs";
  /** Size of the root file system. */
  readonly rootSize?: Size;
  /** Kernel command line. */
  readonly kernelArgs?: string;
}

/** A copy of another machine of this project. */
export interface CloneSource<V extends string = string> {
  /** Says that it is a copy. */
  readonly kind: "clone";
  /** Its name under `vms`. */
  readonly fromVm: V;
  /** Snapshot to copy. */
  readonly fromSnapshot: string;
  /** Forget the original's cloud-init state. */
  readonly cloudInitClean?: boolean;
}

/** A libvirt domain made by other means. */
export interface ImportedSource {
  /** Says that it was made by other means. */
  readonly kind: "imported";
  /** Name of the domain in libvirt. */
  readonly libvirtName: string;
  /** Absolute. */
  readonly diskPath: string;
  /** Format of the disk. */
  readonly diskFormat: "qcow2" | "raw";
  /** Written by the tool: when it was taken over. */
  readonly adoptedAt?: string;
  /** Written by the tool: when it was looked at last. */
  readonly lastSyncedAt?: string;
}

/** What a machine's disk is made from. */
export type VmSource<V extends string = string, X extends string = string> =
  | CloudImageSource
  | BootstrapSource
  | BootcSource<X>
  | CloneSource<V>
  | ImportedSource;

/** Network of a machine. */
export interface VmNetwork {
  /** How it is connected. @default {"user"} */
  readonly mode?: "user" | "bridge" | "nat" | "network";
  /** Model of the network card. */
  readonly model?: string;
  /** Host bridge; needed by (and only by) mode `bridge`. */
  readonly bridge?: string;
  /** Libvirt network; needed by (and only by) mode `network`. */
  readonly network?: string;
  /** `52:54:00:12:34:56`. */
  readonly mac?: string;
  /** `"8080:80"`: host port, guest port. */
  readonly portForwards?: readonly `${number}:${number}`[];
}

/** How a key gets into the guest. */
export type Injection = "auto" | "enabled" | "disabled";

/** SSH access to a machine. `M` is its machine type. */
export interface VmSsh<M extends string = string> {
  /** Login user. */
  readonly user?: string;
  /** Port on the host. Excludes `portAuto`. */
  readonly port?: number;
  /** Let charly choose a port and remember it. */
  readonly portAuto?: boolean;
  /** `auto`, `generate`, `none`, or the absolute path of a public key. @default {"auto"} */
  readonly keySource?: "auto" | "generate" | "none" | `/${string}`;
  /** How a key gets into the guest. */
  readonly keyInjection?: {
    /** SMBIOS strings; a microvm has none. */
    readonly smbios?: M extends "microvm" ? "disabled" : Injection;
    readonly cloudInit?: Injection;
  };
}

/** A user cloud-init makes. */
export interface CloudInitUser {
  /** Login name. */
  readonly name: string;
  /** May become root without a password. */
  readonly sudo?: boolean;
  /** Groups it is a member of. */
  readonly groups?: readonly string[];
  /** Shell it logs in to. */
  readonly shell?: string;
  /** No password login. */
  readonly lockPasswd?: boolean;
}

/** A file cloud-init writes. */
export interface CloudInitFile {
  /** Absolute path. */
  readonly path: string;
  /** The file's text. */
  readonly content?: string;
  /** `user:group`. */
  readonly owner?: string;
  /** Mode, for example `0644`. */
  readonly perms?: string;
  /** How `content` is encoded, for example `b64`. */
  readonly encoding?: string;
}

/** First-boot configuration. */
export interface CloudInit {
  /** Name of the guest. */
  readonly hostname?: string;
  /** For example `Europe/Berlin`. */
  readonly timezone?: string;
  /** For example `en_US.UTF-8`. */
  readonly locale?: string;
  /** Users to make. */
  readonly users?: readonly CloudInitUser[];
  /** Packages to install. */
  readonly package?: readonly string[];
  /** Commands to run on the first boot, at its end. */
  readonly runcmd?: readonly string[];
  /** Commands to run on every boot, at its start. */
  readonly bootcmd?: readonly string[];
  /** Files to write. */
  readonly writeFiles?: readonly CloudInitFile[];
  /** Network configuration, as cloud-init spells it. */
  readonly network?: { readonly version?: number; readonly ethernets?: Readonly<Record<string, unknown>> };
  /** Package mirrors. */
  readonly mirrors?: { readonly apt?: string; readonly dnf?: string; readonly pacman?: string };
  /** How charly gets into the guest. */
  readonly charlyInstall?: { readonly strategy?: "auto" | "scp" | "skip" };
  /** Raw YAML merged in last. */
  readonly extra?: string;
}

/** A snapshot that is taken once the machine is ready. */
export interface VmSnapshot {
  /** Name of the snapshot. */
  readonly name: string;
  /** One line for people. */
  readonly description?: string;
  /** In files of its own, or inside the disk image. @default {"external"} */
  readonly mode?: "external" | "internal";
  /** Ask the guest to write everything out first. */
  readonly quiesce?: boolean;
  /** Earlier snapshot it stands on. */
  readonly from?: string;
}

/** Firmware of a machine. */
export type Firmware = "bios" | "uefi-insecure" | "uefi-secure";
/** Who runs a machine. */
export type VmBackend = "auto" | "libvirt" | "qemu";
/** Machine type. */
export type MachineType = "q35" | "virt" | "i440fx" | "pc" | "microvm";

/** A virtual machine. `V` are the machine names and `X` the box names it may refer to. */
export interface Vm<V extends string = string, X extends string = string> {
  /** What the disk is made from. */
  readonly source?: VmSource<V, X>;
  /** Size of the disk. @default {"10GiB"} */
  readonly diskSize?: Size;
  /** Memory. @default {"4GiB"} */
  readonly ram?: Size;
  /** Virtual processors. @default {2} */
  readonly cpu?: number;
  /** Machine type; the host's own when absent. */
  readonly machine?: MachineType;
  /** Firmware. @default {"bios"} */
  readonly firmware?: Firmware;
  /** Who runs it. @default {"auto"} */
  readonly backend?: VmBackend;
  /** Start with the host; needs backend `libvirt` or `auto`. @default {false} */
  readonly autostart?: boolean;
  /** How it is connected. */
  readonly network?: VmNetwork;
  /** How it is reached. */
  readonly ssh?: VmSsh;
  /** First-boot configuration. */
  readonly cloudInit?: CloudInit;
  /** Snapshots to take once it is ready. */
  readonly snapshot?: readonly VmSnapshot[];
  /** Libvirt's own settings. */
  readonly libvirt?: LibvirtDomain;
  /** One line for people. */
  readonly description?: string;
  /** What must hold there, and what the project wrote beside it. Kept as data until checks run. */
  readonly plan?: readonly PlanEntry[];
  /** Fields of `charly.yml` that are kept and not acted on yet. */
  readonly keep?: Readonly<Record<string, unknown>>;
}
