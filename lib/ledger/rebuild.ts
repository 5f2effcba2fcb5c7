/** `charly ledger repair` for a store of which a file is broken: made anew from the journals of the runs that are kept. */
import { type LedgerState, preexisting } from "./draft.ts";
import { foldRun } from "./fold.ts";
import { guessWant } from "./guess_act.ts";
import { pathOfResource } from "./paths.ts";
import type { Claim, DeployLedger, Resource, RunIntent } from "./record.ts";
import { runNumber } from "./refs.ts";
import { repairJournal } from "./repair_journal.ts";

/** A run that was brought into the ledger before; the newest twenty are kept. */
export interface PastRun {
  readonly run: string;
  readonly intent?: RunIntent;
  readonly journal: string;
}

/** A store with its broken parts left out. */
export interface BrokenStore extends LedgerState {
  /** Deploys whose ledger cannot be read. */
  readonly lostLedgers: readonly string[];
  /** `resources.json` cannot be read: `resources` is empty. */
  readonly lostResources: boolean;
}

/** The store without gaps, and one line per thing that nobody knows any more. */
export interface Rebuilt extends LedgerState {
  readonly notes: readonly string[];
}

/** Rebuilds what is lost; what can be read stays as it is. */
export function rebuildStore(store: BrokenStore, past: readonly PastRun[]): Rebuilt {
  const notes: string[] = [];
  const runs = [...past].sort((a, b) => runNumber(a.run) - runNumber(b.run) || (a.run < b.run ? -1 : 1));
  let again: LedgerState = { ledgers: {}, resources: {} };
  for (const { intent, journal } of runs) {
    const { ledgers, resources } = foldRun(again, intent, repairJournal(journal).records);
    again = { ledgers, resources };
  }
  const resources: Record<string, Resource> = { ...(store.lostResources ? again.resources : store.resources) };
  const ledgers: Record<string, DeployLedger> = { ...store.ledgers };
  for (const id of store.lostLedgers) {
    const found = again.ledgers[id];
    const claims = new Map((found?.claims ?? []).map((claim) => [claim.resource, claim]));
    for (const [name, resource] of Object.entries(resources)) {
      const held = resource.claims.find(({ deploy }) => deploy === id);
      if (held === undefined || claims.has(name)) continue;
      const want = guessWant(name);
      if (want === undefined) {
        notes.push(`${name}: what ${id} did with it is not known any more; look after it by hand`);
        resources[name] = { ...resource, claims: resource.claims.filter(({ deploy }) => deploy !== id) };
      } else claims.set(name, guessed(name, held.digest, want));
    }
    if (found === undefined && claims.size === 0) continue;
    ledgers[id] = { ...(found ?? nameless(id)), claims: [...claims.values()].sort((a, b) => a.seq - b.seq) };
  }
  if (store.lostResources) {
    for (const { deploy_id, claims } of Object.values(ledgers)) {
      for (const claim of claims) {
        const known = resources[claim.resource];
        if (known?.claims.some(({ deploy }) => deploy === deploy_id)) continue;
        if (claim.state === "skipped" || claim.state === "failed") continue;
        if (known === undefined) notes.push(`${claim.resource}: what was there before is not known; undo leaves it`);
        resources[claim.resource] = {
          ...(known ?? { base: preexisting, claims: [], ...pathPart(claim.resource) }),
          claims: [...known?.claims ?? [], { deploy: deploy_id, digest: claim.digest }],
        };
      }
    }
  }
  return { ledgers, resources, notes };
}

function guessed(resource: string, digest: string, want: Claim["want"]): Claim {
  const summary = `${resource} (its record is lost)`;
  return {
    resource,
    candy: "unknown",
    step: 0,
    summary,
    digest,
    reversibility: "best-effort",
    state: "unknown",
    seq: 0,
    want,
  };
}

function pathPart(resource: string): { readonly path?: string } {
  const path = pathOfResource(resource);
  return path === undefined ? {} : { path };
}

/** A deploy known by its id alone. */
function nameless(id: string): DeployLedger {
  return {
    format: 1,
    deploy_id: id,
    project: "",
    bundle: id,
    user: "",
    target: "",
    candies: [],
    candy_versions: {},
    plan_digest: "",
    run: "",
    updated_at: "",
    claims: [],
  };
}
