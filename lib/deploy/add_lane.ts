/** One host of an add, from its plan to its outcome. */
import type { AddOptions, HostOutcome, HostPlan } from "./contract.ts";
import { type Applied, applyHost, type ApplyOptions } from "./add_host.ts";
import { assess, type Assessment, type DeploySpec } from "./assess.ts";
import { type EngineOptions, failureOf, type Job, openHost } from "./engine.ts";
import type { EventQueue } from "./events.ts";
import { fetchContent } from "./fetch.ts";
import { orWarn, rememberOrWarn } from "./remember.ts";
import type { HostSession } from "./session.ts";
import { none, stopText, watchOf } from "./watch.ts";

/** One host between its plan and its end. */
export interface Lane {
  readonly session: HostSession;
  readonly shown: Assessment;
  readonly plan: HostPlan;
}

/** Applies to one host; what goes wrong is its outcome. */
export async function applyLane(
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
    rememberOrWarn(engine, job, host, over, events, known);
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
        await orWarn(host, events, rememberAfter(open, shown.survey.stores.root !== undefined, remember));
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
