/**
 * Install steps: what a candy comes down to before anything is asked of a machine. The reference's 13 kinds and the open
 * `external:<word>` family; each kind's file beside this one says what it means.
 */
import type { PackageFormat, Repo } from "../entities/candy.ts";
import type { PlanEntry } from "../entities/plan_entry.ts";

/** Whose part of the machine a step changes. */
export type Scope = "system" | "user" | "user-profile";
/** Where a step is carried out. */
export type StepVenue = "host-native" | "container-builder" | "skip";
export type Phase = "prepare" | "install" | "cleanup";
/** The opt-in a step needs. */
export type Gate = "allow-repo-changes" | "allow-root-tasks" | "with-services";

/** On every step. Plug-in kinds carry scope, venue and gate themselves; the others answer by their payload. */
export interface StepBase {
  readonly candy: string;
}

export interface SystemPackagesStep extends StepBase {
  readonly kind: "SystemPackages";
  readonly format: PackageFormat;
  readonly phase: Phase;
  readonly packages: readonly string[];
  readonly repos: readonly Repo[];
  readonly options: readonly string[];
  readonly copr: readonly string[];
  readonly modules: readonly string[];
  readonly exclude: readonly string[];
  readonly keys: readonly string[];
  readonly cacheMount?: readonly { readonly dst: string; readonly sharing: string }[];
  /** Packages to remove first (exact names). */
  readonly replaces?: readonly string[];
  /** What tells two package steps of one candy apart; the candy's own list has none. */
  readonly id?: string;
  /** Guards and time limit (seconds) of the plan entry the step comes from. */
  readonly unless?: string;
  readonly creates?: string;
  readonly timeout?: number;
}

export interface BuilderStep extends StepBase {
  readonly kind: "Builder";
  /** `pixi`, `npm`, `cargo`, `aur`, or a plug-in's word. */
  readonly builder: string;
  readonly builderImage: string;
  readonly phase: Phase;
  readonly artifacts: readonly { readonly containerPath: string; readonly hostPath: string; readonly chown: string }[];
  readonly candyDir: string;
  /** What the builder was found by, or its package list. */
  readonly context?: Readonly<Record<string, unknown>>;
}

export interface OpStep extends StepBase {
  readonly kind: "Op";
  readonly op: PlanEntry;
  readonly candyDir: string;
  readonly ctxPath: string;
  /** "" or root = system; else the login user. */
  readonly resolvedUser: string;
  /** Destination with home as the deferred token. */
  readonly to?: string;
  readonly candyVars: Readonly<Record<string, string>>;
  readonly distros: readonly string[];
}

export interface FileStep extends StepBase {
  readonly kind: "File";
  readonly source: string;
  readonly dest: string;
  readonly mode: string;
  readonly owner: string;
}

export interface ServicePackagedStep extends StepBase {
  readonly kind: "ServicePackaged";
  readonly unit: string;
  readonly targetScope: "system" | "user";
  readonly enable: boolean;
  /** Guards of the plan entry the step comes from. */
  readonly unless?: string;
  readonly creates?: string;
  readonly overridesText?: string;
  readonly overridesPath?: string;
  readonly priorEnabled?: boolean;
}

export interface ServiceCustomStep extends StepBase {
  readonly kind: "ServiceCustom";
  readonly name: string;
  readonly unitText: string;
  readonly unitPath: string;
  readonly targetScope: "system" | "user";
  readonly enable: boolean;
  /** Name the candy gives the service: a packaged unit of that name means the candy should use it. */
  readonly serviceName: string;
}

export interface ShellHookStep extends StepBase {
  readonly kind: "ShellHook";
  readonly envVars: Readonly<Record<string, string>>;
  readonly pathAdd: readonly string[];
  readonly envFile: string;
}

export interface ShellSnippetStep extends StepBase {
  readonly kind: "ShellSnippet";
  readonly origin: string;
  readonly shell: "bash" | "zsh" | "fish" | "sh";
  readonly snippet: string;
  readonly pathAppend: readonly string[];
  readonly destination: string;
  readonly marker: string;
  readonly useDropin: boolean;
  readonly priority: number;
}

export interface RepoChangeStep extends StepBase {
  readonly kind: "RepoChange";
  readonly format: PackageFormat;
  readonly file: string;
  readonly content: string;
  readonly checksum: string;
  /** Signing key to fetch, dearmour and install. */
  readonly key?: { readonly url: string; readonly path: string };
}

export interface ApkInstallStep extends StepBase {
  readonly kind: "ApkInstall";
  readonly apkPackages: readonly Readonly<Record<string, unknown>>[];
  readonly candyDir: string;
}

export interface LocalPkgInstallStep extends StepBase {
  readonly kind: "LocalPkgInstall";
  readonly pkgbuildRef: string;
  readonly candyDir: string;
  readonly projectDir: string;
  readonly format: PackageFormat;
}

export interface RebootStep extends StepBase {
  readonly kind: "Reboot";
}

export interface ExternalPluginStep extends StepBase {
  readonly kind: "ExternalPlugin";
  readonly op: PlanEntry;
  readonly candyVars: Readonly<Record<string, string>>;
  readonly distros: readonly string[];
  readonly resolvedUser: string;
  readonly candyDir: string;
}

/** The open family `external:<word>`: the plug-in declares scope, venue and gate, and they travel with the step. */
export interface ExternalStep extends StepBase {
  readonly kind: `external:${string}`;
  readonly payload: unknown;
  readonly scope: Scope;
  readonly venue: StepVenue;
  readonly gate?: Gate;
  readonly emits?: boolean;
  /** What tells two steps of one word apart. */
  readonly id?: string;
  readonly script?: string;
  readonly undo?: { readonly text: string; readonly at: "in-place" | "end" };
}

/** One step of an InstallPlan: the reference's 13 kinds and the external family. */
export type InstallStep =
  | SystemPackagesStep
  | BuilderStep
  | OpStep
  | FileStep
  | ServicePackagedStep
  | ServiceCustomStep
  | ShellHookStep
  | ShellSnippetStep
  | RepoChangeStep
  | ApkInstallStep
  | LocalPkgInstallStep
  | RebootStep
  | ExternalPluginStep
  | ExternalStep;

export type StepKind = InstallStep["kind"];
