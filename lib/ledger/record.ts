/**
 * What the target remembers. Each store (the user's, root's) holds, under its engine root:
 *
 *     target.json            TargetIdentity
 *     salt                   64 hex digits
 *     counter                number of the last run that opened here, decimal
 *     ledger/<deploy>.json   DeployLedger, one per deploy
 *     resources.json         Resources: base and claims of everything charly holds here
 *     runs/<run>/intent.json RunIntent, written before the first act of the run
 *     runs/<run>/journal     append-only records (journal.ts)
 *     runs/<run>/cur         session of the opaque act that runs now
 *     prior/<ref>            preserved originals, package lists, manifests; `<ref>` = `<run>.<n>[.<word>]`
 *     content/<sha256>       bytes of claims covered by another claim
 *     kept/<run>/<n>         what undo moved aside with --force
 *
 * The ledger is a pure function of the previous ledger and the journals (fold.ts), the same on any operator's machine.
 */
import type { GuardState } from "./guard_state.ts";
import type { Act, Reversibility } from "../steps/act.ts";

/** Names a run: `r<8-digit counter>-<8 hex>`, so that runs of one store sort by age without a clock. */
export type RunId = string;

/** Random id of a store and the version of its layout. */
export interface TargetIdentity {
  readonly target_id: string;
  readonly schema: 1;
}

/** What was there before charly first touched a resource. Stored as the journal's prior token. */
export type Prior =
  | { readonly was: "absent" }
  /** The original inode (linked) or a copy of it stands at `prior/<ref>`: file or symbolic link. */
  | { readonly was: "linked" | "copied"; readonly ref: string; readonly what: "file" | "link" }
  | { readonly was: "dir"; readonly mode: string; readonly uid: number; readonly gid: number }
  /** A short value: unit state `enabled,active`, capabilities, … percent-encoded in the journal. */
  | { readonly was: "value"; readonly value: string }
  /** A longer text stands at `prior/<ref>`: package lists, an account's fields. */
  | { readonly was: "listed"; readonly ref: string };

/** What an act wanted, kept for drift, undo and for surfacing when a covering claim goes. Never content, never a secret. */
export type Want =
  | {
    readonly type: "file";
    readonly path: string;
    /** Hex SHA-256, or `salted:<hex>` of salt+content for sensitive content. */
    readonly sha256: string;
    readonly size: number;
    readonly mode: string;
    readonly owner?: string;
    readonly reload?: "system" | "user";
  }
  | { readonly type: "dir"; readonly path: string; readonly mode: string; readonly owner?: string }
  | { readonly type: "link"; readonly path: string; readonly target: string }
  | {
    readonly type: "block";
    readonly path: string;
    readonly begin: string;
    readonly end: string;
    readonly body: string;
  }
  | {
    readonly type: "command";
    readonly shell: "bash" | "sh";
    readonly undo?: { readonly text: string; readonly at: "in-place" | "end" };
    readonly touches: readonly string[];
    readonly secrets: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly once?: boolean;
  }
  | { readonly type: "packages"; readonly format: "deb" | "rpm" | "pac"; readonly names: readonly string[] }
  | {
    readonly type: "unit";
    readonly unit: string;
    readonly manager: "system" | "user";
    readonly enable: boolean;
    readonly custom: boolean;
  }
  | { readonly type: "cap"; readonly path: string; readonly caps: string }
  | {
    readonly type: "download";
    readonly url: string;
    readonly to?: string;
    readonly extract: "none" | "tar.gz" | "tar.xz" | "tar.zst" | "zip" | "sh";
    readonly mode: string;
    readonly uninstall: readonly string[];
  }
  | { readonly type: "sysctl"; readonly key: string; readonly value: string }
  | { readonly type: "account"; readonly account: "user" | "group"; readonly name: string }
  | { readonly type: "reboot" };

/** What is known of a claim's last run. */
export type ClaimState =
  | "done"
  /** Ended with an error: may have done half. */
  | "failed"
  /** Began, no recorded end. */
  | "unknown"
  /** A guard or an absent program made it do nothing. */
  | "skipped"
  /** Undo was tried and failed, or the resource was edited since and kept. */
  | "undo-failed"
  | "kept";

/** One act of one deploy that stands (or stood half) on the target. */
export interface Claim {
  readonly resource: string;
  readonly candy: string;
  readonly step: number;
  readonly summary: string;
  /** 16 hex: everything acting depends on (not order, description, undo text). See lib/plan/exec_digest.ts. */
  readonly digest: string;
  readonly reversibility: Reversibility;
  readonly state: ClaimState;
  /** Position in the order of application on this target: `<run number> * 1_000_000 + <n>`. Undo goes downwards. */
  readonly seq: number;
  readonly want: Want;
  /** `N` record: refs under prior/ with what only became known by acting (new packages, manifest, digest of a download). */
  readonly noted?: readonly string[];
  /**
   * Of a claim that failed or is unknown: what was wanted before, newest first. What stands on the target is `want` or one
   * of these, and all of them are ours to take back.
   */
  readonly earlier?: readonly Want[];
  /** Reason, for `undo-failed`, `kept`, `skipped`, `failed`. */
  readonly reason?: string;
}

/** Everything one deploy holds in one store. */
export interface DeployLedger {
  readonly format: 1;
  readonly deploy_id: string;
  readonly project: string;
  readonly bundle: string;
  readonly user: string;
  readonly target: string;
  /** Levels at which this deploy holds claims; the user store's record knows of root's. */
  readonly levels?: readonly ("user" | "root")[];
  readonly candies: readonly string[];
  readonly candy_versions: Readonly<Record<string, string>>;
  readonly plan_digest: string;
  readonly run: RunId;
  /** RFC 3339 UTC, for people only; nothing is decided by it. */
  readonly updated_at: string;
  readonly claims: readonly Claim[];
}

/** One resource of a store. */
export interface Resource {
  readonly base: Prior;
  /** Who wants it, oldest first; the last one is on top. */
  readonly claims: readonly { readonly deploy: string; readonly digest: string }[];
  /** A parent directory charly had to make: no claims of its own, goes when nothing of ours is under it. */
  readonly implicit?: true;
  /** Path-like resources: the path, for the implicit-parent and covering rules. */
  readonly path?: string;
}

export type Resources = Readonly<Record<string, Resource>>;

/** A store as read in one probe. */
export interface StoreState {
  readonly identity?: TargetIdentity;
  readonly counter: number;
  readonly ledgers: Readonly<Record<string, DeployLedger>>;
  readonly resources: Resources;
  /** Runs without a `D` record, oldest first, to be folded. */
  readonly open: readonly {
    readonly run: RunId;
    readonly intent?: RunIntent;
    readonly journal: string;
    /** Of a guarded run, at the level of its watcher. */
    readonly guard?: GuardState;
  }[];
}

/** One act as the intent names it: `n` is what the journal's records refer to. */
export interface IntentAct {
  readonly n: number;
  readonly resource: string;
  readonly candy: string;
  readonly step: number;
  readonly summary: string;
  readonly digest: string;
  readonly reversibility: Reversibility;
  readonly want: Want;
  /** What this deploy's ledger said of the resource when the run was planned; a rollback within the run returns to it. */
  readonly before?: Claim;
}

/** Taking back one claim, as the intent names it. */
export interface IntentRevert {
  readonly n: number;
  readonly deploy: string;
  readonly resource: string;
  /** `drop`: only the claim goes, nothing is done. `surface`: the next claim's state is put back. */
  readonly how: "base" | "drop" | "surface" | "undo" | "release";
  /** Upgrades: the number under which a rollback puts back what went. */
  readonly back?: number;
}

/** Written (synced) before the first act of a run: what the run means to do, so that undo needs neither config nor planner. */
export interface RunIntent {
  readonly format: 1;
  readonly run: RunId;
  readonly mode: "add" | "del";
  readonly deploy: Omit<DeployLedger, "format" | "claims" | "run" | "updated_at">;
  /** What the record said before, for a rollback; absent when the deploy is new. */
  readonly previous?: RunIntent["deploy"];
  readonly acts: readonly IntentAct[];
  readonly reverts: readonly IntentRevert[];
  /** Resources of claims that stay as they are (up to date, gate closed): kept in the ledger without running. */
  readonly keeps: readonly {
    readonly resource: string;
    readonly want?: Want;
    readonly summary?: string;
    readonly step?: number;
    /** Place among the acts, so that undo follows the order of the newest plan. */
    readonly n?: number;
  }[];
}

/** Which act the ledger's `want` comes from. */
export type WantOf<A extends Act> = Extract<Want, { type: A["type"] }>;
