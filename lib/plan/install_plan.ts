/**
 * The InstallPlan: what the compiler makes of candies for one target, before anything is asked of the machine.
 * One plan per candy; a deploy is an ordered list of plans. `wire.ts` turns it into JSON with the reference's names.
 */
import type { Artifact, PackageFormat, Repo } from "../entities/candy.ts";
import type { PlanEntry } from "../entities/plan_entry.ts";

/** Whose part of the machine a step changes. */
export type Scope = "system" | "user" | "user-profile";
/** Where a step is carried out. */
export type StepVenue = "host-native" | "container-builder" | "skip";
export type Phase = "prepare" | "install" | "cleanup";
/** The opt-in a step needs. */
export type Gate = "allow-repo-changes" | "allow-root-tasks" | "with-services";

/** On every step. */
export interface StepBase {
  readonly candy: string;
  /** Plug-in kinds carry scope, venue and gate themselves; the others answer by their payload (see lib/steps). */
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
}

export interface BuilderStep extends StepBase {
  readonly kind: "Builder";
  readonly builder: "pixi" | "npm" | "cargo" | "aur" | (string & {});
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

/** What one candy becomes on one target. */
export interface InstallPlan {
  readonly deployId: string;
  readonly box: string;
  readonly version: string;
  readonly distro: string;
  readonly candy: string;
  readonly candiesIncluded: readonly string[];
  readonly addCandies: readonly string[];
  readonly builderImage: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly steps: readonly InstallStep[];
}

/** Everything one bundle means on one target; pure data, deterministic. */
export interface DeployPlan {
  readonly project: string;
  readonly bundle: string;
  readonly deployId: string;
  readonly target: string;
  readonly plans: readonly InstallPlan[];
  readonly artifacts: readonly (Artifact & { readonly candy: string })[];
  /** Secrets any step of the plan may name. */
  readonly secrets: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly default?: string;
    readonly key?: string;
  }[];
  /** SHA-256 over canonical JSON (see digest.ts): what `apply --plan` holds the run to. */
  readonly digest: string;
}
