/**
 * Folding: the ledger of a store as a pure function of the ledger before and the journals since. It gives the same on any
 * operator's machine, however often it is done, and wherever a journal was cut before it was read again.
 */
import { canonicalJson } from "../base/canonical_json.ts";
import { CharlyError } from "../base/errors.ts";
import { closeDraft, type Draft, type LedgerState, openDraft } from "./draft.ts";
import { guessAct } from "./guess_act.ts";
import { parseJournal } from "./journal.ts";
import type { JournalRecord } from "./journal_record.ts";
import type { Claim, DeployLedger, Resource, Resources, RunIntent, StoreState } from "./record.ts";
import { isOfRun, referencedPriors, runNumber } from "./refs.ts";
import { repairJournal } from "./repair_journal.ts";
import { type ActEvents, gatherEvents, type RunEvents } from "./run_events.ts";
import { settleAct } from "./settle_act.ts";
import { settleShrink, settleUndo } from "./settle_undo.ts";

export type { LedgerState } from "./draft.ts";

/** A store's ledger after one run, and what people should hear about it. */
export interface Folded extends LedgerState {
  readonly notes: readonly string[];
}

/** A store's ledger after all its open runs. */
export interface FoldedStore extends Folded {
  readonly ledgers: Readonly<Record<string, DeployLedger>>;
  readonly resources: Resources;
  /** Deploys whose ledger file has to be written, or removed where it is not in `ledgers` any more. */
  readonly changedDeploys: readonly string[];
  /** `prior/` refs still needed, with the files named after them (`<ref>.after`, `<ref>.old/`, …). */
  readonly referenced: readonly string[];
  /** Hex SHA-256 of the bytes in `content/` that may still surface. */
  readonly contents: readonly string[];
}

/**
 * Folds one run.
 *
 * @param state the ledger before it
 * @param intent what the run meant to do; without one the journal alone has to do
 * @param records its journal, whole or cut
 */
export function foldRun(state: LedgerState, intent: RunIntent | undefined, records: readonly JournalRecord[]): Folded {
  const events = gatherEvents(records);
  const { opening } = events;
  if (opening === undefined) return { ledgers: state.ledgers, resources: state.resources, notes: [] };
  const draft = openDraft(state);
  const deploy = intent?.deploy.deploy_id ?? opening.deploy;
  const base = runNumber(opening.run) * 1_000_000;
  head(draft, intent, deploy, events);
  if (intent === undefined) {
    draft.notes.push(`run ${opening.run}: its intent is missing; what its journal names is taken as unknown`);
  }
  const back = intent?.mode === "add" &&
    (events.rolledBack === true || events.acts.some((act) => isRolledBack(act, intent)));
  if (!back) order(draft, intent, deploy, base);
  const taken = new Map<number, Taken>();
  for (const act of events.acts) {
    for (const parent of act.parents) {
      if (!draft.resources.has(parent)) {
        const path = parent.replace(/^dir:/, "");
        draft.resources.set(parent, { base: { was: "absent" }, claims: [], implicit: true, path });
      }
    }
    const revert = intent?.reverts.find(({ n }) => n === act.n);
    if (revert !== undefined) {
      if (act.undoing === undefined && act.undone === undefined) continue;
      if (revert.back !== undefined) taken.set(revert.back, takenOf(draft, revert.deploy, revert.resource));
      const stays = intent?.acts.some(({ n, resource, want }) =>
        resource === revert.resource && want.type === "packages" && n < revert.n
      );
      if (!stays) settleUndo(draft, revert.deploy, revert.resource, act);
      else settleShrink(draft, deploy, revert.resource, act, (ref) => isOfRun(ref, opening.run));
      continue;
    }
    const earlier = taken.get(act.n);
    if (earlier !== undefined) {
      if (isBack(act)) putBack(draft, earlier);
      continue;
    }
    const planned = intent?.acts.find(({ n }) => n === act.n) ?? guessAct(draft, deploy, act);
    if (planned !== undefined) {
      settleAct(draft, deploy, planned, act, events, base + act.n);
      if (act.undoing !== undefined || act.undone !== undefined) {
        settleUndo(draft, deploy, planned.resource, act, planned.before);
      }
    } else if (act.undoing !== undefined) settleUndo(draft, deploy, act.undoing, act);
    else draft.notes.push(`run ${opening.run}: step ${act.n} is named by its journal only; look after it by hand`);
  }
  if (back) rolledBack(draft, intent, deploy);
  dismiss(draft, intent, deploy, events);
  return { ...closeDraft(draft), notes: draft.notes };
}

/** A claim and its resource before a revert, for a rollback that puts them back. */
interface Taken {
  readonly deploy: string;
  readonly id: string;
  readonly claim: Claim | undefined;
  readonly resource: Resource | undefined;
}

function takenOf(draft: Draft, deploy: string, id: string): Taken {
  return { deploy, id, claim: draft.deploys.get(deploy)?.claims.get(id), resource: draft.resources.get(id) };
}

function isBack({ undone }: ActEvents): boolean {
  return undone !== undefined && undone.result !== "failed" && undone.result !== "kept";
}

function putBack(draft: Draft, { deploy, id, claim, resource }: Taken): void {
  if (claim !== undefined) draft.deploys.get(deploy)?.claims.set(id, claim);
  if (resource !== undefined) draft.resources.set(id, resource);
}

/** An act of this run was taken back in this run, or what it took away was put back. */
function isRolledBack({ n, undoing }: ActEvents, intent: RunIntent): boolean {
  return undoing !== undefined &&
    (intent.acts.some((act) => act.n === n) || intent.reverts.some(({ back }) => back === n));
}

/** The record says what it said before; a deploy that was new and holds nothing is none. */
function rolledBack(draft: Draft, intent: RunIntent, deploy: string): void {
  const known = draft.deploys.get(deploy);
  if (known === undefined) return;
  if (intent.previous !== undefined) known.head = { ...known.head, ...intent.previous };
  else if (known.claims.size === 0) draft.deploys.delete(deploy);
}

/** The deploy is on record from the first moment of an add, so that a run cut at once can be undone. */
function head(draft: Draft, intent: RunIntent | undefined, deploy: string, events: RunEvents): void {
  const { opening } = events;
  if (opening === undefined) return;
  const known = draft.deploys.get(deploy);
  const stamp = { run: opening.run, updated_at: opening.utc };
  const planned = intent?.mode === "add" ? intent.deploy : undefined;
  if (known !== undefined) known.head = { ...known.head, ...planned, ...stamp };
  else if (planned !== undefined) {
    draft.deploys.set(deploy, { head: { format: 1, ...planned, ...stamp }, claims: new Map() });
  } else if (intent === undefined && events.acts.some(({ priors }) => priors.size > 0)) {
    draft.deploys.set(deploy, { head: { ...nameless(deploy), ...stamp }, claims: new Map() });
  }
}

/** A deploy known by its id alone. */
function nameless(deploy: string): Omit<DeployLedger, "claims" | "run" | "updated_at"> {
  const unknown = { project: "", user: "", target: "", candies: [], candy_versions: {}, plan_digest: "" };
  return { format: 1, deploy_id: deploy, bundle: deploy, ...unknown };
}

/** Claims follow the order of the newest plan, also those that did not run; and kept ones its words. */
function order(draft: Draft, intent: RunIntent | undefined, deploy: string, base: number): void {
  const claims = draft.deploys.get(deploy)?.claims;
  if (intent?.mode !== "add" || claims === undefined) return;
  for (const { resource, n } of intent.acts) {
    const claim = claims.get(resource);
    if (claim) claims.set(resource, { ...claim, seq: base + n });
  }
  for (const keep of intent.keeps) {
    const claim = claims.get(keep.resource);
    if (claim === undefined) continue;
    claims.set(keep.resource, {
      ...claim,
      ...(keep.want === undefined ? {} : { want: keep.want }),
      ...(keep.summary === undefined ? {} : { summary: keep.summary }),
      ...(keep.step === undefined ? {} : { step: keep.step }),
      ...(keep.n === undefined ? {} : { seq: base + keep.n }),
    });
  }
}

/** A deploy leaves the ledger when a del has come to its end and nothing of it is left, no directory it made for others either. */
function dismiss(draft: Draft, intent: RunIntent | undefined, deploy: string, events: RunEvents): void {
  if (intent?.mode !== "del" || draft.deploys.get(deploy)?.claims.size !== 0) return;
  const ended = new Set(
    events.acts.filter(({ undone }) => undone !== undefined && undone.result !== "failed").map(({ n }) => n),
  );
  if (intent.reverts.every(({ n }) => ended.has(n))) draft.deploys.delete(deploy);
}

/**
 * Folds every open run of a store, oldest first.
 *
 * Throws `ledger-corrupt` or `ledger-newer` for a journal that cannot be trusted, unless `repair` is set: then what stands
 * after its last good seal counts as unknown, and the notes say so.
 */
export function foldStore(store: StoreState, options: { readonly repair?: boolean } = {}): FoldedStore {
  let state: LedgerState = { ledgers: store.ledgers, resources: store.resources };
  const notes: string[] = [];
  const runs = [...store.open].sort((a, b) => runNumber(a.run) - runNumber(b.run) || (a.run < b.run ? -1 : 1));
  for (const { run, intent, journal } of runs) {
    const records = trusted(run, journal, options.repair === true, notes);
    const { notes: said, ...folded } = foldRun(state, intent, records);
    state = folded;
    notes.push(...said);
  }
  const names = new Set([...Object.keys(store.ledgers), ...Object.keys(state.ledgers)]);
  const changed = [...names].filter((id) => canonicalJson(store.ledgers[id]) !== canonicalJson(state.ledgers[id]));
  return {
    ...state,
    notes,
    changedDeploys: changed.sort(),
    referenced: referencedPriors(state.ledgers, state.resources),
    contents: coveredContents(state),
  };
}

function trusted(run: string, journal: string, repair: boolean, notes: string[]): readonly JournalRecord[] {
  const { records, problem } = parseJournal(journal);
  if (problem === undefined) return records;
  if (repair) {
    const repaired = repairJournal(journal);
    notes.push(...repaired.notes.map((note) => `run ${run}: ${note}`));
    return repaired.records;
  }
  throw new CharlyError(`read the journal of run ${run}: ${problem.message}`, {
    hint: problem.code === "bad-seal"
      ? "run `charly ledger repair`"
      : "use the charly that wrote it, or run `charly ledger repair`",
    code: problem.code === "bad-seal" ? "ledger-corrupt" : "ledger-newer",
  });
}

/** Bytes of file claims that another one covers with other bytes: they come back when that one goes. */
function coveredContents({ ledgers, resources }: LedgerState): string[] {
  const covered = Object.entries(resources).flatMap(([id, { claims }]) => {
    const digests = claims.map(({ deploy }) => {
      const want = ledgers[deploy]?.claims.find(({ resource }) => resource === id)?.want;
      return want?.type === "file" ? want.sha256 : "";
    });
    return digests.slice(0, -1).filter((sha256) => /^[0-9a-f]{64}$/.test(sha256) && sha256 !== digests.at(-1));
  });
  return [...new Set(covered)].sort();
}
