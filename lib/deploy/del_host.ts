/** Taking a bundle back from one host, from its ledger alone. */
import { CharlyError } from "../base/errors.ts";
import { quoteWord as quote } from "../command/quote.ts";
import { encodeField } from "../ledger/field.ts";
import { type FoldedStore, foldStore } from "../ledger/fold.ts";
import type { DeployLedger, RunIntent } from "../ledger/record.ts";
import { planUndo, type UndoOptions } from "../ledger/undo.ts";
import type { Level } from "../steps/act.ts";
import { type AdoptedUndo, adoptedUndo } from "./adopted.ts";
import { levels, type LevelUndo, mergeUndo } from "./assess.ts";
import { headOf, HostRun, isOvertaken, newRunId, type RunWatch } from "./run.ts";
import type { HostSession } from "./session.ts";
import { type Survey, survey, type SurveyOptions } from "./survey.ts";
import { undoProgram } from "./undo_program.ts";

/** What a del would do on one host. */
export interface UndoPlan {
  readonly survey: Survey;
  readonly folded: Readonly<Partial<Record<Level, FoldedStore>>>;
  /** Absent where the bundle is not deployed. */
  readonly ledgers: Readonly<Partial<Record<Level, DeployLedger>>>;
  readonly items: readonly LevelUndo[];
  /** Names of secrets the undo commands need. */
  readonly secrets: readonly string[];
  /** What the Go tool recorded of the deploy; its items come last. */
  readonly adopted?: AdoptedUndo;
}

/** How a del came out. */
export interface Undone {
  readonly ran: number;
  readonly released: readonly string[];
  /** Impossible by design: commands without undo. */
  readonly notUndone: readonly string[];
  /** Ours, and still there: the next del tries only these. */
  readonly left: readonly string[];
  readonly stopped?: string;
}

/**
 * Plans the way back; with `lock` under the locks.
 *
 * @param bundle its name, by which records of older versions are found
 */
export async function planDel(
  session: HostSession,
  deployId: string,
  options: UndoOptions & { readonly bundle?: string },
  lock?: SurveyOptions["lock"] & { readonly root?: boolean },
): Promise<UndoPlan> {
  const look = await survey(session, [], {
    guards: false,
    ...(lock === undefined ? {} : { lock, root: lock.root === true }),
  });
  const plan = planBack(session, deployId, options, look);
  if (look.stores.root !== undefined || !plan.items.some(({ level }) => level === "root")) return plan;
  if (lock !== undefined) throw overtaken();
  // Only what the Go tool recorded needs root: its store has to be looked at, too.
  return planBack(session, deployId, options, await survey(session, [], { guards: false, root: true }));
}

function overtaken(): CharlyError {
  return new CharlyError("undo: changed since the plan: another run came between", {
    hint: "look at what is deployed now and run it again",
    code: "changed-since-plan",
  });
}

function planBack(
  session: HostSession,
  deployId: string,
  options: UndoOptions & { readonly bundle?: string },
  look: Survey,
): UndoPlan {
  const folded: Partial<Record<Level, FoldedStore>> = {};
  const ledgers: Partial<Record<Level, DeployLedger>> = {};
  const items: LevelUndo[] = [];
  let n = 1;
  for (const level of levels) {
    const store = look.stores[level];
    if (store === undefined) continue;
    const state = foldStore(store.state);
    folded[level] = state;
    const ledger = state.ledgers[deployId];
    if (ledger === undefined) continue;
    ledgers[level] = ledger;
    for (const item of planUndo(state, deployId, options)) items.push({ n: n++, level, item });
  }
  const secrets = items.flatMap(({ item }) =>
    item.how === "undo" && item.claim?.want.type === "command" ? item.claim.want.secrets : []
  );
  const own = new Set(levels.flatMap((level) => Object.keys(folded[level]?.ledgers ?? {})));
  const wanted = { id: deployId, ...(options.bundle === undefined ? {} : { bundle: options.bundle }) };
  const adopted = adoptedUndo(session, look.stores.user, wanted, own, options, n);
  return {
    survey: look,
    folded,
    ledgers,
    items: [...mergeUndo(items), ...adopted?.items ?? []],
    secrets: [...new Set(secrets)],
    ...(adopted === undefined ? {} : { adopted }),
  };
}

/** Carries the plan out. A failing item does not end it; what is left stays in the ledger. */
export async function delHost(
  session: HostSession,
  deployId: string,
  shown: UndoPlan,
  options: UndoOptions & {
    readonly bundle?: string;
    readonly operator: string;
    readonly secrets: ReadonlyMap<string, string>;
    readonly watch: RunWatch;
    readonly onBusy: (holder: string) => void;
    readonly lockSeconds?: number;
    readonly signal?: AbortSignal;
  },
): Promise<Undone> {
  const id = newRunId(levels.map((level) => shown.survey.stores[level]?.state));
  const now = await planDel(session, deployId, options, {
    run: id,
    label: encodeURIComponent(options.operator),
    seconds: options.lockSeconds ?? 60,
    onBusy: options.onBusy,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    root: shown.survey.stores.root !== undefined,
  });
  const touched = levels.filter((level) => now.survey.stores[level] !== undefined);
  const run = new HostRun(
    session,
    id,
    options.operator,
    intents(id, now, deployId),
    options.watch,
    options.signal,
    now.survey.stores,
  );
  if (levels.some((level) => isOvertaken(id, now.survey.stores[level]?.state))) {
    await run.release(touched);
    throw overtaken();
  }
  let stopped: string | undefined;
  // The Go tool's records are the user store's: what becomes of them is read off its journal.
  const held = touched.filter((level) =>
    now.ledgers[level] !== undefined || (level === "user" && now.adopted !== undefined)
  );
  const queue = [...now.items];
  while (queue.length > 0 && stopped === undefined) {
    const level = queue[0]!.level;
    const end = queue.findIndex((it) => it.level !== level);
    const batch = queue.splice(0, end === -1 ? queue.length : end);
    const reason = await run.batch(level, undoProgram(batch, options.secrets), []);
    if (reason !== "done") stopped = reason;
  }
  // A level without items still opens its run, so that the deploy's empty record goes.
  for (const level of held.filter((it) => !now.items.some((item) => item.level === it))) {
    await run.batch(level, ":\n", []);
  }
  const rest = now.items.some(({ n, level }) => level === "root" && !isOver(run.ended.get(n)?.state));
  if (stopped === undefined && !rest && pointsAtRoot(now)) {
    const [n, resource] = [lastOf(now), quote(encodeField(`deploy:${deployId}`))];
    await run.batch("user", `j U ${n} ${resource} && j V ${n} dropped || HALT=\${HALT:-journal}\n`, []);
  }
  const folded = await run.commit(touched);
  const summary = (it: LevelUndo) => it.item.claim?.summary ?? it.item.resource;
  const state = (it: LevelUndo) => run.ended.get(it.n)?.state ?? "not tried";
  const adopted = new Set(now.adopted?.items);
  const left = [
    ...touched.flatMap((level) =>
      folded[level]?.ledgers[deployId]?.claims.map((claim) => `${claim.summary}: ${claim.reason ?? claim.state}`) ?? []
    ),
    // Directories on the way to what was deployed have no claim, and what the Go tool recorded is not in our ledger.
    ...now.items.filter((it) => it.item.claim === undefined || adopted.has(it)).filter((it) =>
      state(it) === "not tried" || state(it).startsWith("failed:")
    ).map((it) => `${summary(it)}: ${state(it)}`),
  ];
  return {
    ran: [...run.ended.values()].filter((it) => it.state === "undone").length,
    released: now.items.filter((it) => state(it) === "released" && it.item.claim?.reversibility !== "none").map(
      summary,
    ),
    notUndone: now.items.filter((it) => state(it) === "released" && it.item.claim?.reversibility === "none").map(
      summary,
    ),
    left,
    ...(stopped === undefined ? {} : { stopped }),
  };
}

/** An item that leaves no claim behind. */
function isOver(state: string | undefined): boolean {
  return state === "undone" || state === "gone" || state === "released" || state === "dropped";
}

/** The user's record is what says that root has a part: it goes in a step of its own, when nothing of root's is left. */
function pointsAtRoot({ ledgers }: UndoPlan): boolean {
  return ledgers.user !== undefined && ledgers.root !== undefined;
}

function lastOf({ items }: UndoPlan): number {
  return 1 + Math.max(0, ...items.map(({ n }) => n));
}

function intents(run: string, plan: UndoPlan, deployId: string): Partial<Record<Level, RunIntent>> {
  const result: Partial<Record<Level, RunIntent>> = {};
  for (const level of levels) {
    const deploy = headOf(plan.ledgers[level]) ?? plan.adopted?.head;
    if (deploy === undefined) continue;
    result[level] = {
      format: 1,
      run,
      mode: "del",
      deploy,
      acts: [],
      reverts: [
        ...plan.items.filter((it) => it.level === level).map(({ n, item }) => ({
          n,
          deploy: item.deploy,
          resource: item.resource,
          how: item.how,
        })),
        ...level === "user" && pointsAtRoot(plan)
          ? [{ n: lastOf(plan), deploy: deployId, resource: `deploy:${deployId}`, how: "drop" } as const]
          : [],
      ],
      keeps: [],
    };
  }
  return result;
}
