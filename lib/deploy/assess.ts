/** What a deploy would do on one host: plan, ledger and machine brought together. Nothing is written but, when asked, the lock. */
import type { CharlyError } from "../base/errors.ts";
import { compareDeploy, type Comparison, previousLedger } from "../ledger/compare.ts";
import type { SharingOptions } from "../ledger/conflicts.ts";
import { type FoldedStore, foldStore } from "../ledger/fold.ts";
import type { IntentAct, RunIntent } from "../ledger/record.ts";
import { renameDeploy } from "../ledger/rename.ts";
import { planRevert } from "../ledger/undo.ts";
import { execDigest } from "../plan/exec_digest.ts";
import { wantOf } from "../ledger/want_of.ts";
import type { Compiled } from "../plan/compile.ts";
import type { HostFacts } from "../facts/facts.ts";
import type { Level } from "../steps/act.ts";
import { goRecordsIn } from "./adopted.ts";
import { type Answer, judge, type Judged } from "./judge.ts";
import type { Numbered } from "./probe.ts";
import type { HostSession } from "./session.ts";
import { type Survey, survey, type SurveyOptions } from "./survey.ts";
import type { NumberedUndo } from "./undo_program.ts";

/** One bundle on its way to one host. */
export interface DeploySpec {
  readonly bundle: string;
  readonly compile: (facts: HostFacts) => Promise<Compiled>;
  readonly sharing: SharingOptions;
  readonly rerun: ReadonlySet<number>;
  /** What is to become of steps that were cut and run once only, by number. */
  readonly answers?: ReadonlyMap<number, Answer>;
  /** Deploy ids of names the bundle had before. */
  readonly was: readonly string[];
}

/** Something to take back, with its level. */
export interface LevelUndo extends NumberedUndo {
  readonly level: Level;
}

/** One host, assessed. */
export interface Assessment {
  readonly compiled: Compiled;
  readonly head: RunIntent["deploy"];
  readonly survey: Survey;
  /** Ledgers with every open run folded in, per level whose store was read. */
  readonly folded: Readonly<Partial<Record<Level, FoldedStore>>>;
  readonly judged: readonly Judged[];
  readonly intents: ReadonlyMap<number, IntentAct>;
  readonly comparisons: Readonly<Partial<Record<Level, Comparison>>>;
  /** Before the plan, newest first; and packages and repositories, after it. */
  readonly early: readonly LevelUndo[];
  readonly late: readonly LevelUndo[];
  readonly warnings: readonly string[];
  /** Deploy id of the name the bundle had when it was deployed: the record has to move before the run. */
  readonly renamedFrom?: string;
  readonly rootRefused?: CharlyError;
}

/** Levels in the order their locks are taken. */
export const levels: readonly Level[] = ["user", "root"];

/** Assesses a host. With `lock`, the stores are locked and the run is open when this returns. */
export async function assess(
  session: HostSession,
  spec: DeploySpec,
  options: Pick<SurveyOptions, "guards" | "lock" | "tolerant">,
): Promise<Assessment> {
  const compiled = await spec.compile(session.facts);
  const numbered: Numbered[] = compiled.acts.map((act, index) => ({ n: index + 1, act }));
  const look = await survey(session, numbered, options);
  // What cannot be read would be written over by this run's records: it is refused before anything is.
  goRecordsIn(look.stores.user);
  const stored = look.stores.user === undefined ? undefined : foldStore(look.stores.user.state);
  const known = stored === undefined ? undefined : previousLedger(stored, compiled.plan.deployId, spec.was);
  const head = deployHead(compiled, session, numbered, known?.levels ?? []);
  const folded: Partial<Record<Level, FoldedStore>> = {};
  const comparisons: Partial<Record<Level, Comparison>> = {};
  const intents = new Map<number, IntentAct>();
  const warnings: string[] = [...compiled.notes];
  const early: LevelUndo[] = [];
  const late: LevelUndo[] = [];
  let next = numbered.length + 1;
  let renamedFrom: string | undefined;
  for (const level of levels) {
    const store = look.stores[level];
    const salt = store?.salt ?? "";
    const mine = numbered.filter(({ act }) => act.level === level).map((it) => intentOf(it, salt));
    for (const intent of mine) intents.set(intent.n, intent);
    if (store === undefined) continue;
    let state = level === "user" && stored !== undefined ? stored : foldStore(store.state);
    const old = previousLedger(state, head.deploy_id, spec.was);
    if (old !== undefined && old.deploy_id !== head.deploy_id) {
      state = { ...state, ...renameDeploy(state, old.deploy_id, head) };
      renamedFrom = old.deploy_id;
    }
    folded[level] = state;
    warnings.push(...state.notes);
    const own = state.ledgers[head.deploy_id];
    const comparison = compareDeploy({
      deploy: head,
      ...(own === undefined ? {} : { old: own }),
      acts: mine,
      closed: closedResources(compiled, own?.claims ?? []),
      state,
      options: spec.sharing,
    });
    comparisons[level] = comparison;
    warnings.push(...comparison.notes);
    const lateOnes = new Set(comparison.revert.filter((it) => it.late).map((it) => it.claim.resource));
    const items = planRevert(state, head.deploy_id, comparison.revert.map((it) => it.claim.resource), {
      planned: mine.map((intent) => intent.want),
    });
    for (const item of items) (lateOnes.has(item.resource) ? late : early).push({ n: next++, level, item });
  }
  const revertedCandies = new Set(early.flatMap(({ item }) => item.claim === undefined ? [] : [item.claim.candy]));
  const claims = new Map<string, IntentAct["before"]>();
  for (const level of levels) {
    for (const claim of folded[level]?.ledgers[head.deploy_id]?.claims ?? []) {
      claims.set(`${level} ${claim.resource}`, claim);
    }
  }
  const own = { uid: session.facts.uid, gid: session.facts.gid };
  const judged = judge({
    acts: numbered,
    digest: ({ n }) => intents.get(n)?.digest ?? "",
    claim: (level, resource) => claims.get(`${level} ${resource}`),
    verdict: (it) =>
      look.stores[it.act.level] === undefined
        ? { kind: "unknown", why: "root's part is not known yet" }
        : look.verdicts.of(it, own),
    revertedCandies,
    rerun: spec.rerun,
    ...(spec.answers === undefined ? {} : { answers: spec.answers }),
  });
  for (const { act } of judged.filter(({ answered }) => answered === "undo")) {
    const state = folded[act.level];
    if (state === undefined) continue;
    for (const item of planRevert(state, head.deploy_id, [act.resource], { planned: [] })) {
      early.push({ n: next++, level: act.level, item });
    }
  }
  for (const { n, claim } of judged) {
    const intent = intents.get(n);
    if (intent !== undefined && claim !== undefined) intents.set(n, { ...intent, before: claim });
  }
  return {
    compiled,
    head,
    survey: look,
    folded,
    judged,
    intents,
    comparisons,
    early: mergeUndo(early),
    late: mergeUndo(late),
    warnings: [...new Set(warnings)],
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    ...(look.rootRefused === undefined ? {} : { rootRefused: look.rootRefused }),
  };
}

/** What is deployed may have claims at a level that this plan does not act at: a gate is closed now, a step is gone. */
function deployHead(
  compiled: Compiled,
  session: HostSession,
  acts: readonly Numbered[],
  before: readonly Level[],
): RunIntent["deploy"] {
  const { plan } = compiled;
  const used = new Set<Level>(["user", ...before, ...acts.map(({ act }) => act.level)]);
  return {
    deploy_id: plan.deployId,
    project: plan.project,
    bundle: plan.bundle,
    user: session.facts.user,
    target: plan.target,
    levels: levels.filter((level) => used.has(level)),
    candies: plan.plans.map(({ candy }) => candy),
    candy_versions: Object.fromEntries(plan.plans.map(({ candy, version }) => [candy, version])),
    plan_digest: plan.digest,
  };
}

function intentOf({ n, act }: Numbered, salt: string): IntentAct {
  return {
    n,
    resource: act.resource,
    candy: act.candy,
    step: act.step,
    summary: act.summary,
    digest: execDigest(act, { salt }),
    reversibility: act.reversibility,
    want: wantOf(act, { salt }),
  };
}

/** A closed gate means "do not touch": claims of the same candy and step stay. */
function closedResources(
  compiled: Compiled,
  claims: readonly { readonly resource: string; readonly candy: string }[],
): { resource: string; gate: string }[] {
  return compiled.skipped.flatMap((skipped) => {
    const gate = skipped.gate;
    if (gate === undefined) return [];
    const named = new Set(skipped.resources ?? []);
    return claims.filter((claim) => named.has(claim.resource)).map(({ resource }) => ({ resource, gate }));
  });
}

/** Both levels in one order: newest claim first, parents of no claim after everything. */
export function mergeUndo(items: readonly LevelUndo[]): LevelUndo[] {
  const lists = levels.map((level) => items.filter((it) => it.level === level));
  const merged: LevelUndo[] = [];
  while (lists.some((list) => list.length > 0)) {
    lists.sort((a, b) => seqOf(b[0]) - seqOf(a[0]));
    const first = lists[0]?.shift();
    if (first !== undefined) merged.push(first);
  }
  return merged;
}

function seqOf(item: LevelUndo | undefined): number {
  if (item === undefined) return -2;
  return item.item.claim?.seq ?? -1;
}
