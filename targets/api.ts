/**
 * The API: plan, apply and undo bundles from a program of your own. It does what the command line does, through the same
 * conductor.
 *
 * @module
 */
import { ownEnv, readEnv } from "../lib/base/env.ts";
import type {
  AddOptions,
  DelOptions,
  DeployApi,
  DeployEvents,
  DeployProject,
  HostPlan,
  Outcome,
  PlanOptions,
} from "../lib/deploy/contract.ts";
import type { EngineOptions } from "../lib/deploy/engine.ts";
import { type LoadOptions, loadProject as load } from "../lib/config/load.ts";
import type { Project } from "../lib/config/project.ts";
import { addBundle, planBundle } from "../lib/deploy/engine_add.ts";
import { delBundle } from "../lib/deploy/engine_del.ts";
import { cleanBundle, renameBundle, repairLedger } from "../lib/deploy/engine_keep.ts";
import { driftOf, ledgerOf, statusOf } from "../lib/deploy/engine_status.ts";
import { diagnose } from "../lib/deploy/doctor.ts";
import { rememberedHosts } from "../lib/deploy/remember.ts";
import { openHosts } from "../lib/deploy/host_exec.ts";
import { targetOf } from "../lib/deploy/target.ts";
import { targets } from "./mod.ts";

export type { AddOptions, DelOptions, DeployApi, DeployEvents, HostPlan, LoadOptions, Outcome, PlanOptions, Project };

/** The operator's side, read from this process. */
function surroundings(): EngineOptions {
  const env: Record<string, string> = {};
  for (const name of ownEnv) {
    const value = readEnv(name);
    if (value !== undefined) env[name] = value;
  }
  const home = env.HOME ?? "/";
  const under = (variable: string, fallback: string) => env[variable] || `${home}/${fallback}`;
  return {
    targets,
    env,
    operator: `${env.USER ?? env.LOGNAME ?? "somebody"}@${Deno.hostname()}`,
    stateHome: under("XDG_STATE_HOME", ".local/state"),
    secretDir: `${under("XDG_DATA_HOME", ".local/share")}/charly/secret`,
    ...(env.CHARLY_PATH_PREFIX === undefined ? {} : { pathPrefix: env.CHARLY_PATH_PREFIX }),
  };
}

/** Everything the verbs need of the engine. */
export function createApi(options: EngineOptions = surroundings()): DeployApi {
  return {
    reachOf: async (project, bundle, wanted) => {
      const on = project?.config.bundles[bundle]?.on ?? await rememberedHosts(options, project?.name, bundle);
      if (on === undefined) return [{ kind: "local", host: "local" }];
      const target = targetOf(targets, { on });
      const hosts = target.hosts.filter((host) => wanted.host === undefined || wanted.host.includes(host));
      return await Promise.all(hosts.map((host) => target.reach(host, { env: options.env })));
    },
    planBundle: (project, bundle, wanted) => planBundle(options, project, bundle, wanted),
    addBundle: (project, bundle, wanted, events) => addBundle(options, project, bundle, wanted, events),
    delBundle: (project, bundle, wanted, events) => delBundle(options, project, bundle, wanted, events),
    renameBundle: (project, from, to, wanted, events) => renameBundle(options, project, from, to, wanted, events),
    statusOf: (project, bundle, wanted) => statusOf(options, project, bundle, wanted),
    driftOf: (project, bundle, wanted) => driftOf(options, project, bundle, wanted),
    ledgerOf: (project, bundle, wanted) => ledgerOf(options, project, bundle, wanted),
    repairLedger: (project, bundle, wanted) => repairLedger(options, project, bundle, wanted),
    cleanBundle: (project, bundle, wanted) => cleanBundle(options, project, bundle, wanted),
    diagnose: (project) => diagnose(options, project),
    openHosts: (project) => Promise.resolve(openHosts(options, project)),
  };
}

/**
 * Loads a project: evaluates its configuration in the sandbox and checks it.
 *
 * @param options where to look; by default `charly.config.ts` here or above
 * @returns the project, frozen
 * @throws {CharlyError} with every problem of the configuration at once
 */
export function loadProject(options: LoadOptions = {}): Promise<Project> {
  return load(options);
}

/** Answers every question with yes and says nothing. */
const silently: DeployEvents = (event) => Promise.resolve(event.kind === "confirm" ? true : undefined);

/**
 * What a bundle would do on each of its hosts. Writes nothing.
 *
 * @param project from {@link loadProject}
 * @param bundle name of a declared bundle
 * @param options gates, hosts, steps to run again
 * @returns one plan per host
 */
export function plan(
  project: DeployProject,
  bundle: string,
  options: Partial<PlanOptions> = {},
): Promise<readonly HostPlan[]> {
  return createApi().planBundle(project, bundle, { install: {}, ...options });
}

/**
 * Applies a bundle to its hosts. Without `events` every question is answered with yes: calling this is the answer.
 *
 * @param project from {@link loadProject}
 * @param bundle name of a declared bundle
 * @param options gates, hosts, waves, what a failure leads to
 * @param events hears what happens and answers what is asked
 * @returns how each host came out; `ok` is false as soon as one failed
 */
export function apply(
  project: DeployProject,
  bundle: string,
  options: Partial<AddOptions> = {},
  events: DeployEvents = silently,
): Promise<Outcome> {
  return createApi().addBundle(project, bundle, { install: {}, ...options }, events);
}

/**
 * Takes a bundle back from its hosts, from their ledgers alone.
 *
 * @param project from {@link loadProject}, or nothing when only its name is left
 * @param bundle name of the bundle
 * @param options what to leave alone, whether edited files are moved aside
 * @param events hears what happens and answers what is asked
 * @returns how each host came out, with what was released and what is left
 */
export function undo(
  project: DeployProject | undefined,
  bundle: string,
  options: Partial<DelOptions> = {},
  events: DeployEvents = silently,
): Promise<Outcome> {
  return createApi().delBundle(project, bundle, options, events);
}
