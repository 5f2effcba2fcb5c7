/** A bundle: candies on a target. */
import type { PlanEntry } from "./plan_entry.ts";

/** The opt-ins of an apply. */
export interface InstallOptions {
  /** Install and start services. */
  readonly withServices?: boolean;
  /** Add package repositories. */
  readonly allowRepoChanges?: boolean;
  /** Run commands as root. */
  readonly allowRootTasks?: boolean;
  /** Leave out what the target cannot do instead of failing. */
  readonly skipIncompatible?: boolean;
  /** Run the checks afterwards; a failing one fails the deploy. */
  readonly verify?: boolean;
  /** Container image builders (pixi, npm, cargo, aur) run in. */
  readonly builderImage?: string;
}

/** This machine. */
export interface LocalTarget {
  /** Says that it is this machine. */
  readonly target: "local";
}

/** A machine reached over SSH; several hosts get the same plan, each for itself. */
export interface SshTarget {
  /** Says that it is reached over SSH. */
  readonly target: "ssh";
  /** `[user@]host[:port]`, `[v6]:port`, or an ssh-config alias. */
  readonly host: readonly string[];
  /** Login user, unless the host names one. */
  readonly user?: string;
  /** ssh2 in this process, or the system's `ssh`. @default {"ssh2"} */
  readonly transport?: "ssh2" | "openssh";
  /** Options passed to the system's `ssh`. */
  readonly sshArg?: readonly string[];
}

/** A venue inside another one: a container, or a machine only the outer one can reach. */
export interface NestedTarget {
  /** Says that it is inside another venue. */
  readonly target: "nested";
  /** Where it is entered from. */
  readonly outer: LocalTarget | SshTarget;
  /** How it is entered. */
  readonly via: "podman-exec" | "docker-exec" | "ssh";
  /** Container name, or host for `ssh`. */
  readonly name: string;
  /** User inside. */
  readonly user?: string;
}

/** A virtual machine of this project. */
export interface VmTarget<V extends string = string> {
  /** Says that it is a virtual machine of this project. */
  readonly target: "vm";
  /** Its name under `vms`. */
  readonly vm: V;
}

/** Where a bundle goes. */
export type BundleTarget<V extends string = string> = LocalTarget | SshTarget | NestedTarget | VmTarget<V>;

/** Candies on a target. */
export interface Bundle<C extends string = string, V extends string = string, L extends string = string> {
  /** Where the candies go. */
  readonly on: BundleTarget<V>;
  /** Candies, in order; what they need comes first. */
  readonly candy?: readonly (C | `@${string}`)[];
  /** A `local` template: its candies come first. */
  readonly from?: L;
  /** More candies, after those of the template. */
  readonly addCandy?: readonly (C | `@${string}`)[];
  /** One line for people. */
  readonly description?: string;
  /** The opt-ins: services, repositories, commands as root. */
  readonly installOpts?: InstallOptions;
  /** Environment given to every command of the bundle. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names this bundle had before: their deploys are taken over. */
  readonly was?: readonly string[];
  /** May be rebuilt from nothing without asking. */
  readonly disposable?: boolean;
  /** What it is for; informational. */
  readonly lifecycle?: "scratch" | "dev" | "test" | "qa" | "staging" | "prod" | "custom";
  /** What happens to the steps that are done when one fails: they stay, or are taken back. @default {"stop"} */
  readonly onFailure?: "stop" | "rollback";
  /** What must hold there, and what the project wrote beside it. Kept as data until checks run. */
  readonly plan?: readonly PlanEntry[];
  /** Fields of `charly.yml` that are kept and not acted on yet. */
  readonly keep?: Readonly<Record<string, unknown>>;
}

/** A `local` template: candies and options several bundles share. */
export interface LocalTemplate<C extends string = string> {
  /** Candies, in order. */
  readonly candy: readonly (C | `@${string}`)[];
  /** The opt-ins, unless the bundle says otherwise. */
  readonly installOpts?: InstallOptions;
  /** Environment given to every command. */
  readonly env?: Readonly<Record<string, string>>;
  /** One line for people. */
  readonly description?: string;
  /** What must hold there, and what the project wrote beside it. Kept as data until checks run. */
  readonly plan?: readonly PlanEntry[];
  /** Fields of `charly.yml` that are kept and not acted on yet. */
  readonly keep?: Readonly<Record<string, unknown>>;
}
