/**
 * What a candy's `plan` holds: one verb per entry, the verb's main value under the verb's name, the rest beside it.
 * These are the public, hand-written shapes (`charly.yml` keys in camelCase); `plan_entry_schema.ts` checks them at run time.
 */

import type { Probe } from "./probe.ts";

/** Every verb of a plan entry. */
export type Verb =
  | "command"
  | "mkdir"
  | "copy"
  | "write"
  | "link"
  | "download"
  | "setcap"
  | "build"
  | "user"
  | "unixGroup"
  | "kernelParam"
  | "package"
  | "service"
  | "external"
  | "check"
  | "agentRun"
  | "agentCheck"
  | "include";

/** Forbids every verb but `V`: two verbs in one entry do not type-check. */
export type Only<V extends Verb> = { readonly [K in Exclude<Verb, V>]?: never };

/** Four octal digits with a leading zero, for example `"0755"`; the schema checks the digits. */
export type Mode = `0${number}`;

/** Whom an entry runs as: root, the login user (any other value), `${USER}`, a name, a uid or `uid:gid`. */
export type RunAs = string;

/** How to take a command back. */
export interface UndoCommand {
  /** The shell text, run by the same shell and user as the command. */
  readonly command: string;
  /** `end`: once, after everything else has been undone (restart a service once its file is back). @default {"in-place"} */
  readonly at?: "in-place" | "end";
}

/** When an entry makes sense: while an image is built, while a machine is deployed, or once it runs. */
export type StepContext = "build" | "deploy" | "runtime";

/** Options every entry takes. */
export interface EntryOptions {
  /** A name for the entry: stable across edits of its text, so that an edit is an upgrade of the same entry. */
  readonly id?: string;
  /** Prose shown in plans. */
  readonly description?: string;
  /** Skip when this shell text exits with 0. */
  readonly unless?: string;
  /** Skip when this path exists. */
  readonly creates?: string;
  /** `root`, or the login user (everything else). @default {"${USER}"} */
  readonly runAs?: RunAs;
  /** Seconds (`"90s"`, `"10m"`) until the entry's whole process session is ended. */
  readonly timeout?: string;
  /** Only for targets whose distro tag (`debian`, `debian:13`) is listed. */
  readonly distro?: readonly string[];
  /** Not for targets whose distro tag is listed. */
  readonly excludeDistro?: readonly string[];
  /** When it is done. An entry for `runtime` alone is no part of a deploy. @default {["build", "deploy"]} */
  readonly context?: readonly StepContext[];
  /** Fields of `charly.yml` that are kept and not acted on yet: `tag`, `depends_on`, `capture`, … */
  readonly keep?: Readonly<Record<string, unknown>>;
}

/** Options of entries that run opaque shell text. */
export interface CommandOptions extends EntryOptions {
  /** The way back: shell text, or text with a moment. */
  readonly undo?: string | UndoCommand;
  /** Paths the command writes: captured before it runs, restored by undo. */
  readonly touches?: readonly string[];
  /** Never run a second time without being asked to, even when its end is unknown. */
  readonly once?: boolean;
  /** Run on every apply. */
  readonly always?: boolean;
  /** Extra environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of declared secrets this command gets in its environment. */
  readonly secret?: readonly string[];
  /** `sh` where bash is not installed. @default {"bash"} */
  readonly shell?: "bash" | "sh";
}

/** Runs shell text. */
export interface CommandEntry extends CommandOptions, Only<"command"> {
  /** Shell text, run without `set -e`. */
  readonly command: string;
}

/** Makes a directory (and its parents). */
export interface MkdirEntry extends EntryOptions, Only<"mkdir"> {
  /** Absolute, or starting with `~/` or `${HOME}`. */
  readonly mkdir: string;
  /** Mode of the directory. @default {"0755"} */
  readonly mode?: Mode;
}

/** Writes a file with given content. */
export interface WriteEntry extends EntryOptions, Only<"write"> {
  /** Destination: absolute, or starting with `~/` or `${HOME}`. */
  readonly write: string;
  /** The file's text, never expanded. */
  readonly content: string;
  /** Mode of the file. @default {"0644"} */
  readonly mode?: Mode;
}

/** Copies a file of the project (relative to the candy's directory) to the target. */
export interface CopyEntry extends EntryOptions, Only<"copy"> {
  /** Source, relative to the candy's directory, without `..`. */
  readonly copy: string;
  /** Destination: absolute, or starting with `~/` or `${HOME}`. */
  readonly to: string;
  /** Mode of the file. @default {"0644"} */
  readonly mode?: Mode;
}

/** Makes a symbolic link. */
export interface LinkEntry extends EntryOptions, Only<"link"> {
  /** Where the link stands. */
  readonly link: string;
  /** What it points at. */
  readonly target: string;
}

/** Fetches a file or an archive. */
export interface DownloadEntry extends EntryOptions, Only<"download"> {
  /** `http:` or `https:` address; candy variables are expanded. */
  readonly download: string;
  /** File (`extract: "none"`) or directory it goes to; not needed for `extract: "sh"`. */
  readonly to?: string;
  /** How to unpack; by default read off the address. */
  readonly extract?: "tar.gz" | "tar.xz" | "tar.zst" | "zip" | "none" | "sh";
  /** Leading path parts to drop while unpacking. @default {0} */
  readonly stripComponents?: number;
  /** Only these members of the archive. */
  readonly extractInclude?: readonly string[];
  /** Expected SHA-256 of the downloaded bytes, 64 hex digits. */
  readonly sha256?: string;
  /** Mode of a plain file. @default {"0755"} */
  readonly mode?: Mode;
  /** Extra environment of `extract: "sh"`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Paths to remove on undo, for `extract: "sh"`. */
  readonly uninstall?: readonly string[];
}

/** Sets file capabilities. */
export interface SetcapEntry extends EntryOptions, Only<"setcap"> {
  /** Absolute path of the program. */
  readonly setcap: string;
  /** `cap_net_bind_service=ep`, comma separated; empty strips them. */
  readonly caps: string;
}

/** Runs the candy's builders here (images only). */
export interface BuildEntry extends EntryOptions, Only<"build"> {
  /** Always `all`. */
  readonly build: "all";
}

/** Makes sure of a user account. */
export interface UserEntry extends EntryOptions, Only<"user"> {
  /** Account name. */
  readonly user: string;
  /** User id; the next free one when absent. */
  readonly uid?: number;
  /** Group id of its own group; the next free one when absent. */
  readonly gid?: number;
  /** Home directory. */
  readonly home?: string;
  /** Shell it logs in to. */
  readonly loginShell?: string;
  /** Groups it is a member of, besides. */
  readonly groups?: readonly string[];
}

/** Makes sure of a group. */
export interface UnixGroupEntry extends EntryOptions, Only<"unixGroup"> {
  /** Group name. */
  readonly unixGroup: string;
  /** Group id; the next free one when absent. */
  readonly gid?: number;
}

/** Sets a kernel parameter now and at boot (`/etc/sysctl.d`). */
export interface KernelParamEntry extends EntryOptions, Only<"kernelParam"> {
  /** Name as sysctl spells it. */
  readonly kernelParam: string;
  /** The value, as text. */
  readonly value: string;
}

/** Installs packages at this point of the plan; `map` gives other names per distro. */
export interface PackageEntry extends EntryOptions, Only<"package"> {
  /** Package name. */
  readonly package: string;
  /** Other names, per distro: `{ debian: "fd-find" }`. */
  readonly map?: Readonly<Record<string, string>>;
}

/** Enables and starts a packaged unit at this point of the plan. */
export interface ServiceEntry extends EntryOptions, Only<"service"> {
  /** Unit name; `.service` may be left out. */
  readonly service: string;
  /** Enable it as well. @default {true} */
  readonly enabled?: boolean;
}

/** A step of a plug-in kind `external:<word>`, kept as data and said so when planned. */
export interface ExternalEntry extends EntryOptions, Only<"external"> {
  /** The plug-in's word. */
  readonly external: string;
  /** Data for the plug-in. */
  readonly payload?: unknown;
  /** Whose part of the machine it changes. */
  readonly scope?: "system" | "user" | "user-profile";
  /** Shell text the plug-in asks to run; without it the step is data only. */
  readonly script?: string;
  /** Shell text that takes it back. */
  readonly undo?: string | UndoCommand;
}

/** Options of a check, beside what its probe expects. */
export interface CheckOptions {
  /** A name for the check, unique in its candy. */
  readonly id?: string;
  /** Prose shown in reports. */
  readonly description?: string;
  /** Seconds (`"90s"`) one attempt may take. */
  readonly timeout?: string;
  /** Try again until it holds, for at most this long. */
  readonly eventually?: string;
  /** Pause between two attempts. @default {"1s"} */
  readonly retryInterval?: string;
  /** When it makes sense. @default {["build", "deploy", "runtime"]} */
  readonly context?: readonly StepContext[];
  /** Only for targets whose distro tag is listed. */
  readonly distro?: readonly string[];
  /** Not for targets whose distro tag is listed. */
  readonly excludeDistro?: readonly string[];
  /** Fields of `charly.yml` that are kept and not acted on yet: `tag`, `depends_on`, `capture`, … */
  readonly keep?: Readonly<Record<string, unknown>>;
}

/** Something that must hold after the deploy: prose and one probe. Kept as data by the compiler. */
export interface CheckEntry extends CheckOptions, Only<"check"> {
  /** What is checked, in words. */
  readonly check: string;
  /** What is asked and expected: `{ file: "/etc/motd", contains: "hi" }`. */
  readonly probe: Probe;
}

/** Work in words, for an agent. Kept as data: charly asks no agent yet. */
export interface AgentRunEntry extends CheckOptions, Only<"agentRun"> {
  /** What is to be done. */
  readonly agentRun: string;
}

/** A question in words, for an agent to judge. Kept as data: charly asks no agent yet. */
export interface AgentCheckEntry extends CheckOptions, Only<"agentCheck"> {
  /** What must hold. */
  readonly agentCheck: string;
}

/** The checks of another entity, at this place. Kept as data. */
export interface IncludeEntry extends CheckOptions, Only<"include"> {
  /** `candy:<name>`, `box:<name>`, `pod:<name>` or `vm:<name>`. */
  readonly include: `${"candy" | "box" | "pod" | "vm"}:${string}`;
}

/** An entry that changes nothing on a machine. */
export type PassiveEntry = CheckEntry | AgentRunEntry | AgentCheckEntry | IncludeEntry;

/** One entry of a candy's `plan`. */
export type PlanEntry =
  | CommandEntry
  | MkdirEntry
  | WriteEntry
  | CopyEntry
  | LinkEntry
  | DownloadEntry
  | SetcapEntry
  | BuildEntry
  | UserEntry
  | UnixGroupEntry
  | KernelParamEntry
  | PackageEntry
  | ServiceEntry
  | ExternalEntry
  | PassiveEntry;

/** What an entry takes beside its verb: the options of its helper. */
export type OptionsOf<E> = Omit<E, Verb>;

/** Says that none of these options was given. */
export type Without<T> = { readonly [K in keyof T]?: never };

/** `command(line)` alone: a step, or what a check looks at. */
export interface BareCommand extends Without<CommandOptions> {
  /** Shell text. */
  readonly command: string;
}

/** `service(unit)` alone: a step, or what a check looks at. */
export interface BareService extends Without<OptionsOf<ServiceEntry>> {
  /** Unit name. */
  readonly service: string;
}

/** `pkg(name)` alone: a step, or what a check looks at. */
export interface BarePackage extends Without<OptionsOf<PackageEntry>> {
  /** Package name. */
  readonly package: string;
}

/** `user(name)` alone: a step, or what a check looks at. */
export interface BareUser extends Without<OptionsOf<UserEntry>> {
  /** Account name. */
  readonly user: string;
}

/** `unixGroup(name)` alone: a step, or what a check looks at. */
export interface BareUnixGroup extends Without<OptionsOf<UnixGroupEntry>> {
  /** Group name. */
  readonly unixGroup: string;
}
