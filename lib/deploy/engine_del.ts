/** Undo over several hosts, from the ledgers alone. */
import { readEnv } from "../base/env.ts";
import { CharlyError } from "../base/errors.ts";
import { own } from "../base/own.ts";
import { deployId } from "../plan/deploy_id.ts";
import { levels } from "./assess.ts";
import type {
  DelOptions,
  DeployEvents,
  DeployProject,
  HostOutcome,
  HostPlan,
  Outcome,
  PlannedAct,
} from "./contract.ts";
import { delHost, planDel, type UndoPlan } from "./del_host.ts";
import { type EngineOptions, failureOf, type Job, jobOf, openHost } from "./engine.ts";
import { none, stopText, watchOf } from "./watch.ts";
import { EventQueue } from "./events.ts";
import { outputDirectory, OutputKeeper } from "./keep_output.ts";
import { fleet } from "./fleet.ts";
import { sweepHost } from "./keep_host.ts";
import { forgetOperatorCopy, identityNote, orWarn, rememberedHosts, rememberOrWarn } from "./remember.ts";
import { isEmpty } from "./run.ts";
import { resolveSecrets } from "./secrets.ts";
import type { HostSession } from "./session.ts";
import { targetOf } from "./target.ts";

/** The bundle to undo: declared, or known from what was deployed before, or on this machine. */
export async function undoJob(
  engine: EngineOptions,
  project: DeployProject | undefined,
  name: string,
  options: DelOptions,
): Promise<Job> {
  if (project !== undefined && own(project.config.bundles, name) !== undefined) {
    return jobOf(engine, project, name, options);
  }
  const remembered = await rememberedHosts(engine, project?.name, name);
  const on = remembered ?? { target: "local" as const };
  const target = targetOf(engine.targets, { on });
  const empty: DeployProject = project ?? { name: "", root: "/", config: { bundles: {}, candies: {} } };
  return {
    project: empty,
    name,
    bundle: { on },
    config: { candies: {}, locals: {}, bundles: {}, vms: {}, boxes: {}, tasks: {}, defaults: {} },
    hosts: options.host === undefined ? target.hosts : target.hosts.filter((host) => options.host?.includes(host)),
    open: target.open,
  };
}

/** One host on its way back. */
interface Lane {
  readonly session: HostSession;
  readonly shown: UndoPlan;
}

/** Takes a bundle back from its hosts. */
export async function delBundle(
  engine: EngineOptions,
  project: DeployProject | undefined,
  name: string,
  options: DelOptions,
  listener: DeployEvents,
): Promise<Outcome> {
  const job = await undoJob(engine, project, name, options);
  const id = deployId(name);
  const output = new OutputKeeper(listener, outputDirectory(engine.stateHome, job.project.name, name));
  const events = new EventQueue(output.events);
  const lanes = new Map<string, Lane>();
  const ended = new Map<string, HostOutcome>();
  const end = (it: HostOutcome) => {
    const shown = events.shown(it);
    ended.set(it.host, shown);
    events.tell({ kind: "host-end", host: it.host, outcome: shown });
  };
  const outcome = (): Outcome => {
    const hosts = job.hosts.map((host) => ended.get(host) ?? none(host, "not-run"));
    const fine = options.dryRun === true ? ["changed", "unchanged", "not-run"] : ["changed", "unchanged"];
    return { bundle: name, ok: hosts.every((it) => fine.includes(it.result)), hosts };
  };
  try {
    await fleet(job.hosts, options, async (host) => {
      try {
        const session = await openHost(engine, job, host, events);
        try {
          const shown = await planDel(session, id, { ...options, bundle: name });
          checkOwner(project, shown, options);
          lanes.set(host, { session, shown });
          const note = await identityNote(engine, job, host, shown.survey.stores);
          if (note !== undefined) events.tell({ kind: "warning", host, message: note });
        } catch (error) {
          await session.close();
          throw error;
        }
      } catch (error) {
        end({ ...none(host, "failed"), ...failureOf(error) });
      }
      return none(host, "unchanged");
    });
    for (const [host, { session, shown }] of lanes) {
      events.tell({ kind: "planned", host, plan: undoHostPlan(host, session.venue, name, shown, session.facts.home) });
    }
    const busy = [...lanes.keys()].filter((host) => {
      const { ledgers, adopted } = lanes.get(host)!.shown;
      return Object.keys(ledgers).length > 0 || adopted !== undefined;
    });
    for (const host of lanes.keys()) {
      if (busy.includes(host)) continue;
      await forgetOperatorCopy(engine, job, host);
      const { session, shown } = lanes.get(host)!;
      // A run that was cut before it did anything left a store with nothing in it.
      const left = levels.some((level) => {
        const folded = shown.folded[level];
        return shown.survey.stores[level]?.exists === true && folded !== undefined && isEmpty(folded);
      });
      if (left && options.dryRun !== true) await sweepHost(session, engine.operator);
      end(none(host, "unchanged"));
    }
    if (options.dryRun === true || busy.length === 0) return outcome();
    const changes = busy.reduce((sum, host) => sum + lanes.get(host)!.shown.items.length, 0);
    const where = busy.length === 1 ? busy[0] : `${busy.length} hosts`;
    if (
      await events.ask({ kind: "confirm", question: `Undo ${name} (${changes} steps) on ${where}?`, changes }) !== true
    ) {
      for (const host of busy) end(none(host, "declined"));
      return outcome();
    }
    const names = [...new Set(busy.flatMap((host) => lanes.get(host)!.shown.secrets))];
    // With the configuration at hand, keys and defaults are known as well.
    const declared = Object.values(job.config.candies).flatMap((candy) => [
      ...candy.secretRequire ?? [],
      ...candy.secretAccept ?? [],
    ]);
    const needs = names.map((it) => ({ name: it, ...declared.find((need) => need.name === it), required: false }));
    const secrets = await resolveSecrets(needs, {
      env: (key) => engine.env[key] ?? readEnv(key),
      store: engine.secretDir,
    });
    events.hide(secrets.values());
    await fleet(busy, options, async (host) => {
      const result = await undoLane(engine, job, id, options, host, lanes.get(host)!, secrets, events);
      end(result);
      return result;
    });
    return outcome();
  } finally {
    await Promise.all([...lanes.values()].map(({ session }) => session.close().catch(() => {})));
    await events.drained().finally(() => output.close());
  }
}

async function undoLane(
  engine: EngineOptions,
  job: Job,
  id: string,
  options: DelOptions,
  host: string,
  { session, shown }: Lane,
  secrets: ReadonlyMap<string, string>,
  events: EventQueue,
): Promise<HostOutcome> {
  const began = performance.now();
  const summary = (n: number) => summaryOf(shown, n);
  try {
    const undone = await delHost(session, id, shown, {
      ...options,
      bundle: job.name,
      operator: engine.operator,
      secrets,
      watch: watchOf(events, host, shown.items.length, summary),
      onBusy: (holder) => events.tell({ kind: "warning", host, message: `waiting for the lock, held by ${holder}` }),
    });
    if (undone.left.length > 0) await rememberOrWarn(engine, job, host, session, events);
    else await orWarn(host, events, forgetOperatorCopy(engine, job, host));
    const ok = undone.left.length === 0 && undone.stopped === undefined;
    return {
      ...none(host, ok ? "changed" : "failed"),
      home: session.facts.home,
      ran: undone.ran,
      durationMs: performance.now() - began,
      released: undone.released,
      notUndone: undone.notUndone,
      left: undone.left,
      ...(ok ? {} : {
        error: {
          message: undone.stopped === undefined
            ? `undo: ${undone.left.length} steps are left: ${undone.left[0]}`
            : stopText(undone.stopped),
          hint: undone.stopped === undefined
            ? "solve what is named and run `charly bundle del` again; `--force` moves edited files aside and restores"
            : "run the same command again to go on",
          code: undone.stopped === undefined ? "undo-left" : "stopped",
        },
      }),
    };
  } catch (error) {
    return { ...none(host, "failed"), ...failureOf(error), durationMs: performance.now() - began };
  }
}

function summaryOf(shown: UndoPlan, n: number): string {
  const item = shown.items.find((it) => it.n === n)?.item;
  return `undo: ${item?.claim?.summary ?? `remove ${item?.resource.replace(/^dir:/, "") ?? n}`}`;
}

/** The undo as a plan people can read before they answer. */
function undoHostPlan(host: string, venue: string, bundle: string, shown: UndoPlan, home: string): HostPlan {
  const ledger = shown.ledgers.user ?? shown.ledgers.root;
  return {
    host,
    venue,
    plan: {
      project: ledger?.project ?? "",
      bundle,
      deployId: ledger?.deploy_id ?? deployId(bundle),
      target: ledger?.target ?? "",
      plans: [],
      artifacts: [],
      secrets: [],
      digest: ledger?.plan_digest ?? "",
    },
    wire: [],
    acts: [],
    planned: shown.items.map(({ n, level, item }): PlannedAct => ({
      n,
      candy: item.claim?.candy ?? "",
      level,
      resource: item.resource,
      summary: summaryOf(shown, n),
      state: item.how === "drop" ? "recorded" : item.how === "release" ? "skipped" : "revert",
      ...(item.note === undefined ? {} : { reason: item.note }),
      reversibility: item.claim?.reversibility ?? "exact",
    })),
    live: true,
    home,
    warnings: shown.adopted?.notes ?? [],
  };
}

/** Another project's deploy of the same name is not ours to undo unasked. */
function checkOwner(project: DeployProject | undefined, shown: UndoPlan, options: DelOptions): void {
  const owner = shown.ledgers.user?.project ?? shown.ledgers.root?.project;
  if (project === undefined || owner === undefined || owner === project.name || options.adopt === true) return;
  throw new CharlyError(`undo: the deploy belongs to the project ${owner}`, {
    hint: "run it from that project, or take it over with --adopt",
    code: "other-project",
  });
}
