/** Libvirt's own settings of a machine: what is in use is named, the rest of libvirt's tree is taken as it is written. */

/** Settings libvirt knows more of than is named here. */
export interface LibvirtTree {
  /** Everything else, spelt as in `charly.yml`. */
  readonly [field: string]: unknown;
}

/** Features of the domain. `S` is what System Management Mode may be. */
export interface LibvirtFeatures<S = boolean> extends LibvirtTree {
  /** ACPI. */
  readonly acpi?: boolean;
  /** APIC. */
  readonly apic?: boolean;
  /** System Management Mode; secure boot needs it. */
  readonly smm?: S;
  /** More memory than 4 GiB for 32-bit guests. */
  readonly pae?: boolean;
  /** What Windows likes: `{ relaxed: "on" }`. */
  readonly hyperv?: LibvirtTree;
  /** What KVM shows the guest: `{ hidden: "on" }`. */
  readonly kvm?: LibvirtTree;
}

/** One feature of a processor. */
export interface LibvirtCpuFeature extends LibvirtTree {
  /** Its name. */
  readonly name: string;
  /** Whether the guest has it. */
  readonly policy?: "force" | "require" | "optional" | "disable" | "forbid";
}

/** Processor the guest sees. */
export interface LibvirtCpu extends LibvirtTree {
  /** How it is chosen. @default {"host-passthrough"} */
  readonly mode?: "host-passthrough" | "host-model" | "custom";
  /** Needed by (and only by) mode `custom`. */
  readonly model?: string;
  /** Features it has or lacks. */
  readonly features?: readonly LibvirtCpuFeature[];
  /** `"on"` or `"off"`. */
  readonly migratable?: string;
}

/** A timer of the guest. */
export interface LibvirtTimer extends LibvirtTree {
  /** Its name. */
  readonly name: string;
}

/** Clock of the guest. */
export interface LibvirtClock extends LibvirtTree {
  /** What it starts from. */
  readonly offset?: "utc" | "localtime" | "timezone" | "variable" | "absolute";
  /** Timers. */
  readonly timers?: readonly LibvirtTimer[];
}

/** How the guest's memory is kept. */
export interface LibvirtMemoryBacking extends LibvirtTree {
  /** In huge pages. */
  readonly hugepages?: unknown;
  /** Where it comes from: `memfd`, `file`, `anonymous`. */
  readonly source?: unknown;
  /** Whether others may see it: `shared`, `private`. */
  readonly access?: unknown;
}

/** A processor of the guest on processors of the host. */
export interface LibvirtVcpuPin extends LibvirtTree {
  /** Of the guest. */
  readonly vcpu: string | number | boolean;
  /** Of the host: `"2"`, `"0-3"`. */
  readonly cpuset: string | number | boolean;
}

/** How processors are shared. */
export interface LibvirtCpuTune extends LibvirtTree {
  /** Pins. */
  readonly vcpupin?: readonly LibvirtVcpuPin[];
}

/** Memory the host cannot read. */
export interface LibvirtLaunchSecurity extends LibvirtTree {
  /** How it is kept from the host. */
  readonly type: "sev" | "sev-es" | "sev-snp" | "tdx";
}

/** Libvirt's own settings, for what the fields of a machine do not say. */
export interface LibvirtDomain {
  /** Features of the domain. */
  readonly features?: LibvirtFeatures;
  /** Processor the guest sees. */
  readonly cpu?: LibvirtCpu;
  /** Clock of the guest. */
  readonly clock?: LibvirtClock;
  /** How the guest's memory is kept. */
  readonly memoryBacking?: LibvirtMemoryBacking;
  /** Limits of its memory. */
  readonly memtune?: unknown;
  /** Nodes of memory it uses. */
  readonly numatune?: unknown;
  /** How processors are shared. */
  readonly cputune?: LibvirtCpuTune;
  /** Threads for input and output. */
  readonly iothreads?: number;
  /** Device lists as libvirt spells them: `video`, `graphics`, `filesystems`, `hostdevs`, … */
  readonly devices?: Readonly<Record<string, unknown>>;
  /** Security label. */
  readonly seclabel?: unknown;
  /** Memory the host cannot read. */
  readonly launchSecurity?: LibvirtLaunchSecurity;
  /** Resource partition. */
  readonly resource?: unknown;
  /** What the guest's firmware tells. */
  readonly sysinfo?: unknown;
  /** Raw XML put into the domain. */
  readonly snippets?: readonly string[];
  /** Raw XML by where it goes. */
  readonly xmlPassthrough?: unknown;
}
