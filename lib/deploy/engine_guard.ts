/** `bundle confirm` and `bundle rollback`: guarded runs settled by hand, over a connection of this command. */
import { guardedRuns } from "../ledger/guard_state.ts";
import { deployId } from "../plan/deploy_id.ts";
import { levels } from "./assess.ts";
import type { DeployEvents, DeployProject, HostOptions, HostOutcome, Outcome } from "./contract.ts";
import { type EngineOptions, failureOf, type Job, openHost } from "./engine.ts";
import { none } from "./watch.ts";
import { undoJob } from "./engine_del.ts";
import { EventQueue } from "./events.ts";
import { fleet } from "./fleet.ts";
import type { ArmedGuard } from "./guard.ts";
import { settleByHand } from "./guard_settle.ts";
import { nothingArmed, settledOutcome } from "./guarded_lane.ts";
import { rememberOrWarn } from "./remember.ts";
import type { HostSession } from "./session.ts";
import { survey } from "./survey.ts";

/** Settles the guarded run of a bundle on each of its hosts. */
export async function settleBundle(
  engine: EngineOptions,
  project: DeployProject | undefined,
  name: string,
  how: "confirm" | "rollback",
  options: HostOptions,
  listener: DeployEvents,
): Promise<Outcome> {
  const job = await undoJob(engine, project, name, options);
  const events = new EventQueue(listener);
  const hosts = await fleet(job.hosts, options, async (host): Promise<HostOutcome> => {
    const began = performance.now();
    try {
      const outcome = await settleHost(engine, job, host, how, events);
      return { ...outcome, durationMs: performance.now() - began };
    } catch (error) {
      return { ...none(host, "failed"), ...failureOf(error), durationMs: performance.now() - began };
    }
  });
  for (const it of hosts) events.tell({ kind: "host-end", host: it.host, outcome: it });
  await events.drained();
  // What was asked for decides: a rollback that came to its end is what `rollback` wanted.
  const wanted = how === "confirm" ? "confirmed" : "rolled-back";
  return { bundle: name, ok: hosts.every(({ outcome }) => outcome === wanted), hosts };
}

async function settleHost(
  engine: EngineOptions,
  job: Job,
  host: string,
  how: "confirm" | "rollback",
  events: EventQueue,
): Promise<HostOutcome> {
  await using session = await openHost(engine, job, host, events);
  const armed = await findArmed(session, deployId(job.name));
  if (armed === undefined) throw nothingArmed(host, job.name);
  const settled = await settleByHand(session, armed, how, {
    operator: engine.operator,
    onBusy: (holder) => events.tell({ kind: "warning", host, message: `waiting for the lock, held by ${holder}` }),
    open: () => openHost(engine, job, host, events),
    tell: (state, text) => events.tell({ kind: "guard", host, state, text }),
  });
  await rememberOrWarn(engine, job, host, session, events);
  const base: HostOutcome = { ...none(host, "changed"), home: session.facts.home };
  if (settled.outcome === "confirmed") return { ...base, outcome: "confirmed", ...confirmedAgainst(how) };
  const told = settledOutcome(base, settled);
  if (settled.outcome !== "rolled-back" || how !== "rollback") return told;
  const { error: _error, ...fine } = told;
  return { ...fine, result: "changed" };
}

/** A rollback that came too late. */
function confirmedAgainst(how: "confirm" | "rollback"): Partial<HostOutcome> {
  if (how === "confirm") return {};
  return {
    result: "failed",
    error: {
      message: "roll back: the run was confirmed already",
      hint: "`charly bundle del` takes the whole bundle back",
      code: "guard-confirmed",
    },
  };
}

/** The newest guarded run of a deploy that is not folded yet, with the level its watcher stands at. */
async function findArmed(session: HostSession, id: string): Promise<ArmedGuard | undefined> {
  const { stores, rootRefused } = await survey(session, [], { guards: false, tolerant: true });
  for (const level of levels.toReversed()) {
    const found = guardedRuns([stores[level]?.state]).find(({ guard }) => guard.deploy === id);
    if (found !== undefined) return { run: found.run, level, seconds: found.guard.seconds };
  }
  if (rootRefused !== undefined) throw rootRefused;
  return undefined;
}
