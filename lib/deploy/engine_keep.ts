/** Housekeeping on targets: a bundle under a new name, a ledger mended, stores cleaned. Under the lock, like every run. */
import { foldStore } from "../ledger/fold.ts";
import { deployId } from "../plan/deploy_id.ts";
import { levels } from "./assess.ts";
import type { DeployEvents, DeployProject, HostOptions, HostOutcome, Outcome } from "./contract.ts";
import { type EngineOptions, failureOf, openHost } from "./engine.ts";
import { none } from "./watch.ts";
import { undoJob } from "./engine_del.ts";
import { EventQueue } from "./events.ts";
import { fleet } from "./fleet.ts";
import { cleanOutput } from "./keep_output.ts";
import { repairHost } from "./repair_host.ts";
import { forgetOperatorCopy, orWarn, rememberOrWarn } from "./remember.ts";
import { renameOnHost } from "./keep_host.ts";
import { isEmpty } from "./run.ts";
import { survey } from "./survey.ts";

/** `bundle rename OLD NEW`. */
export async function renameBundle(
  engine: EngineOptions,
  project: DeployProject,
  from: string,
  to: string,
  options: HostOptions,
  listener: DeployEvents,
): Promise<Outcome> {
  const job = await undoJob(engine, project, project.config.bundles[to] === undefined ? from : to, options);
  const events = new EventQueue(listener);
  const hosts = await fleet(job.hosts, options, async (host): Promise<HostOutcome> => {
    const began = performance.now();
    try {
      await using session = await openHost(engine, job, host, events);
      const moved = await renameOnHost(session, engine.operator, deployId(from), {
        deploy_id: deployId(to),
        bundle: to,
      });
      await orWarn(host, events, forgetOperatorCopy(engine, { ...job, name: from }, host));
      await rememberOrWarn(engine, { ...job, name: to }, host, session, events);
      return { ...none(host, moved ? "changed" : "unchanged"), durationMs: performance.now() - began };
    } catch (error) {
      return { ...none(host, "failed"), ...failureOf(error), durationMs: performance.now() - began };
    }
  });
  for (const it of hosts) events.tell({ kind: "host-end", host: it.host, outcome: it });
  await events.drained();
  return { bundle: to, ok: hosts.every((it) => it.result === "changed" || it.result === "unchanged"), hosts };
}

/** Makes broken files anew, and folds what stands in journals even where a seal does not match. */
export async function repairLedger(
  engine: EngineOptions,
  project: DeployProject | undefined,
  bundle: string | undefined,
  options: HostOptions,
): Promise<readonly string[]> {
  const job = await undoJob(engine, project, bundle ?? "", options);
  const lines: string[] = [];
  for (const host of job.hosts) {
    await using session = await openHost(engine, job, host);
    lines.push(...(await repairHost(session, engine.operator)).map((line) => `${host}: ${line}`));
  }
  return lines;
}

/** Sweeps stages and old journals, and here the output of steps; with `kept`, also what undo moved aside. */
export async function cleanBundle(
  engine: EngineOptions,
  project: DeployProject | undefined,
  bundle: string | undefined,
  options: HostOptions & { readonly kept?: boolean; readonly dryRun?: boolean },
): Promise<readonly string[]> {
  const job = await undoJob(engine, project, bundle ?? "", options);
  const lines: string[] = [];
  for (const host of job.hosts) {
    await using session = await openHost(engine, job, host);
    const look = await survey(session, [], { guards: false, tolerant: true });
    for (const level of levels.filter((it) => look.stores[it]?.exists === true)) {
      const what = options.kept === true ? "stage/* done/* kept/*" : "stage/* done/*";
      const list = what.split(" ").map((part) => `"$STORE"/${part}`).join(" ");
      const remove = options.dryRun === true ? "" : 'rm -rf -- "$_f"; ';
      // A store that waited for its kept edits to be cleaned goes with them.
      const folded = foldStore(look.stores[level]!.state);
      const empty = options.dryRun === true || !isEmpty(folded)
        ? ""
        : '[ -n "$(ls -A "$STORE/kept")" ] || store_remove\n';
      const lock = options.dryRun === true ? "if :; then" : "RUN=clean\nif lock 60 clean; then";
      await session.executor.run(
        `${lock}\nfor _f in ${list}; do [ -e "$_f" ] || continue; ${remove}fr C removed "$_f"; done\n${empty}unlock\nfi\n`,
        {
          level,
          onFrame: (frame) => {
            if (frame.type === "C") lines.push(`${host}: ${new TextDecoder().decode(frame.payload)}`);
          },
        },
      );
    }
  }
  const output = await cleanOutput(engine.stateHome, {
    ...(project === undefined ? {} : { project: project.name }),
    ...(bundle === undefined ? {} : { bundle }),
    dryRun: options.dryRun === true,
  });
  return [...lines, ...output.map((path) => `this machine: ${path}`)];
}
