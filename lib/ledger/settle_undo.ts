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
        leaveTransactions(draft, claim);
      }
      giveUp(draft, deploy, resource, result.result === "undone" || result.result === "gone");
  }
}

function restack(draft: Draft, id: string, deploy: string, digest: string): void {
  const resource = draft.resources.get(id);
  if (resource === undefined) return;
  const claims = resource.claims.map((claim) => claim.deploy === deploy ? { deploy, digest } : claim);
  draft.resources.set(id, { ...resource, claims });
}

/** The deploy leaves the resource; the last one takes the base along. */
function giveUp(draft: Draft, deploy: string, id: string, isGone: boolean): void {
  const resource = draft.resources.get(id);
  if (resource === undefined) return;
  const claims = resource.claims.filter((claim) => claim.deploy !== deploy);
  if (claims.length > 0) {
    draft.resources.set(id, { ...resource, claims });
  } else if (!isGone && resource.base.was === "absent" && id.startsWith("dir:")) {
    // Given up while it still stands: who needs it as a parent inherits it (swept when nobody does).
    draft.resources.set(id, { ...resource, claims, implicit: true });
    draft.released.add(id);
  } else {
    draft.resources.delete(id);
  }
}

/**
 * Packages another claim asks for too stay when this one goes, and so must the record that charly brought them: it passes to
 * those claims, else they would be nobody's afterwards. The same for a tree that several deploys share.
 */
function leaveTransactions(draft: Draft, gone: Claim): void {
  if (!isTransactional(gone.want) || gone.noted === undefined) return;
  for (const { claims } of draft.deploys.values()) {
    for (const [id, heir] of claims) {
      if (inherits(gone, heir)) claims.set(id, { ...heir, noted: mergeRefs(heir.noted, gone.noted) });
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
