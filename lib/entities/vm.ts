/** A virtual machine of the project. Field names are the `charly.yml` keys in camelCase. */

/** An amount of memory or disk, binary units: `"4GiB"`, `"512MiB"`, `"4G"`. The schema checks the number. */
export type Size = `${number}${"KiB" | "MiB" | "GiB" | "TiB" | "K" | "M" | "G" | "T"}`;

/** Expected digest of a download. Without a value it is looked up beside the file. */
export interface Checksum {
  readonly type: "sha256";
  /** 64 hex digits. */
  readonly value?: string;
}

/** A ready-made cloud image. */
export interface CloudImageSource {
  readonly kind: "cloudImage";
  /** `http:` or `https:` address. */
  readonly url: string;
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
  readonly kind: "bootstrap";
  /** `debootstrap`, `pacstrap`, or a builder of the project. */
  readonly builder: string;
  /** `debian-13`, `arch`, … */
  readonly distro: string;
  readonly builderImage?: string;
  /** @default {"ext4"} */
  readonly rootfs?: "ext4" | "xfs" | "btrfs";
  readonly rootSize?: Size;
  readonly kernelArgs?: string;
  readonly package?: readonly string[];
  readonly bootstrapArch?: string;
  readonly bootstrapVariant?: string;
  readonly mirror?: string;
}

/** A bootable container image. `X` are box names. */
export interface BootcSource<X extends string = string> {
  readonly kind: "bootc";
  /** A box of this project, or an image reference (it holds a `/` or a `:`). */
  readonly box: X | `${string}/${string}` | `${string}:${string}`;
  readonly transport?: "registry" | "containers-storage" | "oci" | "oci-archive";
  readonly rootfs?: "ext4" | "xfs" | "btrfs";
  readonly rootSize?: Size;
  readonly kernelArgs?: string;
}

/** A copy of another machine of this project. */
export interface CloneSource<V extends string = string> {
  readonly kind: "clone";
  readonly fromVm: V;
  readonly fromSnapshot: string;
  /** Forget the original's cloud-init state. */
  readonly cloudInitClean?: boolean;
}

/** A libvirt domain made by other means. */
export interface ImportedSource {
  readonly kind: "imported";
  readonly libvirtName: string;
  /** Absolute. */
  readonly diskPath: string;
  readonly diskFormat: "qcow2" | "raw";
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
  /** @default {"user"} */
  readonly mode?: "user" | "bridge" | "nat" | "network";
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
  readonly user?: string;
  /** Port on the host. Excludes `portAuto`. */
  readonly port?: number;
  /** Let charly choose a port and remember it. */
  readonly portAuto?: boolean;
  /** `auto`, `generate`, `none`, or the absolute path of a public key. @default {"auto"} */
  readonly keySource?: "auto" | "generate" | "none" | `/${string}`;
  readonly keyInjection?: {
    /** SMBIOS strings; a microvm has none. */
    readonly smbios?: M extends "microvm" ? "disabled" : Injection;
    readonly cloudInit?: Injection;
  };
}

/** A user cloud-init makes. */
export interface CloudInitUser {
  readonly name: string;
  readonly sudo?: boolean;
  readonly groups?: readonly string[];
  readonly shell?: string;
  readonly lockPasswd?: boolean;
}

/** A file cloud-init writes. */
export interface CloudInitFile {
  readonly path: string;
  readonly content?: string;
  readonly owner?: string;
  readonly perms?: string;
  readonly encoding?: string;
}

/** First-boot configuration. */
export interface CloudInit {
  readonly hostname?: string;
  readonly timezone?: string;
  readonly locale?: string;
  readonly users?: readonly CloudInitUser[];
  readonly package?: readonly string[];
  readonly runcmd?: readonly string[];
  readonly bootcmd?: readonly string[];
  readonly writeFiles?: readonly CloudInitFile[];
  readonly network?: { readonly version?: number; readonly ethernets?: Readonly<Record<string, unknown>> };
  readonly mirrors?: { readonly apt?: string; readonly dnf?: string; readonly pacman?: string };
  readonly charlyInstall?: { readonly strategy?: "auto" | "scp" | "skip" };
  /** Raw YAML merged in last. */
  readonly extra?: string;
}

/** A snapshot that is taken once the machine is ready. */
export interface VmSnapshot {
  readonly name: string;
  readonly description?: string;
  /** @default {"external"} */
  readonly mode?: "external" | "internal";
  readonly quiesce?: boolean;
  readonly from?: string;
}

/** Libvirt's own settings, for what the fields above do not say. */
export interface LibvirtDomain {
  readonly features?: { readonly acpi?: boolean; readonly apic?: boolean; readonly smm?: boolean };
  readonly cpu?: {
    /** @default {"host-passthrough"} */
    readonly mode?: "host-passthrough" | "host-model" | "custom";
    /** Needed by (and only by) mode `custom`. */
    readonly model?: string;
  };
  readonly clock?: { readonly offset?: "utc" | "localtime" | "timezone" | "variable" | "absolute" };
  readonly memoryBacking?: {
    readonly hugepages?: boolean;
    readonly source?: "memfd" | "file" | "anonymous";
    readonly access?: "shared" | "private";
  };
  /** Device lists as libvirt spells them: `video`, `graphics`, `filesystems`, `hostdevs`, … */
  readonly devices?: Readonly<Record<string, unknown>>;
  /** Raw XML put into the domain. */
  readonly snippets?: readonly string[];
}

/** Firmware of a machine. */
export type Firmware = "bios" | "uefi-insecure" | "uefi-secure";
/** Who runs a machine. */
export type VmBackend = "auto" | "libvirt" | "qemu";
/** Machine type. */
export type MachineType = "q35" | "virt" | "i440fx" | "pc" | "microvm";

/** A virtual machine. `V` are the machine names and `X` the box names it may refer to. */
export interface Vm<V extends string = string, X extends string = string> {
  readonly source?: VmSource<V, X>;
  /** @default {"10GiB"} */
  readonly diskSize?: Size;
  /** @default {"4GiB"} */
  readonly ram?: Size;
  /** Virtual processors. @default {2} */
  readonly cpu?: number;
  readonly machine?: MachineType;
  /** @default {"bios"} */
  readonly firmware?: Firmware;
  /** @default {"auto"} */
  readonly backend?: VmBackend;
  /** Start with the host; needs backend `libvirt` or `auto`. @default {false} */
  readonly autostart?: boolean;
  readonly network?: VmNetwork;
  readonly ssh?: VmSsh;
  readonly cloudInit?: CloudInit;
  readonly snapshot?: readonly VmSnapshot[];
  readonly libvirt?: LibvirtDomain;
  readonly description?: string;
}
