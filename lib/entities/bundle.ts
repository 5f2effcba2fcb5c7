/** A bundle: candies on a target. */

/** The opt-ins of an apply. */
export interface InstallOptions {
  readonly withServices?: boolean;
  readonly allowRepoChanges?: boolean;
  readonly allowRootTasks?: boolean;
  readonly skipIncompatible?: boolean;
  readonly verify?: boolean;
  readonly builderImage?: string;
}

/** This machine. */
export interface LocalTarget {
  readonly target: "local";
}

/** A machine reached over SSH; several hosts get the same plan, each for itself. */
export interface SshTarget {
  readonly target: "ssh";
  /** `[user@]host[:port]`, `[v6]:port`, or an ssh-config alias. */
  readonly host: readonly string[];
  readonly user?: string;
  /** ssh2 in this process, or the system's `ssh`. @default {"ssh2"} */
  readonly transport?: "ssh2" | "openssh";
  /** Options passed to the system's `ssh`. */
  readonly sshArg?: readonly string[];
}

/** A venue inside another one: a container, or a machine only the outer one can reach. */
export interface NestedTarget {
  readonly target: "nested";
  readonly outer: LocalTarget | SshTarget;
  readonly via: "podman-exec" | "docker-exec" | "ssh";
  /** Container name, or host for `ssh`. */
  readonly name: string;
  readonly user?: string;
}

/** A virtual machine of this project. */
export interface VmTarget<V extends string = string> {
  readonly target: "vm";
  readonly vm: V;
}

/** Where a bundle goes. */
export type BundleTarget<V extends string = string> = LocalTarget | SshTarget | NestedTarget | VmTarget<V>;

/** Candies on a target. */
export interface Bundle<C extends string = string, V extends string = string, L extends string = string> {
  readonly on: BundleTarget<V>;
  readonly candy?: readonly (C | `@${string}`)[];
  /** A `local` template: its candies come first. */
  readonly from?: L;
  readonly addCandy?: readonly (C | `@${string}`)[];
  readonly description?: string;
  readonly installOpts?: InstallOptions;
  /** Environment given to every command of the bundle. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names this bundle had before: their deploys are taken over. */
  readonly was?: readonly string[];
  /** May be rebuilt from nothing without asking. */
  readonly disposable?: boolean;
  readonly lifecycle?: "scratch" | "dev" | "test" | "qa" | "staging" | "prod" | "custom";
  readonly onFailure?: "stop" | "rollback";
}

/** A `local` template: candies and options several bundles share. */
export interface LocalTemplate<C extends string = string> {
  readonly candy: readonly (C | `@${string}`)[];
  readonly installOpts?: InstallOptions;
  readonly env?: Readonly<Record<string, string>>;
  readonly description?: string;
}
