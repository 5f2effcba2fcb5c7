/** Plan and add over several hosts: everybody is asked first, one question is put, then the hosts go. */
import { readEnv } from "../base/env.ts";
import { checkAnswers, requireUndo, sameMachine } from "./add_checks.ts";
import { isNoop } from "./add_host.ts";
import { applyLane, type Lane } from "./add_lane.ts";
import { assess, type Assessment } from "./assess.ts";
import type {
  AddOptions,
  DeployEvents,
  DeployProject,
  HostOutcome,
  HostPlan,
  Outcome,
  PlanOptions,
} from "./contract.ts";
import { type EngineOptions, failureOf, jobOf, openHost, specOf } from "./engine.ts";
import { EventQueue } from "./events.ts";
import { fleet } from "./fleet.ts";
import { checkGuardable } from "./guard_plan.ts";
import { hostPlanOf } from "./host_plan.ts";
import { outputDirectory, OutputKeeper } from "./keep_output.ts";
import { checkPlanFile } from "./plan_file.ts";
import { foldAll, identityNote, rememberOrWarn } from "./remember.ts";
import { resolveSecrets } from "./secrets.ts";
import type { HostSession } from "./session.ts";
import { none } from "./watch.ts";

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
      plans.set(host, planOf(host, session, assessment, options));
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

function planOf(
  host: string,
  session: HostSession,
  assessment: Assessment,
  { guard, commands }: Pick<PlanOptions, "guard" | "commands">,
): HostPlan {
  if (guard !== undefined) checkGuardable(assessment);
  return hostPlanOf(host, session.venue, assessment, {
    live: true,
    commands: commands === true,
    home: session.facts.home,
    ...(guard === undefined ? {} : { guard }),
  });
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
          const plan = planOf(host, session, shown, { ...options, commands: false });
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
    await rememberOrWarn(engine, job, host, lane.session, events, foldAll(lane.shown.survey.stores));
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
