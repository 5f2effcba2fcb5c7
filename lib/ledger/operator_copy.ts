/**
 * The operator's copy of a target's ledger: a cache for plans without a connection. Metadata and digests only; on a difference
 * the target wins.
 */
import { CharlyError } from "../base/errors.ts";
import type { Claim, DeployLedger } from "./record.ts";
import { type Check, count, list, matching, object, oneOf, optional, text } from "./shape.ts";
import { read } from "./validate.ts";

/** A claim without its want: nothing of texts, paths' contents or secrets. */
export interface CopiedClaim
  extends Pick<Claim, "resource" | "candy" | "step" | "summary" | "digest" | "state" | "reversibility"> {
  readonly level: "user" | "root";
}

/** One bundle on one host. */
export interface OperatorCopy {
  readonly format: 1;
  /** `target_id` of each store: another one than last time means reinstalled, cloned or reverted. */
  readonly targets: { readonly user?: string; readonly root?: string };
  readonly project: string;
  readonly bundle: string;
  readonly host: string;
  /** The bundle's `on`, as JSON: how to get there when no configuration names the bundle any more. */
  readonly on: string;
  readonly deploy_id: string;
  readonly candies: readonly string[];
  readonly plan_digest: string;
  readonly run: string;
  /** RFC 3339 UTC. */
  readonly updated_at: string;
  readonly claims: readonly CopiedClaim[];
}

const copyShape: Check<OperatorCopy> = object({
  format: oneOf(1),
  targets: object({ user: optional(text), root: optional(text) }),
  project: text,
  bundle: text,
  host: text,
  on: text,
  deploy_id: text,
  candies: list(text),
  plan_digest: text,
  run: text,
  updated_at: text,
  claims: list(object({
    resource: text,
    candy: text,
    step: count,
    summary: text,
    digest: matching(/^[0-9a-f]{16}$/, "16 hex digits"),
    state: oneOf("done", "failed", "unknown", "skipped", "undo-failed", "kept"),
    reversibility: oneOf("exact", "best-effort", "none"),
    level: oneOf("user", "root"),
  })),
});

/** What one store knows of the deploy. */
export interface CopiedStore {
  readonly level: "user" | "root";
  readonly target_id: string;
  readonly ledger: DeployLedger | undefined;
}

/**
 * The copy of a deploy, made of its ledgers.
 *
 * @param on the bundle's target as JSON
 * @returns `undefined` when no store holds the deploy: then the copy goes too
 */
export function operatorCopy(host: string, on: string, stores: readonly CopiedStore[]): OperatorCopy | undefined {
  const newest = stores.flatMap(({ ledger }) => ledger ?? []).sort((a, b) => a.updated_at < b.updated_at ? 1 : -1)[0];
  if (newest === undefined) return undefined;
  const { project, bundle, deploy_id, candies, plan_digest, run, updated_at } = newest;
  const claims = stores.flatMap(({ level, ledger }) =>
    (ledger?.claims ?? []).map(({ resource, candy, step, summary, digest, state, reversibility }): CopiedClaim => (
      { resource, candy, step, summary, digest, state, reversibility, level }
    ))
  );
  const targets = Object.fromEntries(stores.map(({ level, target_id }) => [level, target_id]));
  return { format: 1, targets, project, bundle, host, on, deploy_id, candies, plan_digest, run, updated_at, claims };
}

/** The copy as its file's text. */
export function operatorCopyText(copy: OperatorCopy): string {
  return `${JSON.stringify(copy, null, 2)}\n`;
}

/** Reads a copy. Throws `ledger-corrupt` or `ledger-newer` naming the file; a broken cache may simply be deleted. */
export function readOperatorCopy(content: string, file: string): OperatorCopy {
  return read(content, file, copyShape, "format");
}

/**
 * Where the copy stands, to be written with mode 0600.
 *
 * @param stateHome `$XDG_STATE_HOME`, or `~/.local/state` made absolute
 * @param host the label of the host, `deploy@web1:2222`
 */
export function operatorCopyPath(stateHome: string, project: string, bundle: string, host: string): string {
  if (!stateHome.startsWith("/")) {
    throw new CharlyError(`place the operator's copy: found XDG_STATE_HOME ${JSON.stringify(stateHome)}`, {
      hint: "set XDG_STATE_HOME to an absolute path, or unset it",
      code: "bad-state-home",
    });
  }
  return [stateHome.replace(/\/+$/, ""), "charly/ledger", ...[project, bundle].map(pathPart), `${pathPart(host)}.json`]
    .join(
      "/",
    );
}

/** One component of a path: names may hold anything, also `/` and `..`. */
export function pathPart(name: string): string {
  const plain = encodeURIComponent(name.toWellFormed()).replace(/%40/g, "@").replace(/%3A/g, ":");
  return plain === "" ? "%" : plain.replace(/^\.+/, (dots) => "%2E".repeat(dots.length));
}
