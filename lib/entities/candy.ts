/** A candy: an installable layer. Field names are the `charly.yml` keys in camelCase. */
import type { PlanEntry } from "./plan_entry.ts";

/** `YYYY.DDD.HHMM`. */
export type CalVer = string;

/** Package format of a distribution family. */
export type PackageFormat = "deb" | "rpm" | "pac";

/**
 * A package repository. What a format has no use for is left to the others. Addresses may hold `$(rpm -E %fedora)`, `$(uname -m)`
 * and `$(dpkg --print-architecture)`: a plan has what the machine would answer in their place.
 */
export interface Repo {
  /** Names the file the repository is written to. */
  readonly name: string;
  /** Address of the packages. */
  readonly url?: string;
  /** Address of the signing key; pac: its fingerprint, fetched from the key server and signed locally. */
  readonly key?: string;
  /** deb: where the key is put, or is already. @default {"/etc/apt/keyrings/<name>.gpg"} */
  readonly signedBy?: string;
  /** deb. @default {"stable"} */
  readonly suite?: string;
  /** deb. @default {"main"} */
  readonly components?: string;
  /** rpm: address or path of the signing key. */
  readonly gpgkey?: string;
  /** rpm: whether signatures are checked. */
  readonly gpgcheck?: boolean;
  /** rpm: address of a package that brings the repository. */
  readonly rpm?: string;
  /** pac: address of the packages. */
  readonly server?: string;
  /** pac: signature level. */
  readonly siglevel?: string;
  /** Fields of `charly.yml` that nothing acts on. */
  readonly keep?: Readonly<Record<string, unknown>>;
}

/** Packages of one distro, version or format. */
export interface DistroSection {
  /** Packages, by name. */
  readonly package?: readonly (string | { readonly name: string; readonly description?: string })[];
  /** Repositories to add first. */
  readonly repo?: readonly Repo[];
  /** rpm: COPR projects to enable first. */
  readonly copr?: readonly string[];
  /** rpm: packages to leave out. */
  readonly exclude?: readonly string[];
  /** Options of the package manager. */
  readonly option?: readonly string[];
  /** rpm: module streams to enable. */
  readonly module?: readonly string[];
  /** pac: packages built from the AUR. */
  readonly aur?: {
    readonly package?: readonly string[];
    readonly option?: readonly string[];
    readonly replace?: readonly string[];
  };
}

/** A service a candy brings: a packaged unit, or one of its own. */
export interface Service {
  /** Name; one packaged and one custom entry may share it. */
  readonly name: string;
  /** Unit a package brings; `.service` may be left out. */
  readonly usePackaged?: string;
  /** Command of a unit of one's own. */
  readonly exec?: string;
  /** Only on targets with one of these tags: `debian`, `debian:13`. */
  readonly distro?: readonly string[];
  /** Environment of the process. */
  readonly env?: Readonly<Record<string, string>>;
  /** When it is started again. */
  readonly restart?: "no" | "on-failure" | "always" | "unless-stopped";
  /** Directory it runs in. */
  readonly workingDirectory?: string;
  /** User it runs as. */
  readonly user?: string;
  /** Units it starts after. */
  readonly after?: readonly string[];
  /** Units it starts before. */
  readonly before?: readonly string[];
  /** Units that pull it in. */
  readonly wantedBy?: readonly string[];
  /** Where its output goes. */
  readonly stdout?: "journal" | "none" | `file:${string}`;
  /** Time it is given to stop: seconds, or a duration. */
  readonly stopTimeout?: string | number;
  /** Whether it belongs to the machine or to the login user. @default {"system"} */
  readonly scope?: "system" | "user";
  /** Enable and start it. */
  /** Enable it at boot and start it. @default {false} */
  readonly enable?: boolean;
  /** Settings laid over a packaged unit. */
  readonly overrides?: {
    readonly env?: Readonly<Record<string, string>>;
    readonly after?: readonly string[];
    readonly exec?: string;
  };
  /** What it is to a supervisor. */
  readonly kind?: "program" | "eventlistener";
  /** Event a listener waits for. */
  readonly event?: string;
  /** Start it with the supervisor. */
  readonly autoStart?: boolean;
  /** How often a supervisor tries to start it. */
  readonly startRetry?: number;
  /** Seconds it must run to count as started. */
  readonly startSec?: number;
  /** Signal that stops it. */
  readonly stopSignal?: string;
  /** Exit codes that count as success. */
  readonly exitCode?: string;
  /** Order among services; smaller starts first. */
  readonly priority?: number;
}

/** A snippet for one shell. */
export interface ShellPart {
  /** Lines for the shell's start-up file; `${SHELL_NAME}` is the shell. */
  readonly init?: string;
  /** Directories added to PATH. */
  readonly pathAppend?: readonly string[];
  /** File of its own to write to, instead of a block in the shell's file. */
  readonly path?: string;
}

/** Shell snippets; a per-shell `init` beats the generic one. */
export interface ShellSnippets extends ShellPart {
  /** Order among snippets; smaller comes first. */
  readonly priority?: number;
  /** For bash only. */
  readonly bash?: ShellPart;
  /** For zsh only. */
  readonly zsh?: ShellPart;
  /** For fish only. */
  readonly fish?: ShellPart;
  /** For sh only. */
  readonly sh?: ShellPart;
}

/** A secret a candy needs or would take. */
export interface SecretNeed {
  /** Name of the environment variable. */
  readonly name: string;
  /** What it is for. */
  readonly description: string;
  /** Taken when nobody gives one. */
  readonly default?: string;
  /** `charly/<area>/<name>` in the credential store. */
  readonly key?: `charly/${string}`;
}

/** A variable a candy needs or would take from others. */
export interface EnvNeed {
  /** Name of the variable. */
  readonly name: string;
  /** What it is for. */
  readonly description: string;
  /** Taken when nobody gives one. */
  readonly default?: string;
  /** Key in the credential store. */
  readonly key?: string;
}

/** A file fetched back after the deploy. */
export interface Artifact {
  /** Name of the artifact. */
  readonly name: string;
  /** Where it is on the target. */
  readonly path: string;
  /** Where it goes on this machine. */
  readonly retrieveTo: string;
  /** Mode of the copy. @default {"0644"} */
  readonly mode?: string;
  /** Do not fail when it is missing. */
  readonly optional?: boolean;
  /** Seconds to wait for it. */
  readonly waitSecond?: number;
  /** Texts to replace in the copy. */
  readonly rewrite?: readonly { readonly find: string; readonly replace: string }[];
}

/** Container security settings, kept as data. */
export interface Security {
  /** All capabilities and devices of the host. */
  readonly privileged?: boolean;
  /** Control groups: of the host, or of its own. */
  readonly cgroupns?: "host" | "private";
  /** Capabilities to add. */
  readonly capAdd?: readonly string[];
  /** Devices to pass in. */
  readonly devices?: readonly string[];
  /** Security options of the engine. */
  readonly securityOpt?: readonly string[];
  /** Groups to add. */
  readonly groupAdd?: readonly string[];
  /** Mounts, as the engine spells them. */
  readonly mount?: readonly string[];
  /** Shared memory: of the host, or of its own. */
  readonly ipcMode?: "host" | "private" | "shareable";
  /** Size of `/dev/shm`, for example `1g`. */
  readonly shmSize?: string;
  /** Memory it may never exceed. */
  readonly memoryMax?: string;
  /** Memory above which it is slowed down. */
  readonly memoryHigh?: string;
  /** Swap it may use. */
  readonly memorySwapMax?: string;
  /** Processors it may use, for example `1.5`. */
  readonly cpus?: string;
}

/** An installable layer. `C` are the candy names it may refer to. */
export interface Candy<C extends string = string> {
  /** CalVer `YYYY.DDD.HHMM`. */
  readonly version: CalVer;
  /** One line: what it is. */
  readonly description: string;
  /** How well it works. @default {"testing"} */
  readonly status?: "testing" | "working" | "broken";
  /** Candies that must be there first. */
  readonly require?: readonly (C | `@${string}`)[];
  /** Candies this one is made of. */
  readonly candy?: readonly (C | `@${string}`)[];
  /** Plug-ins built into the image; they are needed as well. */
  readonly bakePlugin?: readonly (C | `@${string}`)[];
  /** Capabilities some other candy must bring. */
  readonly requiresCapability?: readonly string[];
  /** What it does to an image. */
  readonly capability?: {
    readonly preserveUser?: boolean;
    readonly needsRootAfterInit?: boolean;
    readonly initSystemHint?: string;
    readonly dataOnly?: boolean;
    readonly ociLabel?: Readonly<Record<string, string>>;
  };
  /** Environment variables; `PATH` is forbidden here, see `pathAppend`. */
  readonly env?: Readonly<Record<string, string>> & { readonly PATH?: never };
  /** Directories added to PATH. */
  readonly pathAppend?: readonly string[];
  /** Variables for this candy's own entries: `A_Z09`, none of the reserved names. */
  readonly var?: Readonly<Record<string, string>>;
  /** Packages every distribution calls the same. */
  readonly package?: readonly (string | { readonly name: string; readonly description?: string })[];
  /** Per distro (`debian`), version (`debian-13`), list (`debian,ubuntu`) or format (`deb`). */
  readonly distro?: Readonly<Record<string, DistroSection>>;
  /** Directories of packages to build and install, per format. */
  readonly localpkg?: { readonly pac?: string; readonly rpm?: string; readonly deb?: string };
  /** Android packages, from a store or from a file. */
  readonly apk?: readonly (
    | {
      readonly package: string;
      readonly apk?: never;
      readonly source?: string;
      readonly arch?: string;
      readonly appVersion?: string;
    }
    | { readonly apk: string; readonly package?: never; readonly arch?: string; readonly appVersion?: string }
  )[];
  /** Services it brings. */
  readonly service?: readonly Service[];
  /** Shell snippets it brings. */
  readonly shell?: ShellSnippets;
  /** Volumes its data lives in. */
  readonly volume?: readonly { readonly name: string; readonly path: string }[];
  /** Ports it listens on: `8080`, `"tcp:5900"`. */
  readonly port?: readonly (number | string)[];
  /** Ports relayed to the container's loopback. */
  readonly portRelay?: readonly number[];
  /** Name and port it can be reached at. */
  readonly route?: { readonly host: string; readonly port: number };
  /** Commands offered outside the container. */
  readonly alias?: readonly { readonly name: string; readonly command: string }[];
  /** Files that seed a volume. */
  readonly data?: readonly { readonly src: string; readonly volume: string; readonly dest?: string }[];
  /** Files copied out of other images. */
  readonly extract?: readonly { readonly source: string; readonly path: string; readonly dest: string }[];
  /** Secrets mounted as files or given as variables. */
  readonly secret?: readonly { readonly name: string; readonly target?: string; readonly env?: string }[];
  /** Secrets it cannot do without. */
  readonly secretRequire?: readonly SecretNeed[];
  /** Secrets it takes when they are there. */
  readonly secretAccept?: readonly SecretNeed[];
  /** Variables it gives to others. */
  readonly envProvide?: Readonly<Record<string, string>>;
  /** Variables it cannot do without. */
  readonly envRequire?: readonly EnvNeed[];
  /** Variables it takes when they are there. */
  readonly envAccept?: readonly EnvNeed[];
  /** MCP servers it gives to others. */
  readonly mcpProvide?: readonly { readonly name: string; readonly url: string; readonly transport?: "http" | "sse" }[];
  /** MCP servers it cannot do without. */
  readonly mcpRequire?: readonly { readonly name: string; readonly description: string }[];
  /** MCP servers it takes when they are there. */
  readonly mcpAccept?: readonly { readonly name: string; readonly description: string }[];
  /** Scripts around the life of a container. */
  readonly hook?: { readonly postEnable?: string; readonly preRemove?: string };
  /** Files fetched back after the deploy. */
  readonly artifact?: readonly Artifact[];
  /** Container security settings. */
  readonly security?: Security;
  /** Raw XML for the domain of a machine. */
  readonly libvirt?: readonly string[];
  /** Container engine it needs. */
  readonly engine?: "docker" | "podman";
  /** Plug-in words it provides. */
  readonly plugin?: { readonly providers: readonly string[]; readonly source?: string };
  /** Plug-in that builds it. */
  readonly externalBuilder?: string;
  /** Reboot VM guests after this candy. */
  readonly reboot?: boolean;
  /**
   * Directory of the candy's own files, relative to the project; or in another repository that `charly fetch` has brought:
   * `@host/org/repo/candy/name:version`. @default {"candy/<name>"}
   */
  readonly dir?: string;
  /** What it does, step by step, and what must hold afterwards. */
  readonly plan?: readonly PlanEntry[];
}
