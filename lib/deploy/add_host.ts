/** Adding a bundle to one host: assess, show, ask, lock, assess again, act, verify, commit. */
import { canonicalJson } from "../base/canonical_json.ts";
import { CharlyError } from "../base/errors.ts";
import type { FoldedStore } from "../ledger/fold.ts";
import type { Claim, RunIntent } from "../ledger/record.ts";
import type { Content, DownloadAct, Level } from "../steps/act.ts";
import { assess, type Assessment, type DeploySpec, levels } from "./assess.ts";
import { type ArmedGuard, armGuard, askRollback, guardWaits } from "./guard.ts";
import { checkGuardable } from "./guard_plan.ts";
import type { Judged } from "./judge.ts";
import { renameOnHost } from "./keep_host.ts";
import { probeProgram, Verdicts } from "./probe.ts";
import { batchProgram } from "./program/batch.ts";
import type { BatchContext } from "./program/context.ts";
import { rollback } from "./rollback.ts";
import { rollbackSegments } from "./rollback_program.ts";
import { headOf, HostRun, isOvertaken, newRunId, type RunWatch } from "./run.ts";
import type { HostSession } from "./session.ts";
import type { Also } from "./store_state.ts";
import { survey } from "./survey.ts";
import { undoProgram } from "./undo_program.ts";

/** How an apply goes about it. */
export interface ApplyOptions {
  readonly operator: string;
  readonly lockSeconds?: number;
  readonly onFailure: "stop" | "rollback";
  readonly onDrift: "stop" | "apply";
  readonly secrets: ReadonlyMap<string, string>;
  readonly watch: RunWatch;
  readonly onBusy: (holder: string) => void;
  readonly signal?: AbortSignal;
  /** The target puts the run back by itself unless somebody confirms: the run is left open, see {@link Applied.settle}. */
  readonly guard?: {
    readonly seconds: number;
    /** Told before the first act. */
    readonly armed: (armed: ArmedGuard) => void;
  };
  /** Fetches what a target without curl and wget cannot. */
  readonly fetch: (act: DownloadAct) => Promise<Content>;
}

/** How an apply came out. */
export interface Applied {
  readonly assessment: Assessment;
  readonly ran: number;
  /** Acts that were as wanted: the plan said so, or the look at the step did. */
  readonly upToDate: number;
  readonly failed: readonly { readonly n: number; readonly summary: string; readonly message: string }[];
  readonly rolledBack: boolean;
  /** What the stores hold now; a guarded run says so when it is confirmed. */
  readonly stores?: HostRun["committed"];
  /** Acts not as wanted right after they ran. */
  readonly unstable: readonly Judged[];
  /** Why the run stopped early, when it did. */
  readonly stopped?: string;
  /** Guarded: nothing is in the ledger yet; this goes there with the confirmation. */
  readonly settle: (level: Level, folded: FoldedStore) => FoldedStore;
}

/** The record of the level says something else than the plan: another project, other versions, other words of undo. */
function hasNewHead({ head, folded }: Assessment, level: Level): boolean {
  const before = headOf(folded[level]?.ledgers[head.deploy_id]);
  return before !== undefined && canonicalJson(before) !== canonicalJson(head);
}

/** Whether there is anything to do at all; what a cut run left in its journal has to be brought into the ledger, too. */
export function isNoop(assessment: Assessment): boolean {
  const { judged, early, late, renamedFrom, survey } = assessment;
  return !judged.some((it) => it.included || it.answered !== undefined) && early.length === 0 && late.length === 0 &&
    renamedFrom === undefined && !levels.some((level) => hasNewHead(assessment, level)) &&
    !levels.some((level) => (survey.stores[level]?.state.open.length ?? 0) > 0);
}

/** Applies what was shown. @throws {CharlyError} `changed-since-plan`, `locked`, `store`, `cut`, … */
export async function applyHost(
  session: HostSession,
  spec: DeploySpec,
  shown: Assessment,
  options: ApplyOptions,
): Promise<Applied> {
  let { stores } = shown.survey;
  if (shown.renamedFrom !== undefined) {
    // The run's journal speaks of the new name only: the record has to have it before the first act.
    await renameOnHost(session, options.operator, shown.renamedFrom, shown.head, options.onBusy);
    ({ stores } = await survey(session, [], { guards: false }));
  }
  const id = newRunId(levels.map((level) => stores[level]?.state));
  const lock = {
    run: id,
    label: encodeURIComponent(options.operator),
    seconds: options.lockSeconds ?? 60,
    onBusy: options.onBusy,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const found = await assess(session, spec, { guards: false, lock });
  // What takes packages and repositories away waits until a guarded run is confirmed.
  const now = options.guard === undefined ? found : { ...found, late: [] };
  const touched = levels.filter((level) => now.survey.stores[level] !== undefined);
  const run = new HostRun(
    session,
    id,
    options.operator,
    intentsOf(id, now, touched),
    options.watch,
    options.signal,
    now.survey.stores,
  );
  try {
    if (options.onDrift === "stop") checkUnchanged(shown, found);
    if (levels.some((level) => isOvertaken(id, now.survey.stores[level]?.state))) {
      throw changed("another run came between");
    }
    if (options.guard !== undefined) checkGuardable(now);
  } catch (error) {
    await run.release(touched);
    throw error;
  }
  const armed = options.guard === undefined ? undefined : await arm(run, now, touched, options.guard).catch(
    async (error) => {
      await run.release(touched);
      throw error;
    },
  );
  const stopped = await walk(run, now, options);
  const failed = run.failed.map(({ n, message, code, state }) => ({
    n,
    summary: summaryOf(now, n),
    message: message !== "" ? message : state === "timeout" ? "took too long and was ended" : `exit code ${code}`,
  }));
  const settle: Applied["settle"] = (level, folded) => settleAnswers(level, folded, now);
  const check = verification(now);
  if (armed !== undefined) {
    if (stopped === undefined) await ask(session, check);
    if (stopped === undefined && failed.length === 0) await guardWaits(run, armed);
    else await askRollback(session, armed, run.seq);
  }
  // Ctrl-C is no failure of a step, but what was asked for in case the run does not come to its end.
  const unfinished = failed.length > 0 || (stopped === "stop" && options.signal?.aborted === true);
  const rolledBack = armed === undefined && unfinished && options.onFailure === "rollback" &&
    await rollback(run, now, options.secrets);
  if (armed === undefined) await run.commit(touched, settle, stopped === undefined ? { also: check } : {});
  const unstable = stopped === undefined ? check.unstable(session) : [];
  return {
    assessment: now,
    ran: [...run.ended.values()].filter((it) => ["ok", "undone"].includes(it.state)).length,
    upToDate:
      now.judged.filter((it) => !it.included || ["same", "skip"].includes(run.ended.get(it.n)?.state ?? "")).length,
    failed,
    rolledBack,
    ...(armed === undefined ? { stores: run.committed } : {}),
    unstable,
    settle,
    ...(stopped === undefined ? {} : { stopped }),
  };
}

/** Everything a rollback needs is on the target, and its watcher runs, before the first act. */
async function arm(
  run: HostRun,
  now: Assessment,
  touched: readonly Level[],
  guard: NonNullable<ApplyOptions["guard"]>,
): Promise<ArmedGuard> {
  const { judged, early, late } = now;
  const input = { judged, early, late, acts: now.intents, intents: run.intents };
  const armed = await armGuard(run, touched, rollbackSegments(input, new Map()), {
    seconds: guard.seconds,
    deploy: now.head.deploy_id,
  });
  guard.armed(armed);
  return armed;
}

/** Batch after batch: what goes, the plan, packages that go. A failing act ends the walk; a failing revert does not. */
async function walk(run: HostRun, now: Assessment, options: ApplyOptions): Promise<string | undefined> {
  // Undo looks into the user's store first: it says that root has a part, also where the user has none.
  const known = now.folded.user?.ledgers[now.head.deploy_id]?.levels?.includes("root") === true;
  if (now.head.levels?.includes("root") === true && !known) {
    const reason = await run.batch("user", ":\n", []);
    if (reason !== "done") return reason;
  }
  for (const level of levels.filter((it) => hasNewHead(now, it))) {
    const reason = await run.batch(level, ":\n", []);
    if (reason !== "done") return reason;
  }
  for (const items of runsOf(now.early, (it) => it.level)) {
    const reason = await run.batch(items[0]!.level, undoProgram(items, options.secrets, { keeping: true }), []);
    if (reason !== "done") return reason;
  }
  const context: BatchContext = {
    secrets: options.secrets,
    runIf: (n) => now.judged.find((it) => it.n === n)?.runIf ?? "always",
    fetchesItself: run.session.facts.tools.includes("curl") || run.session.facts.tools.includes("wget"),
    fetched: options.fetch,
    covers: (n) => coversOf(now, n),
  };
  for (const acts of runsOf(now.judged.filter((it) => it.included), (it) => it.act.level)) {
    const { text, blobs } = await batchProgram(acts, context);
    const reason = await run.batch(acts[0]!.act.level, text, blobs);
    if (reason !== "done") return reason;
  }
  for (const items of runsOf(now.late, (it) => it.level)) {
    const reason = await run.batch(items[0]!.level, undoProgram(items, options.secrets, { keeping: true }), []);
    if (reason !== "done") return reason;
  }
  return undefined;
}

/**
 * Digest of another bundle's content this act will cover, if any: its bytes are kept first. What stands there is what the claim on
 * top wants; where that is our own, a bundle underneath may have wanted the very same so far.
 */
function coversOf(now: Assessment, n: number): string | undefined {
  const act = now.judged.find((it) => it.n === n)?.act;
  if (act?.type !== "file") return undefined;
  const folded = now.folded[act.level];
  const claims = folded?.resources[act.resource]?.claims ?? [];
  const digestOf = (deploy: string | undefined) => {
    const want = folded?.ledgers[deploy ?? ""]?.claims.find((claim) => claim.resource === act.resource)?.want;
    return want?.type === "file" ? want.sha256 : undefined;
  };
  const top = digestOf(claims.at(-1)?.deploy);
  if (top === undefined || top === act.content.sha256 || top.startsWith("salted:")) return undefined;
  return claims.some(({ deploy }) => deploy !== now.head.deploy_id && digestOf(deploy) === top) ? top : undefined;
}

/** Neighbours of equal key; the order is never changed. */
function runsOf<T>(list: readonly T[], key: (it: T) => string): T[][] {
  const runs: T[][] = [];
  for (const it of list) {
    const last = runs.at(-1);
    if (last !== undefined && key(last[0]!) === key(it)) last.push(it);
    else runs.push([it]);
  }
  return runs;
}

/** Steps somebody called done are so in the ledger from now on. */
function settleAnswers(level: Level, folded: FoldedStore, now: Assessment): FoldedStore {
  const done = new Set(
    now.judged.filter((it) => it.answered === "done" && it.act.level === level).map((it) => it.act.resource),
  );
  const own = folded.ledgers[now.head.deploy_id];
  if (done.size === 0 || own === undefined) return folded;
  const claims = own.claims.map((claim): Claim => {
    if (!done.has(claim.resource)) return claim;
    const { reason: _reason, earlier: _earlier, ...rest } = claim;
    return { ...rest, state: "done" };
  });
  return { ...folded, ledgers: { ...folded.ledgers, [now.head.deploy_id]: { ...own, claims } } };
}

/** The intent of each level: everything undo needs, known before the first act. */
function intentsOf(run: string, now: Assessment, touched: readonly Level[]): Partial<Record<Level, RunIntent>> {
  const intents: Partial<Record<Level, RunIntent>> = {};
  const included = new Set(now.judged.filter((it) => it.included).map((it) => it.n));
  const reverts = [...now.early, ...now.late];
  for (const level of touched) {
    const previous = headOf(now.folded[level]?.ledgers[now.head.deploy_id]);
    const mine = now.judged.filter((it) => it.act.level === level);
    intents[level] = {
      format: 1,
      run,
      mode: "add",
      deploy: now.head,
      ...(previous === undefined ? {} : { previous }),
      acts: mine.flatMap((it) => included.has(it.n) ? [now.intents.get(it.n)!] : []),
      // Putting back what was taken away has numbers of its own, behind all others.
      reverts: reverts.flatMap((it, index) =>
        it.level !== level ? [] : [{
          n: it.n,
          back: now.judged.length + reverts.length + index + 1,
          deploy: it.item.deploy,
          resource: it.item.resource,
          how: it.item.how,
        }]
      ),
      keeps: mine.flatMap((it) => {
        const intent = now.intents.get(it.n);
        if (included.has(it.n) || it.claim === undefined || intent === undefined || it.answered === "undo") return [];
        return [{ resource: it.act.resource, want: intent.want, summary: intent.summary, step: intent.step, n: it.n }];
      }),
    };
  }
  return intents;
}

/** What the plan showed as "nothing to do" must still be so under the lock, and no step may have been added. */
function checkUnchanged(shown: Assessment, now: Assessment): void {
  for (const [index, before] of shown.judged.entries()) {
    const after = now.judged[index];
    if (after === undefined || after.act.resource !== before.act.resource) {
      throw changed("the plan has other steps now");
    }
    if (!before.included && after.included) throw changed(`${after.act.summary} is not up to date any more`);
  }
  const reverts = (it: Assessment) => [...it.early, ...it.late].map(({ item }) => item.resource).join("\n");
  if (reverts(shown) !== reverts(now)) throw changed("other steps would be taken back now");
}

function changed(what: string): CharlyError {
  return new CharlyError(`apply: changed since the plan: ${what}`, {
    hint: "look at the plan again and run it again; `--on-drift apply` goes on without asking",
    code: "changed-since-plan",
  });
}

/** The same questions once more: an act that is not as wanted right after it ran was changed by a later one. */
function verification(now: Assessment): Also & { unstable(session: HostSession): Judged[] } {
  const probed = now.judged.filter((it) =>
    it.included && it.act.type !== "command" && it.act.type !== "reboot" && it.act.type !== "download"
  );
  const verdicts = new Verdicts();
  return {
    program: (level) => {
      const mine = probed.filter((it) => it.act.level === level);
      return mine.length === 0 ? "" : probeProgram(mine, { guards: false });
    },
    take: (frame) => verdicts.take(frame),
    unstable: ({ facts }) => {
      const last = new Map(probed.map((it) => [`${it.act.level} ${it.act.resource}`, it]));
      return [...last.values()].filter((it) => ["differs", "absent"].includes(verdicts.of(it, facts).kind));
    },
  };
}

/** A question that goes with nothing else. */
async function ask(session: HostSession, also: Also): Promise<void> {
  for (const level of levels) {
    const program = also.program(level);
    if (program !== "") await session.executor.run(program, { level, onFrame: (frame) => also.take(frame) });
  }
}

function summaryOf(now: Assessment, n: number): string {
  return now.judged.find((it) => it.n === n)?.act.summary ??
    [...now.early, ...now.late].find((it) => it.n === n)?.item.claim?.summary ?? `step ${n}`;
}
