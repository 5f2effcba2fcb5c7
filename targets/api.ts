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
  HostOptions,
  HostPlan,
  Outcome,
  PlanOptions,
} from "../lib/deploy/contract.ts";
import type { EngineOptions } from "../lib/deploy/engine.ts";
import { type LoadOptions, loadProject as load } from "../lib/config/load.ts";
import type { Project } from "../lib/config/project.ts";
import { targetOf } from "../lib/deploy/target.ts";
import { connectAhead } from "./ahead.ts";
import { targets } from "./mod.ts";

export type { AddOptions, DelOptions, DeployApi, DeployEvents, HostPlan, LoadOptions, Outcome, PlanOptions, Project };

// The parts of the engine, each loaded by the first verb that needs it: a start loads one of them, not all.
const adding = () => import("../lib/deploy/engine_add.ts");
const undoing = () => import("../lib/deploy/engine_del.ts");
const settling = () => import("../lib/deploy/engine_guard.ts");
const keeping = () => import("../lib/deploy/engine_keep.ts");
const looking = () => import("../lib/deploy/engine_status.ts");
const doctor = () => import("../lib/deploy/doctor.ts");
const remembering = () => import("../lib/deploy/remember.ts");
const executing = () => import("../lib/deploy/host_exec.ts");

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

/** The engine's options with the connections of the first wave begun. */
function ahead(
  options: EngineOptions,
  project: DeployProject | undefined,
  bundle: string,
  wanted: HostOptions,
): EngineOptions & AsyncDisposable {
  const on = project?.config.bundles[bundle]?.on;
  const all = on === undefined ? [] : targetOf(options.targets, { on }).hosts;
  const hosts = all.filter((host) => wanted.host === undefined || wanted.host.includes(host));
  const begun = connectAhead(options.targets, on, hosts.slice(0, wanted.parallel ?? 20), options.env);
  return { ...options, targets: begun.targets, [Symbol.asyncDispose]: () => begun[Symbol.asyncDispose]() };
}

/** Everything the verbs need of the engine. */
export function createApi(options: EngineOptions = surroundings()): DeployApi {
  return {
    reachOf: async (project, bundle, wanted) => {
      const on = project?.config.bundles[bundle]?.on ??
        await (await remembering()).rememberedHosts(options, project?.name, bundle);
      if (on === undefined) return [{ kind: "local", host: "local" }];
      const target = targetOf(targets, { on });
      const hosts = target.hosts.filter((host) => wanted.host === undefined || wanted.host.includes(host));
      return await Promise.all(hosts.map((host) => target.reach(host, { env: options.env })));
    },
    planBundle: async (project, bundle, wanted) => {
      await using begun = ahead(options, project, bundle, wanted);
      return await (await adding()).planBundle(begun, project, bundle, wanted);
    },
    addBundle: async (project, bundle, wanted, events) => {
      await using begun = ahead(options, project, bundle, wanted);
      return await (await adding()).addBundle(begun, project, bundle, wanted, events);
    },
    delBundle: async (project, bundle, wanted, events) => {
      await using begun = ahead(options, project, bundle, wanted);
      return await (await undoing()).delBundle(begun, project, bundle, wanted, events);
    },
    settleBundle: async (project, bundle, how, wanted, events) =>
      (await settling()).settleBundle(options, project, bundle, how, wanted, events),
    renameBundle: async (project, from, to, wanted, events) =>
      (await keeping()).renameBundle(options, project, from, to, wanted, events),
    statusOf: async (project, bundle, wanted) => (await looking()).statusOf(options, project, bundle, wanted),
    driftOf: async (project, bundle, wanted) => (await looking()).driftOf(options, project, bundle, wanted),
    ledgerOf: async (project, bundle, wanted) => (await looking()).ledgerOf(options, project, bundle, wanted),
    repairLedger: async (project, bundle, wanted) => (await keeping()).repairLedger(options, project, bundle, wanted),
    cleanBundle: async (project, bundle, wanted) => (await keeping()).cleanBundle(options, project, bundle, wanted),
    diagnose: async (project) => (await doctor()).diagnose(options, project),
    openHosts: async (project) => (await executing()).openHosts(options, project),
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
