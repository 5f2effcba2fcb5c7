/** What one act of a run leaves in the ledger. */
import { canonicalJson } from "../base/canonical_json.ts";
import { type Draft, isPreexisting, newResource, preexisting } from "./draft.ts";
import { pathOfResource, pathsOf } from "./paths.ts";
import type { Claim, IntentAct, Prior, Want } from "./record.ts";
import { mergeRefs, refOf } from "./refs.ts";
import type { ActEvents, RunEvents } from "./run_events.ts";

/** How an act came out, as far as anybody can know. */
type Outcome = "ok" | "same" | "skip" | "failed" | "unknown" | "nothing";

/** Packages and trees keep a record of every run that added to them: each is taken back by itself, newest first. */
export function isTransactional(want: Want): boolean {
  return want.type === "packages" || (want.type === "download" && want.extract !== "none" && want.extract !== "sh");
}

/** Acts that preserve nothing because there is nothing to preserve. */
function isOpaque(want: Want): boolean {
  return want.type === "command" || want.type === "reboot";
}

function outcomeOf(act: IntentAct, events: ActEvents, run: RunEvents): Outcome {
  const captured = events.priors.get(act.resource);
  // Invariant 1: what was not preserved was not changed. Lists and manifests are followed at once by their beginning.
  const changed = captured === undefined
    ? events.begun && isOpaque(act.want)
    : captured.was !== "listed" || events.begun || events.end !== undefined;
  switch (events.end?.state) {
    case "ok":
    case "same":
    case "skip":
      return events.end.state;
    case "fail":
    case "timeout":
    case "cut":
      return "failed";
    case undefined:
      if (act.want.type === "reboot" && events.begun && run.lastBoot !== events.boot) return "ok";
      return changed ? "unknown" : "nothing";
  }
}

/** Why an act that ended badly did. */
function reasonOf(events: ActEvents): string | undefined {
  if (events.end === undefined) return undefined;
  return events.end.state === "fail" ? `exit ${events.end.exit}` : events.end.state;
}

/**
 * Brings one act of a run into the draft.
 *
 * @param seq position of the act in the order of application on this target
 */
export function settleAct(
  draft: Draft,
  deploy: string,
  act: IntentAct,
  events: ActEvents,
  run: RunEvents,
  seq: number,
): void {
  const claims = draft.deploys.get(deploy)?.claims;
  if (claims === undefined) return;
  const outcome = outcomeOf(act, events, run);
  if (outcome === "nothing") return;
  const known = claims.get(act.resource);
  const captured = events.priors.get(act.resource);
  const reason = reasonOf(events);
  const make = (state: Claim["state"], extra: Partial<Claim> = {}): Claim => ({
    ...claimOf(act, seq),
    state,
    ...extra,
  });

  if (outcome === "skip") {
    // A guard that is satisfied by what we did earlier does not undo that we did it.
    if (known === undefined || known.state === "skipped") claims.set(act.resource, make("skipped"));
    else if (isOpaque(act.want)) {
      claims.set(act.resource, make(known.state, pick(known, ["noted", "earlier", "reason"])));
      claim(draft, deploy, act);
    } else claims.set(act.resource, { ...known, ...words(act), seq });
    return;
  }
  const changed = captured !== undefined || (isOpaque(act.want) && events.begun) || outcome === "ok" ||
    outcome === "same";
  if (!changed) {
    // Refused before anything was preserved: nothing of the new text is there, the old one stays what it was.
    if (known === undefined) claims.set(act.resource, make("failed", { reason: reason ?? "refused" }));
    else claims.set(act.resource, { ...known, state: "failed", reason: reason ?? "refused" });
    return;
  }
  recordBases(draft, act, events, outcome);
  claim(draft, deploy, act);
  const fresh = isTransactional(act.want) && captured !== undefined
    ? [refOf(captured) ?? [], events.noted].flat()
    : events.noted;
  const settled = outcome === "ok" || outcome === "same";
  const noted = isTransactional(act.want) || !settled || fresh.length === 0
    ? mergeRefs(known?.noted, fresh)
    : mergeRefs(fresh);
  const earlier = earlierOf(known, act).filter((want) => !settled || hasMore(want, act.want));
  claims.set(
    act.resource,
    make(settled ? "done" : outcome, {
      ...(noted.length === 0 ? {} : { noted }),
      ...(earlier.length === 0 ? {} : { earlier }),
      ...(settled || reason === undefined ? {} : { reason }),
    }),
  );
}

function pick<K extends keyof Claim>(claim: Claim, keys: readonly K[]): Partial<Claim> {
  return Object.fromEntries(keys.flatMap((key) => claim[key] === undefined ? [] : [[key, claim[key]]])) as Partial<
    Claim
  >;
}

function words(act: IntentAct): Pick<Claim, "candy" | "step" | "summary" | "reversibility"> {
  return { candy: act.candy, step: act.step, summary: act.summary, reversibility: act.reversibility };
}

function claimOf(act: IntentAct, seq: number): Omit<Claim, "state"> {
  return { resource: act.resource, ...words(act), digest: act.digest, seq, want: act.want };
}

/** What may still stand there when the new text is only half there: the wants before it, newest first. */
function earlierOf(known: Claim | undefined, act: IntentAct): readonly Want[] {
  if (known === undefined || known.state === "skipped") return [];
  const same = canonicalJson(known.want) === canonicalJson(act.want);
  const all = same ? known.earlier ?? [] : [known.want, ...known.earlier ?? []];
  const seen = new Set([canonicalJson(act.want)]);
  return all.filter((want) => {
    const text = canonicalJson(want);
    return seen.has(text) ? false : seen.add(text);
  });
}

/** Packages a new list does not name any more are still there until a later revert of the same run has taken them back. */
function hasMore(before: Want, now: Want): boolean {
  if (before.type !== "packages" || now.type !== "packages") return false;
  return before.names.some((name) => !now.names.includes(name));
}

/** A base is recorded once; only the one that says "nothing was touched yet" gives way. */
function recordBases(draft: Draft, act: IntentAct, events: ActEvents, outcome: Outcome): void {
  for (const [id, prior] of events.priors) {
    const path = id === act.resource ? pathsOf(act.want)[0] : pathOfResource(id) ?? pathsOf(act.want)[0];
    recordBase(draft, id, prior, path);
  }
  if (events.priors.has(act.resource) || draft.resources.has(act.resource)) return;
  if (isOpaque(act.want)) recordBase(draft, act.resource, { was: "absent" }, undefined);
  else {
    recordBase(draft, act.resource, preexisting, pathsOf(act.want)[0]);
    if (outcome === "ok") {
      draft.notes.push(`${act.resource}: done, but what was there before is not recorded; undo leaves it`);
    }
  }
}

function recordBase(draft: Draft, id: string, base: Prior, path: string | undefined): void {
  const known = draft.resources.get(id);
  if (known === undefined) draft.resources.set(id, newResource(id, base, path));
  else if (isPreexisting(known.base) && !isPreexisting(base)) draft.resources.set(id, { ...known, base });
}

/** Puts the deploy on top of those who want the resource; who only says what is so already keeps its place. */
function claim(draft: Draft, deploy: string, act: IntentAct): void {
  const resource = draft.resources.get(act.resource);
  if (resource === undefined) return;
  const mine = { deploy, digest: act.digest };
  const place = resource.claims.findIndex((other) => other.deploy === deploy);
  const differs = resource.claims.slice(place + 1).some((other) => other.digest !== act.digest);
  const claims = place < 0 || differs
    ? [...resource.claims.filter((other) => other.deploy !== deploy), mine]
    : resource.claims.with(place, mine);
  draft.resources.set(act.resource, { ...resource, claims });
}
