/** A ledger while it is being folded: maps to work on, opened from and closed into plain values. */
import { isUnder, pathOfResource, pathsOf } from "./paths.ts";
import type { Claim, DeployLedger, Prior, Resource, Resources } from "./record.ts";

/** The folded part of a store. */
export interface LedgerState {
  readonly ledgers: Readonly<Record<string, DeployLedger>>;
  readonly resources: Resources;
}

/** A deploy while it is being folded. */
export interface DraftDeploy {
  head: Omit<DeployLedger, "claims">;
  readonly claims: Map<string, Claim>;
}

/** Both halves of a store, and what has to be said about folding it. */
export interface Draft {
  readonly deploys: Map<string, DraftDeploy>;
  readonly resources: Map<string, Resource>;
  readonly notes: string[];
  /** Directories given up in this run: kept as implicit parents where something of ours is below, else forgotten. */
  readonly released: Set<string>;
}

/**
 * The base of a resource that was as wanted before charly ever touched it: nothing was preserved, nothing is taken back.
 * The first act that really changes it replaces this base by what it finds.
 */
export const preexisting: Prior = { was: "value", value: "preexisting" };

/** Whether a base says that the resource was as wanted before charly came. */
export function isPreexisting(base: Prior): boolean {
  return base.was === "value" && base.value === "preexisting";
}

/** Opens plain values for work; they stay as they are. */
export function openDraft(state: LedgerState): Draft {
  const deploys = new Map<string, DraftDeploy>();
  for (const [id, { claims, ...head }] of Object.entries(state.ledgers)) {
    deploys.set(id, { head, claims: new Map(claims.map((claim) => [claim.resource, claim])) });
  }
  return { deploys, resources: new Map(Object.entries(state.resources)), notes: [], released: new Set() };
}

/** Closes a draft: claims in order of application, keys sorted, what nothing needs any more left out. */
export function closeDraft(draft: Draft): LedgerState {
  sweep(draft);
  const ledgers = [...draft.deploys].sort(byKey).map(([id, { head, claims }]) => {
    const ordered = [...claims.values()].sort((a, b) => a.seq - b.seq || (a.resource < b.resource ? -1 : 1));
    return [id, { ...head, claims: ordered }] as const;
  });
  return {
    ledgers: Object.fromEntries(ledgers),
    resources: Object.fromEntries([...draft.resources].sort(byKey)),
  };
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** Originals of files that only blocks or commands stand for live as long as one of those; parents as long as needed. */
function sweep(draft: Draft): void {
  const wanted = [...draft.deploys.values()].flatMap(({ claims }) =>
    [...claims.values()].flatMap((c) => pathsOf(c.want))
  );
  for (const [id, resource] of draft.resources) {
    if (resource.claims.length > 0) continue;
    const path = resource.path ?? pathOfResource(id);
    const needed = path !== undefined &&
      (resource.implicit ? wanted.some((want) => isUnder(want, path)) : wanted.includes(path));
    if (!needed && (!resource.implicit || draft.released.has(id))) draft.resources.delete(id);
  }
}

/** What is known of a resource before any claim: a base, and the path if it has one. */
export function newResource(id: string, base: Prior, path = pathOfResource(id)): Resource {
  return { base, claims: [], ...(path === undefined ? {} : { path }) };
}
