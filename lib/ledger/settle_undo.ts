/** What taking back leaves in the ledger. */
import type { Draft } from "./draft.ts";
import type { Claim } from "./record.ts";
import { mergeRefs } from "./refs.ts";
import type { ActEvents } from "./run_events.ts";
import { isTransactional } from "./settle_act.ts";

/**
 * Brings the undo of one claim, or of one implicit parent directory, into the draft.
 *
 * @param before what a rollback within the run returns to, instead of nothing
 */
export function settleUndo(draft: Draft, deploy: string, resource: string, events: ActEvents, before?: Claim): void {
  const claims = draft.deploys.get(deploy)?.claims;
  const claim = claims?.get(resource);
  const result = events.undone;
  if (result === undefined) {
    if (claim) claims?.set(resource, { ...claim, state: "unknown", reason: "its undo was cut short" });
    return;
  }
  switch (result.result) {
    case "kept":
      if (claim) claims?.set(resource, { ...claim, state: "kept", reason: result.reason });
      return;
    case "failed":
      if (claim) claims?.set(resource, { ...claim, state: "undo-failed", reason: `exit ${result.exit}` });
      return;
    case "undone":
    case "gone":
    case "released":
    case "dropped":
      if (before !== undefined && claims !== undefined) {
        claims.set(resource, before);
        restack(draft, resource, deploy, before.digest);
        return;
      }
      if (claim) {
        claims?.delete(resource);
        leaveTransactions(draft, claim, events.noted);
      }
      giveUp(draft, deploy, resource, result.result);
  }
}

function restack(draft: Draft, id: string, deploy: string, digest: string): void {
  const resource = draft.resources.get(id);
  if (resource === undefined) return;
  const claims = resource.claims.map((claim) => claim.deploy === deploy ? { deploy, digest } : claim);
  draft.resources.set(id, { ...resource, claims });
}

/** The deploy leaves the resource; the last one takes the base along. */
function giveUp(draft: Draft, deploy: string, id: string, how: "undone" | "gone" | "released" | "dropped"): void {
  const resource = draft.resources.get(id);
  if (resource === undefined) return;
  const claims = resource.claims.filter((claim) => claim.deploy !== deploy);
  if (claims.length > 0) {
    draft.resources.set(id, { ...resource, claims });
    return;
  }
  const stands = how === "released" || how === "dropped";
  if (stands && resource.base.was === "absent" && id.startsWith("dir:")) {
    // Made by us and still there: who stands in it inherits it as a parent. Released ones hold what is not ours, and are
    // swept when nothing of ours is left in them.
    draft.resources.set(id, { ...resource, claims, implicit: true });
    if (how === "released") draft.released.add(id);
  } else draft.resources.delete(id);
}

/**
 * A package list got shorter: what it does not name any more was taken back, the claim stays.
 *
 * @param isNew whether a transaction was made by this run: the new list's own, and what later reverts leave to it
 */
export function settleShrink(
  draft: Draft,
  deploy: string,
  resource: string,
  events: ActEvents,
  isNew: (ref: string) => boolean,
): void {
  const claims = draft.deploys.get(deploy)?.claims;
  const claim = claims?.get(resource);
  const result = events.undone?.result;
  if (claim === undefined || result === undefined || result === "kept" || result === "failed") return;
  const { earlier: _earlier, noted, ...rest } = claim;
  const left = events.noted.length === 0 ? noted ?? [] : [...(noted ?? []).filter(isNew), ...events.noted];
  claims?.set(resource, { ...rest, ...(left.length === 0 ? {} : { noted: mergeRefs(left) }) });
  if (events.noted.length > 0) bequeath(draft, rest, events.noted);
}

/**
 * Packages that other claims need stay when this one goes, and so must the record that charly brought them: it passes to
 * those claims, else they would be nobody's afterwards. `left` lists what stayed, where the driver said so. The same for a
 * tree that several deploys share.
 */
function leaveTransactions(draft: Draft, gone: Claim, left: readonly string[]): void {
  if (!isTransactional(gone.want)) return;
  if (left.length > 0) return bequeath(draft, gone, left);
  if (gone.noted === undefined) return;
  for (const { claims } of draft.deploys.values()) {
    for (const [id, heir] of claims) {
      if (inherits(gone, heir)) claims.set(id, { ...heir, noted: mergeRefs(heir.noted, gone.noted) });
    }
  }
}

/** What stayed belongs to every claim of the same package manager: whichever goes last takes it along. */
function bequeath(draft: Draft, from: Pick<Claim, "resource" | "want">, left: readonly string[]): void {
  for (const { claims } of draft.deploys.values()) {
    for (const [id, heir] of claims) {
      if (heir.want.type !== "packages" || from.want.type !== "packages") continue;
      if (heir.want.format === from.want.format) claims.set(id, { ...heir, noted: mergeRefs(heir.noted, left) });
    }
  }
}

function inherits(gone: Claim, heir: Claim): boolean {
  if (heir.resource === gone.resource) return true;
  if (gone.want.type !== "packages" || heir.want.type !== "packages" || heir.want.format !== gone.want.format) {
    return false;
  }
  const names = new Set(gone.want.names);
  return heir.want.names.some((name) => names.has(name));
}
