/** A candy: an installable layer. Field names are the `charly.yml` keys in camelCase. */
import type { PlanEntry } from "./plan_entry.ts";

/** `YYYY.DDD.HHMM`. */
export type CalVer = string;

/** Package format of a distribution family. */
export type PackageFormat = "deb" | "rpm" | "pac";

/** A package repository. Keys a format does not know are kept for the others. */
export interface Repo {
  readonly name: string;
  readonly url?: string;
  /** Address of the signing key. */
  readonly key?: string;
  /** deb. @default {"stable"} */
  readonly suite?: string;
  /** deb. @default {"main"} */
  readonly components?: string;
  readonly gpgkey?: string;
  readonly gpgcheck?: boolean;
  readonly rpm?: string;
  readonly server?: string;
  readonly siglevel?: string;
}

/** Packages of one distro, version or format. */
export interface DistroSection {
  readonly package?: readonly (string | { readonly name: string; readonly description?: string })[];
  readonly repo?: readonly Repo[];
  readonly copr?: readonly string[];
  readonly exclude?: readonly string[];
  readonly option?: readonly string[];
  readonly module?: readonly string[];
  readonly aur?: {
    readonly package?: readonly string[];
    readonly option?: readonly string[];
    readonly replace?: readonly string[];
  };
}

/** A service a candy brings: a packaged unit, or one of its own. */
export interface Service {
  readonly name: string;
  readonly usePackaged?: string;
  readonly exec?: string;
  readonly distro?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly restart?: "no" | "on-failure" | "always" | "unless-stopped";
  readonly workingDirectory?: string;
  readonly user?: string;
  readonly after?: readonly string[];
  readonly before?: readonly string[];
  readonly wantedBy?: readonly string[];
  readonly stdout?: "journal" | "none" | `file:${string}`;
  readonly stopTimeout?: string | number;
  /** @default {"system"} */
  readonly scope?: "system" | "user";
  readonly enable?: boolean;
  readonly overrides?: {
    readonly env?: Readonly<Record<string, string>>;
    readonly after?: readonly string[];
    readonly exec?: string;
  };
  readonly kind?: "program" | "eventlistener";
  readonly event?: string;
  readonly autoStart?: boolean;
  readonly startRetry?: number;
  readonly startSec?: number;
  readonly stopSignal?: string;
  readonly exitCode?: string;
  readonly priority?: number;
}

/** A snippet for one shell. */
export interface ShellPart {
  readonly init?: string;
  readonly pathAppend?: readonly string[];
  readonly path?: string;
}

/** Shell snippets; a per-shell `init` beats the generic one. */
export interface ShellSnippets extends ShellPart {
  readonly priority?: number;
  readonly bash?: ShellPart;
  readonly zsh?: ShellPart;
  readonly fish?: ShellPart;
  readonly sh?: ShellPart;
}

/** A secret a candy needs or would take. */
export interface SecretNeed {
  readonly name: string;
  readonly description: string;
  readonly default?: string;
  /** `charly/<area>/<name>` in the credential store. */
  readonly key?: `charly/${string}`;
}

/** A variable a candy needs or would take from others. */
export interface EnvNeed {
  readonly name: string;
  readonly description: string;
  readonly default?: string;
  readonly key?: string;
}

/** A file fetched back after the deploy. */
export interface Artifact {
  readonly name: string;
  readonly path: string;
  readonly retrieveTo: string;
  readonly mode?: string;
  readonly optional?: boolean;
  readonly waitSecond?: number;
  readonly rewrite?: readonly { readonly find: string; readonly replace: string }[];
}

/** Container security settings, kept as data. */
export interface Security {
  readonly privileged?: boolean;
  readonly cgroupns?: "host" | "private";
  readonly capAdd?: readonly string[];
  readonly devices?: readonly string[];
  readonly securityOpt?: readonly string[];
  readonly groupAdd?: readonly string[];
  readonly mount?: readonly string[];
  readonly ipcMode?: "host" | "private" | "shareable";
  readonly shmSize?: string;
  readonly memoryMax?: string;
  readonly memoryHigh?: string;
  readonly memorySwapMax?: string;
  readonly cpus?: string;
}

/** An installable layer. `C` are the candy names it may refer to. */
export interface Candy<C extends string = string> {
  /** CalVer `YYYY.DDD.HHMM`. */
  readonly version: CalVer;
  readonly description: string;
  readonly status?: "testing" | "working" | "broken";
  /** Candies that must be there first. */
  readonly require?: readonly (C | `@${string}`)[];
  /** Candies this one is made of. */
  readonly candy?: readonly (C | `@${string}`)[];
  readonly bakePlugin?: readonly (C | `@${string}`)[];
  readonly requiresCapability?: readonly string[];
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
  readonly localpkg?: { readonly pac?: string; readonly rpm?: string; readonly deb?: string };
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
  readonly service?: readonly Service[];
  readonly shell?: ShellSnippets;
  readonly volume?: readonly { readonly name: string; readonly path: string }[];
  readonly port?: readonly (number | string)[];
  readonly portRelay?: readonly number[];
  readonly route?: { readonly host: string; readonly port: number };
  readonly alias?: readonly { readonly name: string; readonly command: string }[];
  readonly data?: readonly { readonly src: string; readonly volume: string; readonly dest?: string }[];
  readonly extract?: readonly { readonly source: string; readonly path: string; readonly dest: string }[];
  readonly secret?: readonly { readonly name: string; readonly target?: string; readonly env?: string }[];
  readonly secretRequire?: readonly SecretNeed[];
  readonly secretAccept?: readonly SecretNeed[];
  readonly envProvide?: Readonly<Record<string, string>>;
  readonly envRequire?: readonly EnvNeed[];
  readonly envAccept?: readonly EnvNeed[];
  readonly mcpProvide?: readonly { readonly name: string; readonly url: string; readonly transport?: "http" | "sse" }[];
  readonly mcpRequire?: readonly { readonly name: string; readonly description: string }[];
  readonly mcpAccept?: readonly { readonly name: string; readonly description: string }[];
  readonly hook?: { readonly postEnable?: string; readonly preRemove?: string };
  readonly artifact?: readonly Artifact[];
  readonly security?: Security;
  readonly libvirt?: readonly string[];
  readonly engine?: "docker" | "podman";
  readonly plugin?: { readonly providers: readonly string[]; readonly source?: string };
  readonly externalBuilder?: string;
  /** Reboot VM guests after this candy. */
  readonly reboot?: boolean;
  /** Directory of the candy's own files, relative to the project. @default {"candy/<name>"} */
  readonly dir?: string;
  readonly plan?: readonly PlanEntry[];
}
