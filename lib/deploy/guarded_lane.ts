/** One host of a guarded add: armed, applied, confirmed over a connection of its own, then what had to wait. */
import { CharlyError } from "../base/errors.ts";
import { secondsText } from "../ledger/guard_state.ts";
import type { Applied, ApplyOptions } from "./add_host.ts";
import type { GuardOptions, HostOutcome } from "./contract.ts";
import { failureOf } from "./engine.ts";
import type { ArmedGuard } from "./guard.ts";
import { type Settled, settleGuard } from "./guard_settle.ts";
import type { HostSession } from "./session.ts";

/** What a guarded host needs of its surroundings. */
export interface GuardedLane {
  readonly host: string;
  readonly guard: GuardOptions;
  readonly operator: string;
  readonly session: HostSession;
  /** A new connection. */
  readonly open: () => Promise<HostSession>;
  readonly apply: (guard: ApplyOptions["guard"]) => Promise<Applied>;
  /** Applies, without a guard, what waited for the confirmation; nothing where nothing did. */
  readonly rest?: () => Promise<Applied>;
  /** The outcome of a run as without a guard. */
  readonly outcome: (applied: Applied) => HostOutcome;
  readonly nothing: HostOutcome;
  readonly tell: (state: "armed" | "waiting" | "checking" | "confirmed" | "rolling-back", text: string) => void;
  readonly onBusy: (holder: string) => void;
  readonly signal?: AbortSignal;
}

/** Applies under guard and settles it. What fails before anything was armed is thrown. */
export async function guardedLane(lane: GuardedLane): Promise<HostOutcome> {
  let armed: ArmedGuard | undefined;
  let applied: Applied | undefined;
  let failure: unknown;
  try {
    applied = await lane.apply({
      seconds: lane.guard.seconds,
      armed: (it) => {
        armed = it;
        lane.tell("armed", "the target puts everything back by itself unless this run is confirmed");
      },
    });
  } catch (error) {
    failure = error;
  }
  if (armed === undefined) throw failure;
  const whole = applied !== undefined && applied.failed.length === 0 && applied.stopped === undefined;
  const since = performance.now();
  // Nothing of this connection is needed any more, and the locks have to be free.
  await lane.session.close().catch(() => {});
  const cause = applied === undefined ? failureOf(failure).error.message : lane.outcome(applied).error?.message;
  if (!whole) lane.tell("rolling-back", cause ?? "the run did not come to its end");
  const words: string[] = [];
  const settled = await settleGuard({
    armed,
    open: lane.open,
    operator: lane.operator,
    ...(lane.guard.check === undefined ? {} : { check: lane.guard.check }),
    ...(applied === undefined ? {} : { settle: applied.settle }),
    ...(whole ? { since } : {}),
    tell: (state, text) => {
      if (state === "rolling-back") words.push(text);
      lane.tell(state, text);
    },
    onBusy: lane.onBusy,
    ...(lane.signal === undefined ? {} : { signal: lane.signal }),
  });
  const base = applied === undefined ? lane.nothing : lane.outcome(applied);
  if (settled.outcome !== "confirmed") {
    const reason = cause ?? (words[0]?.startsWith("the check") ? words[0] : undefined);
    return settledOutcome(base, settled, reason);
  }
  return await afterwards(lane, base);
}

/** Confirmed: what takes packages and repositories away is a run of its own. */
async function afterwards(lane: GuardedLane, base: HostOutcome): Promise<HostOutcome> {
  if (lane.rest === undefined) return { ...base, outcome: "confirmed" };
  try {
    const rest = await lane.rest();
    const ended = lane.outcome(rest);
    return { ...ended, ran: base.ran + rest.ran, durationMs: base.durationMs, outcome: "confirmed" };
  } catch (error) {
    return { ...base, ...failureOf(error), result: "failed", outcome: "confirmed" };
  }
}

/** How a guarded run that was not confirmed is told. */
export function settledOutcome(
  base: HostOutcome,
  settled: Exclude<Settled, { outcome: "confirmed" }>,
  cause?: string,
): HostOutcome {
  const { error: _error, ...rest } = base;
  if (settled.outcome === "unreachable") {
    const when = settled.seconds > 0
      ? `the target puts everything back by itself in ${secondsText(settled.seconds)}`
      : "the target should have put everything back by itself by now";
    return {
      ...rest,
      result: "unreachable",
      outcome: "unreachable",
      error: {
        message: `${cause === undefined ? "" : `${cause}; `}${settled.message}; ${when}`,
        hint: "`charly status` tells how it came out as soon as the target answers",
        code: "guard-unreachable",
      },
    };
  }
  const { outcome, left, notUndone } = settled;
  const why = cause ?? settled.why;
  const except = notUndone.length === 0 ? "" : ", but for what has no undo";
  const count = left.length === 1 ? "one thing" : `${left.length} things`;
  const what = outcome === "rolled-back"
    ? `the target put everything back, the machine is as before this run${except}`
    : left.length === 0
    ? "the target could not put everything back"
    : `the target put back what it could; ${count} could not be: ${left[0]}`;
  return {
    ...rest,
    result: "failed",
    outcome,
    ...(left.length === 0 ? {} : { left }),
    ...(notUndone.length === 0 ? {} : { notUndone }),
    error: {
      message: `${why}; ${what}`,
      hint: outcome === "rolled-back"
        ? "mend the bundle and apply again"
        : "solve what is named; applying again, or `charly bundle del`, goes on from what is there",
      code: outcome,
    },
  };
}

/** An error for a guard nobody armed. */
export function nothingArmed(host: string, bundle: string): CharlyError {
  return new CharlyError(`look for a guarded run of ${bundle} on ${host}: none waits for an answer`, {
    hint: "`charly status` shows what is deployed",
    code: "guard-none",
  });
}
