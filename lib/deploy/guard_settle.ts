/**
 * The end of a guarded run: over connections of their own, charly confirms it, or hears how the target put everything back and
 * brings that into the ledger.
 */
import { CharlyError } from "../base/errors.ts";
import type { FoldedStore } from "../ledger/fold.ts";
import type { GuardState } from "../ledger/guard_state.ts";
import { rollbackReport } from "../ledger/rollback_report.ts";
import type { Level } from "../steps/act.ts";
import { type ArmedGuard, askRollback, confirmRun, guardCheck, guardStands } from "./guard.ts";
import { lockedRun } from "./keep_host.ts";
import type { HostSession } from "./session.ts";
import { survey } from "./survey.ts";

/** How a guarded run ended. */
export type Settled =
  | { readonly outcome: "confirmed" }
  | {
    readonly outcome: "rolled-back" | "incomplete";
    /** Why the target, or somebody, put it back. */
    readonly why: string;
    readonly left: readonly string[];
    readonly notUndone: readonly string[];
  }
  /** Nobody could ask: `seconds` until the target acts, 0 when it should have. */
  | { readonly outcome: "unreachable"; readonly seconds: number; readonly message: string };

/** What settling needs of its surroundings. */
export interface Settling {
  readonly armed: ArmedGuard;
  /** A new connection, nothing of the old one. */
  readonly open: () => Promise<HostSession>;
  readonly operator: string;
  /** Runs over the new connection before it is confirmed; one that fails has everything put back. */
  readonly check?: string;
  /** What goes into the ledger with the confirmation. */
  readonly settle?: (level: Level, folded: FoldedStore) => FoldedStore;
  /** The steps came to their end, at this `performance.now()`; else the target puts them back already. */
  readonly since?: number;
  readonly tell: (state: "waiting" | "checking" | "confirmed" | "rolling-back", text: string) => void;
  readonly onBusy: (holder: string) => void;
  readonly signal?: AbortSignal;
}

/** Confirms if it can, in the time there is; else waits for the target to have put everything back. */
export async function settleGuard(settling: Settling): Promise<Settled> {
  const { armed, since, signal } = settling;
  const until = since === undefined ? 0 : since + armed.seconds * 1000;
  let message = "no connection was made";
  if (since !== undefined) {
    settling.tell("waiting", `confirming over a new connection; the target waits ${armed.seconds} s`);
    while (performance.now() < until && signal?.aborted !== true) {
      try {
        await using session = await settling.open();
        const settled = await confirmOver(session, settling, until);
        if (settled !== undefined) return settled;
        break;
      } catch (error) {
        message = wordsOf(error);
        await pause(500);
      }
    }
    if (signal?.aborted === true) {
      return { outcome: "unreachable", seconds: secondsTo(until), message: "stopped before it was confirmed" };
    }
  }
  return await awaitRollback(settling, until, message);
}

/** @returns nothing when the target decided first: then it puts everything back */
async function confirmOver(session: HostSession, settling: Settling, until: number): Promise<Settled | undefined> {
  const { armed, check } = settling;
  // Confirming means that everything this run needed still works: root too, where it acted as root.
  await session.executor.probe(armed.level);
  if (check !== undefined) {
    settling.tell("checking", check);
    const { code, output } = await guardCheck(session, check, secondsTo(until));
    if (code !== 0) {
      const last = output.split("\n").at(-1) ?? "";
      settling.tell("rolling-back", `the check ended with ${code}${last === "" ? "" : `: ${last}`}`);
      await askRollback(session, armed);
      return undefined;
    }
  }
  const answer = await confirmRun(session, armed, settling.operator);
  if (answer === "won") {
    await intoLedger(session, settling);
    settling.tell("confirmed", "the target keeps what this run did");
    return { outcome: "confirmed" };
  }
  if (answer?.decision?.by !== "confirm") return undefined;
  // Somebody else did; whoever it was brings it into the ledger, or the next run does.
  await intoLedger(session, settling);
  return { outcome: "confirmed" };
}

/** Knocks until the target says how it came out; not for ever where nobody opens. */
async function awaitRollback(settling: Settling, until: number, before: string): Promise<Settled> {
  const { armed, signal } = settling;
  const giveUp = Math.max(until, performance.now()) + Math.max(20, armed.seconds) * 1000;
  let message = before;
  let told = false;
  let started = false;
  do {
    try {
      await using session = await settling.open();
      await session.executor.probe(armed.level);
      // Somebody is there: from here on it takes what it takes.
      for (;;) {
        const state = await guardStands(session, armed, 5);
        if (state === undefined || state.outcome !== undefined || state.decision?.by === "confirm") {
          return await bringIn(session, settling, state);
        }
        if (!told) settling.tell("rolling-back", "the target puts everything back");
        told = true;
        if (state.alive) continue;
        // Its watcher is gone: another one goes on where the journal ends, once.
        if (started) throw new CharlyError("roll back: the watcher on the target ended before its work was done");
        started = true;
        await askRollback(session, armed);
      }
    } catch (error) {
      message = wordsOf(error);
      if (signal?.aborted !== true) await pause(500);
    }
  } while (performance.now() < giveUp && signal?.aborted !== true);
  return { outcome: "unreachable", seconds: secondsTo(until), message };
}

/** The target has settled it: what it says goes into the ledger. */
async function bringIn(
  session: HostSession,
  settling: Pick<Settling, "armed" | "operator" | "onBusy" | "settle">,
  state: GuardState | undefined,
): Promise<Settled> {
  const { stores } = await survey(session, [], { guards: false, tolerant: true });
  const runs = Object.values(stores).flatMap((store) =>
    store?.state.open.filter(({ run }) => run === settling.armed.run) ?? []
  );
  await intoLedger(session, settling);
  if (state?.decision?.by === "confirm") return { outcome: "confirmed" };
  const { left, notUndone } = rollbackReport(runs);
  const incomplete = left.length > 0 || state?.outcome === "incomplete";
  return {
    outcome: incomplete ? "incomplete" : "rolled-back",
    why: whyText(state?.decision?.why ?? ""),
    left,
    notUndone,
  };
}

/** Folds the run, as the next one would. */
async function intoLedger(
  session: HostSession,
  { operator, onBusy, settle }: Pick<Settling, "operator" | "onBusy" | "settle">,
): Promise<void> {
  const { run, touched } = await lockedRun(session, operator, { onBusy });
  if (touched.length > 0) await run.commit(touched, settle);
}

/** Settles by hand what an earlier run left armed. @returns nothing where there is no such run */
export async function settleByHand(
  session: HostSession,
  armed: ArmedGuard,
  how: "confirm" | "rollback",
  options: Pick<Settling, "operator" | "onBusy" | "open" | "tell">,
): Promise<Settled> {
  const state = await guardStands(session, armed);
  if (how === "confirm" && state?.decision === undefined) {
    if (state?.phase === "applying" && state.alive) {
      throw new CharlyError("confirm: the run is still going on", {
        hint: "wait for its steps to end; `charly bundle rollback` ends it and puts everything back",
        code: "guard-applying",
      });
    }
    const answer = await confirmRun(session, armed, options.operator);
    const won = answer === "won" || answer?.decision?.by === "confirm";
    if (won) {
      await intoLedger(session, options);
      return { outcome: "confirmed" };
    }
  } else if (how === "rollback" && state?.outcome === undefined && state?.decision?.by !== "confirm") {
    options.tell("rolling-back", "the target puts everything back");
    await askRollback(session, armed);
  }
  // Who lost hears what the other one decided.
  return await awaitRollback({ ...options, armed }, 0, "");
}

function whyText(why: string): string {
  const known: Readonly<Record<string, string>> = {
    lost: "charly, or its connection, was gone before the steps were done",
    silence: "it heard nothing from charly for too long",
    unconfirmed: "nobody confirmed in time",
    asked: "it was asked to",
  };
  return known[why] ?? why;
}

function secondsTo(until: number): number {
  return Math.max(0, Math.ceil((until - performance.now()) / 1000));
}

function wordsOf(error: unknown): string {
  if (!(error instanceof CharlyError)) throw error;
  return error.message;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
