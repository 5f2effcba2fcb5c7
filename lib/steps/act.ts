/**
 * Acts: what an install step comes down to on a machine. A step kind lowers to acts; the engine (lib/deploy, lib/execute)
 * knows acts only. One act wants one main resource (a path, a package set, a unit, …) to be so.
 *
 * Paths are absolute and final here: home, candy variables and `~` are resolved before an act is made.
 */

/** The shell an act runs in: the login user's, or root's. A login as root has one shell for both. */
export type Level = "user" | "root";

/** Bytes that go into a file. */
export interface Content {
  /** Hex SHA-256 of the bytes. */
  readonly sha256: string;
  readonly size: number;
  /** The bytes, or the operator's file they are read from (large ones are streamed). */
  readonly from: { readonly kind: "bytes"; readonly bytes: Uint8Array } | {
    readonly kind: "file";
    readonly path: string;
  };
  /** Holds a secret: no diff, salted digest in the ledger, nothing in plan or operator's copy. */
  readonly sensitive?: boolean;
}

/** What taking an act back will give, as the plan shows it. */
export type Reversibility = "exact" | "best-effort" | "none";

export interface ActBase {
  /**
   * Identity across runs, equal for equal resources: `file:/etc/motd`, `dir:/srv/x`, `link:/usr/bin/x`,
   * `block:/home/u/.bashrc:opencharly`, `pkg:deb:<candy>/<id>`, `unit:system:nginx.service`, `cap:/usr/bin/ping`,
   * `sysctl:net.ipv4.ip_forward`, `user:deploy`, `group:dev`, `tree:/opt/x`, `cmd:<candy>:<id or 12 hex of the text>`,
   * `reboot:<candy>`, `external:<word>:<candy>:<id>`.
   */
  readonly resource: string;
  /** Index of the install step (over all plans of the deploy, from 1) this act belongs to. */
  readonly step: number;
  readonly candy: string;
  readonly level: Level;
  /** One line for people, imperative: `write /etc/motd (0644)`. */
  readonly summary: string;
  readonly reversibility: Reversibility;
  /** Act only where this program is installed on the target; else skipped with a note. Decided at the step. */
  readonly needsTool?: string;
  /** Guards: skip when the shell text exits 0, or when the path exists. */
  readonly unless?: string;
  readonly creates?: string;
  /** Seconds until the act's process session is ended; opaque acts only. */
  readonly timeout?: number;
}

/** A regular file with these bytes, mode and owner. Missing parents are made (0755, recorded). */
export interface FileAct extends ActBase {
  readonly type: "file";
  readonly path: string;
  readonly content: Content;
  /** Octal text, `0644`. */
  readonly mode: string;
  /** `uid:gid` or `name:group`; absent = the shell's own. */
  readonly owner?: string;
  /** Refuse, with the hint, when one of these paths exists on the target: a package brings what the act would shadow. */
  readonly refuseIfExists?: { readonly paths: readonly string[]; readonly hint: string };
  /** The file is a systemd unit or drop-in: reload the manager before the next act that is no file act. */
  readonly reload?: "system" | "user";
}

export interface DirAct extends ActBase {
  readonly type: "dir";
  readonly path: string;
  readonly mode: string;
  readonly owner?: string;
}

export interface LinkAct extends ActBase {
  readonly type: "link";
  readonly path: string;
  readonly target: string;
}

/** A marked block of lines inside a text file, appended or replaced in place. */
export interface BlockAct extends ActBase {
  readonly type: "block";
  readonly path: string;
  /** Whole first line and whole last line of the block. */
  readonly begin: string;
  readonly end: string;
  /** Lines between the markers, without the final newline. */
  readonly body: string;
  /** Mode of the file when it has to be made. */
  readonly mode: string;
  /** First words of the marker lines of older blocks to remove (`# overthink:begin`, `# overthink:end`). */
  readonly legacy?: readonly { readonly begin: string; readonly end: string }[];
}

/** Opaque shell text. */
export interface CommandAct extends ActBase {
  readonly type: "command";
  readonly shell: "bash" | "sh";
  /** The whole body: variable preamble and the author's text. Never holds a secret's value. */
  readonly text: string;
  /** Added to the environment by `export` lines in the body's head, never in argv. */
  readonly env: Readonly<Record<string, string>>;
  /** Directories put in front of PATH (pathAppend of candies earlier in the plan). */
  readonly path: readonly string[];
  /** Names of secrets the engine resolves and exports. */
  readonly secrets: readonly string[];
  readonly undo?: { readonly text: string; readonly at: "in-place" | "end" };
  readonly touches?: readonly string[];
  readonly once?: boolean;
  readonly always?: boolean;
  /** Files of the candy the text refers to as `/ctx/<name>`: shipped to the stage; the engine substitutes the place. */
  readonly ctx?: readonly { readonly name: string; readonly content: Content; readonly mode: string }[];
}

/** Packages present, by the machine's package manager. */
export interface PackagesAct extends ActBase {
  readonly type: "packages";
  readonly format: "deb" | "rpm" | "pac";
  readonly names: readonly string[];
  readonly options: readonly string[];
  readonly exclude: readonly string[];
  /** Refresh the package lists first (always true after a repository act). */
  readonly refresh: boolean;
  /** Exactly these present packages may be removed first. */
  readonly replaces: readonly string[];
}

/** A unit enabled and running. */
export interface UnitAct extends ActBase {
  readonly type: "unit";
  readonly unit: string;
  readonly manager: "system" | "user";
  readonly enable: boolean;
  /** The unit file is one charly wrote (else it is packaged). */
  readonly custom: boolean;
}

export interface CapAct extends ActBase {
  readonly type: "cap";
  readonly path: string;
  readonly caps: string;
}

/** Fetch and unpack. `none` makes one file; archives make a tree with a manifest; `sh` runs the file. */
export interface DownloadAct extends ActBase {
  readonly type: "download";
  readonly url: string;
  readonly to?: string;
  readonly extract: "none" | "tar.gz" | "tar.xz" | "tar.zst" | "zip" | "sh";
  readonly strip: number;
  readonly include: readonly string[];
  readonly sha256?: string;
  readonly mode: string;
  readonly env: Readonly<Record<string, string>>;
  readonly uninstall: readonly string[];
}

export interface SysctlAct extends ActBase {
  readonly type: "sysctl";
  readonly key: string;
  readonly value: string;
}

export interface AccountAct extends ActBase {
  readonly type: "account";
  readonly account: "user" | "group";
  readonly name: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly home?: string;
  readonly loginShell?: string;
  readonly groups?: readonly string[];
}

export interface RebootAct extends ActBase {
  readonly type: "reboot";
}

/** Everything the engine can be asked to do. */
export type Act =
  | FileAct
  | DirAct
  | LinkAct
  | BlockAct
  | CommandAct
  | PackagesAct
  | UnitAct
  | CapAct
  | DownloadAct
  | SysctlAct
  | AccountAct
  | RebootAct;

/** Why a step does nothing on a target. */
export interface SkippedStep {
  readonly step: number;
  readonly candy: string;
  readonly summary: string;
  /** `gate with-services is closed`, `only android installs apk packages`, … */
  readonly reason: string;
  /** A closed gate keeps claims of earlier runs; a step that means nothing here has none. */
  readonly gate?: string;
  /** Resources the step would have claimed: a closed gate keeps what an earlier run claimed of them. */
  readonly resources?: readonly string[];
}
