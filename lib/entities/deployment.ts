/** What deployments of pods, clusters, phones and groups say. Kept as data: charly does not bring them up yet. */
import type { InstallOptions } from "./bundle.ts";
import type { CalVer, Security, ShellPart } from "./candy.ts";
import type { PlanEntry } from "./plan_entry.ts";

/** How long a deployment that is thrown away lives. */
export interface Ephemeral {
  /** Time it lives at most. @default {"1h"} */
  readonly ttl?: string;
  /** Leave it when its checks fail. */
  readonly keepOnFailure?: boolean;
  /** What copies are called. */
  readonly namingPattern?: string;
}

/** How a deployment gives way to one that needs the same resource. */
export interface Preemptible {
  /** Tokens it holds. */
  readonly holds?: string | readonly string[];
  /** How it is stopped. */
  readonly stop?: "shutdown";
  /** When it comes back. */
  readonly restore?: "always" | "on-success";
}

/** Rounds of an agent on a deployment until its checks stop getting better. */
export interface Iterate {
  /** Where the agent works. */
  readonly sandbox: string;
  /** An agent of the project. */
  readonly agent?: string;
  /** Rounds without progress before it ends. */
  readonly plateauIteration?: number;
  /** What the agent is told. */
  readonly prompt?: string;
  /** Whether notes are kept between rounds. @default {true} */
  readonly note?: string | number | boolean;
  /** Environment of the agent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Tool server the agent is given. */
  readonly mcpEndpoint?: string;
}

/** Where a deployment stands in a tree of them. */
export interface TreePlace {
  /** Deployment it is brought up inside of. */
  readonly inside?: string;
  /** Group it is brought up with. */
  readonly memberOf?: string;
}

/** What every deployment and group may say. */
export interface Lifetime extends TreePlace {
  /** CalVer. */
  readonly version?: CalVer;
  /** One line for people. */
  readonly description?: string;
  /** May be rebuilt from nothing without asking. */
  readonly disposable?: boolean;
  /** What it is for; informational. */
  readonly lifecycle?: "scratch" | "dev" | "test" | "qa" | "staging" | "prod" | "custom";
  /** `true`, or how long it lives. */
  readonly ephemeral?: true | Ephemeral;
  /** Tokens it gives up when asked to, or how. */
  readonly preemptible?: string | readonly string[] | Preemptible;
  /** Tokens nobody else may hold meanwhile. */
  readonly requiresExclusive?: readonly string[];
  /** Tokens others may hold as well. */
  readonly requiresShared?: readonly string[];
  /** Rounds of an agent. */
  readonly iterate?: Iterate;
}

/** Deployments that are brought up together: those whose `memberOf` names it. It has no place of its own, so it has no plan. */
export type Group = Lifetime;

/** What of a tunnel is opened: all ports, some of them, or ports with the name each gets. */
export type TunnelScope = "all" | readonly (string | number)[] | Readonly<Record<string, string>>;

/** A way in from elsewhere. */
export interface Tunnel {
  /** Who carries it. */
  readonly provider?: "tailscale" | "cloudflare";
  /** Name of the tunnel. */
  readonly tunnel?: string;
  /** What the internet reaches. */
  readonly public?: TunnelScope;
  /** What one's own network reaches. */
  readonly private?: TunnelScope;
}

/** A secret of a deployment. */
export interface SecretSource {
  /** Name a candy asks for. */
  readonly name: string;
  /** Where it comes from. */
  readonly source?: string;
}

/** Data of a deployment that outlives its container. */
export interface DeploymentVolume {
  /** Name a candy gave it. */
  readonly name: string;
  /** How it is kept. */
  readonly type?: "volume" | "bind" | "encrypted";
  /** Directory of the host. */
  readonly host?: string;
  /** Where it appears inside. */
  readonly path?: string;
  /** Written by the tool: whether it was filled. */
  readonly dataSeeded?: unknown;
  /** Written by the tool: where it was filled from. */
  readonly dataSource?: unknown;
}

/** Shell start-up text of a deployment. */
export interface DeploymentShell extends ShellPart {
  /** Name of the snippet, for others to replace. */
  readonly id?: string;
  /** Who wrote it. */
  readonly origin?: string;
  /** Leaves out the snippet of this id. */
  readonly skip?: boolean;
  /** Order among snippets. */
  readonly priority?: number;
  /** For bash. */
  readonly bash?: ShellPart;
  /** For zsh. */
  readonly zsh?: ShellPart;
  /** For fish. */
  readonly fish?: ShellPart;
  /** For sh. */
  readonly sh?: ShellPart;
}

/** How it is reached from outside of a cluster. */
export interface Expose {
  /** Host name. */
  readonly host?: string;
  /** Path below it. */
  readonly path?: string;
  /** TLS, or the secret with its key. */
  readonly tls?: unknown;
  /** Port of the service. */
  readonly port?: string | number | boolean;
}

/** A claim of storage. */
export interface StorageClaim {
  /** Name. */
  readonly name: string;
  /** Size, as Kubernetes writes it. */
  readonly size?: string;
  /** What kind of storage it should be. */
  readonly classHint?: "fast" | "cheap" | "encrypted" | "default";
  /** Who may read and write. */
  readonly access?: "single-writer" | "many-readers" | "many-writers";
  /** Where it appears inside. */
  readonly path?: string;
}

/** What any deployment may say beside what its kind adds. `C` are candy names. */
export interface Deployment<C extends string = string> extends Lifetime {
  /** Template of the same kind. */
  readonly from?: string;
  /** Box of the project, or an image from elsewhere. */
  readonly image?: string;
  /** Brought up by an agent, not by charly. */
  readonly agentProvisioned?: boolean;
  /** `local` or `[user@]host[:port]`. */
  readonly host?: string;
  /** Login user. */
  readonly user?: string;
  /** What kind of work it is. */
  readonly kind?: "service" | "daemon" | "batch" | "scheduled" | "oneshot";
  /** How many of it. */
  readonly replica?: number;
  /** When it is started again. */
  readonly restart?: "always" | "on-failure" | "never";
  /** Cron expression. */
  readonly schedule?: string;
  /** Name it is reached by. */
  readonly dns?: string;
  /** Address certificates are asked for with. */
  readonly acmeEmail?: string;
  /** File of variables. */
  readonly envFile?: string;
  /** Network it joins. */
  readonly network?: string;
  /** Container engine. */
  readonly engine?: "docker" | "podman";
  /** Processors. */
  readonly cpus?: string | number | boolean;
  /** Memory. */
  readonly ram?: string;
  /** Size of the disk. */
  readonly diskSize?: string;
  /** Snapshot it starts from. */
  readonly fromSnapshot?: string;
  /** Forget what cloud-init did before. */
  readonly cloudInitClean?: boolean;
  /** Lend it the GPG agent. */
  readonly forwardGpgAgent?: boolean;
  /** Lend it the SSH agent. */
  readonly forwardSshAgent?: boolean;
  /** Kubernetes: workload and patches. */
  readonly kubernetes?: unknown;
  /** Kubernetes: how it is reached. */
  readonly expose?: Expose;
  /** Probes of a cluster, in the words of `charly.yml`. */
  readonly probes?: unknown;
  /** Written by the tool. */
  readonly resolvedPort?: unknown;
  /** Written by the tool. */
  readonly resolvedImage?: unknown;
  /** Written by the tool. */
  readonly vmState?: unknown;
  /** Options passed to the system's `ssh`. */
  readonly sshArg?: readonly string[];
  /** Pins: `[ip:]host:container`. */
  readonly port?: readonly (string | number | boolean)[];
  /** A way in from elsewhere; a provider alone takes what it is known for. */
  readonly tunnel?: "tailscale" | "cloudflare" | Tunnel;
  /** Environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Volumes. */
  readonly volume?: readonly DeploymentVolume[];
  /** What it may do, and how much of the machine it may take. */
  readonly security?: Security;
  /** Shell start-up text. */
  readonly shell?: readonly DeploymentShell[];
  /** More candies. */
  readonly addCandy?: readonly (C | `@${string}`)[];
  /** The opt-ins. */
  readonly installOpts?: InstallOptions;
  /** What must hold there, and what the project wrote beside it. */
  readonly plan?: readonly PlanEntry[];
}
