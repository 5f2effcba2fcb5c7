/** Plan and add over several hosts: everybody is asked first, one question is put, then the hosts go. */
import { readEnv } from "../base/env.ts";
import { CharlyError } from "../base/errors.ts";
import type {
  AddOptions,
  DeployEvents,
  DeployProject,
  HostOutcome,
  HostPlan,
  Outcome,
  PlanOptions,
} from "./contract.ts";
import { type Applied, applyHost, type ApplyOptions, isNoop } from "./add_host.ts";
import { assess, type Assessment, type DeploySpec } from "./assess.ts";
import { type EngineOptions, failureOf, type Job, jobOf, openHost, specOf } from "./engine.ts";
import { EventQueue } from "./events.ts";
import { fetchContent } from "./fetch.ts";
import { fleet } from "./fleet.ts";
import { checkGuardable } from "./guard_plan.ts";
import { hostPlanOf } from "./host_plan.ts";
import { checkPlanFile } from "./plan_file.ts";
import { outputDirectory, OutputKeeper } from "./keep_output.ts";
import type { RunWatch } from "./run.ts";
import { resolveSecrets } from "./secrets.ts";
import type { HostSession } from "./session.ts";
import { foldAll, identityNote, writeOperatorCopy } from "./remember.ts";

/** Plans a bundle on each of its hosts; nothing is written anywhere. */
export async function planBundle(
  engine: EngineOptions,
  project: DeployProject,
  name: string,
  options: PlanOptions,
): Promise<readonly HostPlan[]> {
  const job = jobOf(engine, project, name, options);
  const spec = await specOf(job, options);
  const plans = new Map<string, HostPlan>();
  let failure: unknown;
  await fleet(job.hosts, options, async (host) => {
    try {
      await using session = await openHost(engine, job, host);
      const assessment = await assess(session, spec, { guards: options.live === true, tolerant: true });
      if (options.guard !== undefined) checkGuardable(assessment);
      plans.set(
        host,
        hostPlanOf(host, session.venue, assessment, {
          live: true,
          commands: options.commands === true,
          home: session.facts.home,
          ...(options.guard === undefined ? {} : { guard: options.guard }),
        }),
      );
    } catch (error) {
      failure ??= error;
    }
    return none(host, "unchanged");
  });
  if (failure !== undefined) throw failure;
  const all = job.hosts.flatMap((host) => plans.get(host) ?? []);
  if (options.requireUndo) requireUndo(all);
  return all;
}

/** One host between its plan and its end. */
interface Lane {
  readonly session: HostSession;
  readonly shown: Assessment;
  readonly plan: HostPlan;
}

/** Adds a bundle: plan, question, apply. */
export async function addBundle(
  engine: EngineOptions,
  project: DeployProject,
  name: string,
  options: AddOptions,
  listener: DeployEvents,
): Promise<Outcome> {
  const job = jobOf(engine, project, name, options, options.ref);
  const spec = await specOf(job, options);
  const output = new OutputKeeper(listener, outputDirectory(engine.stateHome, job.project.name, name));
  const events = new EventQueue(output.events);
  const lanes = new Map<string, Lane>();
  const ended = new Map<string, HostOutcome>();
  try {
    await fleet(job.hosts, { ...options, parallel: options.parallel ?? 20 }, async (host) => {
      const began = performance.now();
      try {
        const session = await openHost(engine, job, host, events);
        try {
          const shown = await assess(session, spec, { guards: true, tolerant: false });
          if (options.guard !== undefined) checkGuardable(shown);
          const plan = hostPlanOf(host, session.venue, shown, {
            live: true,
            commands: false,
            home: session.facts.home,
            ...(options.guard === undefined ? {} : { guard: options.guard }),
          });
          lanes.set(host, { session, shown, plan });
          const note = await identityNote(engine, job, host, shown.survey.stores);
          if (note !== undefined) events.tell({ kind: "warning", host, message: note });
          // Nothing more is said to a host where nothing is to be done: it takes its leave while others are planned and all is shown.
          if (isNoop(shown)) session.close().catch(() => {});
          events.tell({ kind: "planned", host, plan });
        } catch (error) {
          await session.close();
          throw error;
        }
      } catch (error) {
        end({ ...none(host, "failed"), ...failureOf(error), durationMs: performance.now() - began });
      }
      return none(host, "unchanged");
    });
    const plans = job.hosts.flatMap((host) => lanes.get(host)?.plan ?? []);
    if (options.requireUndo) requireUndo(plans);
    if (options.planFile !== undefined) checkPlanFile(options.planFile, plans);
    sameMachine(lanes);
    checkAnswers(lanes, options);
    if (options.dryRun === true) {
      for (const host of lanes.keys()) end(none(host, "not-run"));
      return outcome();
    }
    const busy = job.hosts.filter((host) => lanes.has(host) && !isNoop(lanes.get(host)!.shown));
    for (const host of lanes.keys()) if (!busy.includes(host)) end(await quiet(host));
    if (busy.length === 0) return outcome();
    const changes = plans.flatMap((plan) =>
      plan.planned
    ).filter(({ state }) => !["up-to-date", "recorded", "skipped"].includes(state)).length;
    if (changes > 0) {
      const where = busy.length === 1 ? busy[0] : `${busy.length} hosts`;
      const yes = await events.ask({
        kind: "confirm",
        question: `Apply ${changes} ${changes === 1 ? "step" : "steps"} on ${where}?`,
        changes,
      });
      if (yes !== true) {
        for (const host of busy) {
          end(none(host, "declined"));
        }
        return outcome();
      }
    }
    const secrets = await resolveSecrets(plans[0]?.plan.secrets ?? [], {
      env: (key) =>
        engine.env[key] ?? readEnv(key),
      store: engine.secretDir,
    });
    events.hide(secrets.values());
    const outcomes = await fleet(busy, options, async (host) => {
      const result = await applyLane(engine, job, spec, options, lanes.get(host)!, host, secrets, events);
      end(result);
      return result;
    });
    for (const it of outcomes) if (!ended.has(it.host)) end(it);
    return outcome();
  } finally {
    await Promise.all([...lanes.values()].map(({ session }) => session.close().catch(() => {})));
    await events.drained().finally(() => output.close());
  }

  function end(it: HostOutcome): void {
    const shown = events.shown(it);
    ended.set(it.host, shown);
    events.tell({ kind: "host-end", host: it.host, outcome: shown });
  }
  async function quiet(host: string): Promise<HostOutcome> {
    const lane = lanes.get(host)!;
    await writeOperatorCopy(engine, job, host, lane.session, foldAll(lane.shown.survey.stores)).catch((error) => {
      events.tell({ kind: "warning", host, message: `the operator's copy could not be written: ${error.message}` });
    });
    return {
      ...none(host, "unchanged"),
      upToDate: lane.shown.judged.length,
      skipped: lane.shown.compiled.skipped.length,
    };
  }
  function outcome(): Outcome {
    const hosts = job.hosts.map((host) => ended.get(host) ?? none(host, "not-run"));
    const bad = new Set(["failed", "unreachable", "declined", ...(options.dryRun === true ? [] : ["not-run"])]);
    return { bundle: name, ok: !hosts.some((it) => bad.has(it.result)), hosts };
  }
}

async function applyLane(
  engine: EngineOptions,
  job: Job,
  spec: DeploySpec,
  options: AddOptions,
  { session, shown }: Lane,
  host: string,
  secrets: ReadonlyMap<string, string>,
  events: EventQueue,
): Promise<HostOutcome> {
  const began = performance.now();
  const of = shown.judged.length + shown.early.length + shown.late.length;
  const summary = (n: number) =>
    shown.judged.find((it) => it.n === n)?.act.summary ??
      [...shown.early, ...shown.late].find((it) => it.n === n)?.item.claim?.summary ?? `step ${n}`;
  const onBusy = (holder: string) =>
    void events.tell({ kind: "warning", host, message: `waiting for the lock, held by ${holder}` });
  const apply = (over: HostSession, plan: Assessment, guard?: ApplyOptions["guard"]) =>
    applyHost(over, spec, plan, {
      operator: engine.operator,
      onFailure: options.onFailure ?? job.bundle.onFailure ?? "stop",
      onDrift: options.onDrift ?? "stop",
      secrets,
      watch: watchOf(events, host, of, summary),
      onBusy,
      fetch: fetchContent,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(guard === undefined ? {} : { guard }),
    });
  const remember = (over: HostSession, known?: Applied["stores"]) =>
    writeOperatorCopy(engine, job, host, over, known).catch((error) => {
      events.tell({ kind: "warning", host, message: `the operator's copy could not be written: ${error.message}` });
    });
  try {
    if (options.guard !== undefined) {
      const { guardedLane } = await import("./guarded_lane.ts");
      const open = () => openHost(engine, job, host, events);
      const outcome = await guardedLane({
        host,
        guard: options.guard,
        operator: engine.operator,
        session,
        open,
        apply: (guard) => apply(session, shown, guard),
        ...(shown.late.length === 0 ? {} : {
          rest: async () => {
            await using over = await open();
            return await apply(over, await assess(over, spec, { guards: true, tolerant: false }));
          },
        }),
        outcome: (applied) => outcomeOf(host, applied, performance.now() - began),
        nothing: none(host, "failed"),
        tell: (state, text) => void events.tell({ kind: "guard", host, state, text }),
        onBusy,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      if (outcome.outcome !== "unreachable") {
        await rememberAfter(open, shown.survey.stores.root !== undefined, remember).catch((error) => {
          events.tell({ kind: "warning", host, message: `the operator's copy could not be written: ${error.message}` });
        });
      }
      return { ...outcome, durationMs: performance.now() - began, home: session.facts.home };
    }
    const applied = await apply(session, shown);
    for (const it of applied.unstable) {
      events.tell({
        kind: "warning",
        host,
        message: `unstable: ${it.act.summary} is not as wanted right after the run; a later step changed it`,
      });
    }
    await remember(session, applied.stores);
    return { ...outcomeOf(host, applied, performance.now() - began), home: session.facts.home };
  } catch (error) {
    return { ...none(host, "failed"), ...failureOf(error), durationMs: performance.now() - began };
  }
}

/** The operator's copy, over a connection of its own: a guarded run has given up the one it came with. */
async function rememberAfter(
  open: () => Promise<HostSession>,
  root: boolean,
  remember: (over: HostSession) => Promise<void>,
): Promise<void> {
  await using over = await open();
  if (root) await over.executor.probe("root");
  await remember(over);
}

/** `step 3 (Op, candy web): `, so that whoever mends it knows where it is written. */
function stepName({ assessment }: Applied, n: number): string {
  const act = assessment.judged.find((it) => it.n === n)?.act;
  if (act === undefined) {
    const claim = [...assessment.early, ...assessment.late].find((it) => it.n === n)?.item.claim;
    return claim === undefined ? "" : `revert ${n} (${claim.want.type}, candy ${claim.candy}): `;
  }
  const step = assessment.compiled.plan.plans.flatMap(({ steps }) => steps)[act.step - 1];
  return `step ${n} (${step?.kind ?? act.type}, candy ${act.candy}): `;
}

function outcomeOf(host: string, applied: Applied, durationMs: number): HostOutcome {
  const { compiled } = applied.assessment;
  const base = {
    host,
    ran: applied.ran,
    upToDate: applied.upToDate,
    skipped: compiled.skipped.length,
    durationMs,
  };
  const first = applied.failed[0];
  if (first !== undefined) {
    const after = applied.rolledBack ? "; this run's changes were put back" : "";
    return {
      ...base,
      result: "failed",
      error: {
        message: `${stepName(applied, first.n)}${first.summary}: ${first.message}${after}`,
        hint: applied.rolledBack
          ? "mend the step and apply again"
          : "mend the step and apply again: it goes on where it stopped; `charly bundle del` takes back what is there",
        code: "step-failed",
      },
    };
  }
  if (applied.stopped !== undefined) {
    return {
      ...base,
      result: "failed",
      error: {
        message: `${stopText(applied.stopped)}${applied.rolledBack ? "; this run's changes were put back" : ""}`,
        hint: applied.rolledBack ? "run the same command again to begin anew" : "run the same command again to go on",
        code: "stopped",
      },
    };
  }
  return { ...base, result: applied.ran > 0 ? "changed" : "unchanged" };
}

/** Why a run came to no end, in words. */
export function stopText(reason: string): string {
  const known: Readonly<Record<string, string>> = {
    stop: "stopped as asked, behind the step that ran",
    kill: "stopped as asked, in the middle of a step",
    silence: "stopped by the target: it heard nothing from here for too long",
    journal: "stopped by the target: its journal could not be written (is the disk full?)",
    store: "stopped by the target: its ledger could not be written (is the disk full?)",
    channel: "stopped by the target: the connection ended",
  };
  return known[reason] ?? `stopped: ${reason}`;
}

/** Frames of a run as events. */
export function watchOf(events: EventQueue, host: string, of: number, summary: (n: number) => string): RunWatch {
  const times = new Map<number, number>();
  return {
    began: (n) => {
      times.set(n, performance.now());
      events.tell({ kind: "step-begin", host, n, of, summary: summary(n) });
    },
    output: (n, bytes) => events.tell({ kind: "step-output", host, n, stream: "out", bytes }),
    warning: (n, message) =>
      events.tell({ kind: "warning", host, message: n === 0 ? message : `step ${n}: ${message}` }),
    ended: ({ n, code, state, message }) => {
      if (state === "skip" || state.startsWith("kept:")) {
        const reason = state === "skip" ? message : `kept as it is: ${message}`;
        events.tell({ kind: "skipped", host, n, summary: summary(n), reason });
        return;
      }
      const result = state === "fail" || state.startsWith("failed:")
        ? "failed"
        : state === "timeout" || state === "cut"
        ? state
        : state === "same" || state === "gone" || state === "dropped"
        ? "satisfied"
        : "ok";
      if (!times.has(n)) events.tell({ kind: "step-begin", host, n, of, summary: summary(n) });
      if (result === "failed" && message !== "") {
        events.tell({ kind: "warning", host, message: `step ${n}: ${message}` });
      }
      const durationMs = performance.now() - (times.get(n) ?? performance.now());
      events.tell({ kind: "step-end", host, n, of, summary: summary(n), result, code, durationMs });
    },
  };
}

/** An outcome in which nothing ran. */
export function none(host: string, result: HostOutcome["result"]): HostOutcome {
  return { host, result, ran: 0, upToDate: 0, skipped: 0, durationMs: 0 };
}

function requireUndo(plans: readonly HostPlan[]): void {
  const act = plans.flatMap((plan) => plan.planned).find((it) =>
    it.reversibility === "none" && !["skipped", "up-to-date", "recorded"].includes(it.state)
  );
  if (act === undefined) return;
  throw new CharlyError(`plan: step ${act.n} cannot be undone: ${act.summary}`, {
    hint: "give the command an `undo`, or drop --require-undo",
    code: "no-undo",
    exitCode: 2,
  });
}

/** A step that was cut and runs once only waits for a word, and words for other steps are a mistake. */
function checkAnswers(lanes: ReadonlyMap<string, Lane>, { done = [], undo = [] }: AddOptions): void {
  const judged = [...lanes].flatMap(([host, { shown }]) => shown.judged.map((it) => ({ host, it })));
  const waiting = judged.find(({ it }) => it.state === "needs-answer");
  if (waiting !== undefined) {
    const { host, it } = waiting;
    throw new CharlyError(`apply on ${host}: step ${it.n} was interrupted, and runs once only: ${it.act.summary}`, {
      hint: `look what it did, then say --rerun ${it.n} (again), --done ${it.n} (it did its work) or ` +
        `--undo ${it.n} (take back what it did)`,
      code: "needs-answer",
      exitCode: 3,
    });
  }
  const unasked = [...done, ...undo].find((n) => !judged.some(({ it }) => it.n === n && it.answered !== undefined));
  if (unasked === undefined || lanes.size === 0) return;
  throw new CharlyError(`apply: step ${unasked} waits for no answer`, {
    hint: "look at `charly plan`: only steps that need an answer take --done and --undo",
    code: "no-question",
    exitCode: 2,
  });
}

/** Two names for one machine would act on it twice at once. */
function sameMachine(lanes: ReadonlyMap<string, Lane>): void {
  const seen = new Map<string, string>();
  for (const [host, { shown }] of lanes) {
    const store = shown.survey.stores.root ?? shown.survey.stores.user;
    const id = store?.state.identity?.target_id;
    if (id === undefined) continue;
    const other = seen.get(id);
    if (other !== undefined) {
      throw new CharlyError(`deploy: ${other} and ${host} are the same machine (or share one home)`, {
        hint: "name it once in the bundle",
        code: "same-machine",
        exitCode: 2,
      });
    }
    seen.set(id, host);
  }
}
