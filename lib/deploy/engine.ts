/** The conductor: bundles over hosts. Made from targets and the operator's side; verbs and the API hold the result. */
import { CharlyError } from "../base/errors.ts";
import { own } from "../base/own.ts";
import type { Bundle } from "../entities/bundle.ts";
import type { Config } from "../entities/config.ts";
import type { KeptTables } from "../entities/kept.ts";
import type { HostFacts } from "../facts/facts.ts";
import { compileBundle } from "../plan/compile.ts";
import { deployId } from "../plan/deploy_id.ts";
import { CompileMemories, type CompileMemory } from "../plan/memory.ts";
import { neededCandies } from "../plan/needed_candies.ts";
import { readCandyFiles } from "../plan/read_candy_files.ts";
import type { AddOptions, DeployProject, HostOptions, PlanOptions } from "./contract.ts";
import type { DeploySpec } from "./assess.ts";
import type { EventQueue } from "./events.ts";
import { HostSession } from "./session.ts";
import { type TargetContext, targetOf, type Targets } from "./target.ts";

/** What the conductor needs of its surroundings. */
export interface EngineOptions {
  readonly targets: Targets;
  /** Environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Who is at the keyboard, for locks and journals: `user@host`. */
  readonly operator: string;
  /** `${XDG_STATE_HOME:-~/.local/state}`: the operator's copies stand under it. */
  readonly stateHome: string;
  /** `${XDG_DATA_HOME:-~/.local/share}/charly/secret`: the credential store. */
  readonly secretDir: string;
  /** Looked up before PATH on every target: tests, unusual machines. */
  readonly pathPrefix?: string;
  /** Milliseconds after which a target that says nothing is given up. @default {600_000} */
  readonly answerTimeout?: number;
}

/** A bundle with everything around it that the conductor looks at. */
export interface Job {
  readonly project: DeployProject;
  readonly name: string;
  readonly bundle: Bundle;
  readonly config: Omit<Config, keyof KeptTables>;
  readonly hosts: readonly string[];
  /** What the bundle was compiled to for a machine the last time; absent where it is not compiled. */
  readonly memory?: (facts: HostFacts) => CompileMemory;
  open(host: string, context: TargetContext): ReturnType<ReturnType<typeof targetOf>["open"]>;
}

/** Finds a bundle and its hosts. @throws {CharlyError} `unknown-bundle`, `unknown-host` */
export function jobOf(
  options: EngineOptions,
  project: DeployProject,
  name: string,
  wanted: HostOptions,
  ref?: string,
): Job {
  const config = project.config as unknown as Config;
  const declared = own(project.config.bundles, name);
  const bundle: Bundle | undefined = declared ??
    (ref === undefined ? undefined : { on: { target: "local" }, candy: [ref] });
  if (bundle === undefined) {
    throw new CharlyError(`find bundle: "${name}" is not declared`, {
      hint: `declared bundles: ${Object.keys(project.config.bundles).join(", ") || "none"}`,
      code: "unknown-bundle",
      exitCode: 2,
    });
  }
  const target = targetOf(options.targets, bundle);
  const unknown = wanted.host?.find((host) => !target.hosts.includes(host));
  if (unknown !== undefined) {
    throw new CharlyError(`choose host: "${unknown}" is not one of ${name}`, {
      hint: `its hosts: ${target.hosts.join(", ")}`,
      code: "unknown-host",
      exitCode: 2,
    });
  }
  const hosts = wanted.host === undefined ? target.hosts : target.hosts.filter((host) => wanted.host?.includes(host));
  const bundles = declared === undefined ? { ...config.bundles, [name]: bundle } : config.bundles;
  const memory = ({ hostname, user }: HostFacts) =>
    memoriesOf(options).of(JSON.stringify([project.name, project.root, name, hostname, user]));
  return { project, name, bundle, config: { ...config, bundles }, hosts, memory, open: target.open };
}

const allMemories = new WeakMap<EngineOptions, CompileMemories>();

/** What an engine compiled is kept as long as there is the engine: a plan and the apply behind it, or a plan after a change. */
function memoriesOf(options: EngineOptions): CompileMemories {
  const known = allMemories.get(options);
  if (known !== undefined) return known;
  const memories = new CompileMemories();
  allMemories.set(options, memories);
  return memories;
}

/** The spec of a job for one host: compiling waits for the facts. */
export async function specOf(
  job: Job,
  plan: PlanOptions & Pick<AddOptions, "adopt" | "takeOver" | "done" | "undo">,
): Promise<DeploySpec> {
  if (plan.install.verify === true) {
    throw new CharlyError(`verify ${job.name}: this version keeps checks as data and does not run them yet`, {
      hint: "leave out --verify; `charly drift` tells what is not as deployed",
      code: "checks-not-available",
      exitCode: 2,
    });
  }
  const files = await readCandyFiles(
    job.project.root,
    neededCandies(job.config, job.name, plan.addCandy),
    job.project.trees,
  );
  const target = job.bundle.on.target;
  return {
    bundle: job.name,
    compile: (facts) =>
      Promise.resolve(compileBundle({
        config: job.config,
        project: job.project.name,
        bundle: job.name,
        facts,
        target,
        options: plan.install,
        files,
        ...(plan.addCandy === undefined ? {} : { addCandy: plan.addCandy }),
      }, job.memory?.(facts))),
    sharing: {
      ...(plan.adopt === undefined ? {} : { adopt: plan.adopt }),
      ...(plan.takeOver === undefined ? {} : { takeOver: plan.takeOver }),
    },
    rerun: new Set(plan.rerun ?? []),
    answers: new Map([
      ...(plan.done ?? []).map((n) => [n, "done"] as const),
      ...(plan.undo ?? []).map((n) => [n, "undo"] as const),
    ]),
    was: (job.bundle.was ?? []).map((was) => deployId(was)),
  };
}

/** Opens a host and says so. */
export async function openHost(
  options: EngineOptions,
  job: Job,
  host: string,
  events?: EventQueue,
): Promise<HostSession> {
  events?.tell({ kind: "connecting", host });
  const transport = await job.open(host, { env: options.env });
  try {
    const session = await HostSession.open(transport, {
      host,
      sudoPassword: sudoPassword(options, host, events),
      ...(options.pathPrefix === undefined ? {} : { pathPrefix: options.pathPrefix }),
      ...(options.answerTimeout === undefined ? {} : { answerTimeout: options.answerTimeout }),
    });
    events?.tell({ kind: "connected", host, venue: transport.venue });
    return session;
  } catch (error) {
    await transport.close();
    throw error;
  }
}

/** The password: from the operator's environment (CHARLY_SUDO_PASSWORD), else asked. */
function sudoPassword(
  options: EngineOptions,
  host: string,
  events: EventQueue | undefined,
): () => Promise<string | undefined> {
  return async () => {
    // A run that comes back over a connection of its own does not ask again.
    const given = options.env.CHARLY_SUDO_PASSWORD ?? events?.passwords.get(host);
    const answer = given ?? await events?.ask({ kind: "password", host, prompt: `password for sudo on ${host}` });
    const password = typeof answer === "string" && (answer !== "" || given !== undefined) ? answer : undefined;
    if (password !== undefined) {
      events?.hide([password]);
      events?.passwords.set(host, password);
    }
    return password;
  };
}

/** Codes that mean: the host was not reached, nothing was tried. */
const unreachable = new Set<unknown>([
  "unreachable",
  "timeout",
  "host-key-unknown",
  "host-key-changed",
  "host-key-revoked",
  "auth-failed",
  "not-ssh",
  "proxy-failed",
  "no-common-algorithm",
  "hello-timeout",
  "no-hello",
]);

/** An error as an outcome carries it. */
export function failureOf(
  error: unknown,
): { result: "failed" | "unreachable"; error: { message: string; hint?: string; code?: string } } {
  if (!(error instanceof CharlyError)) throw error;
  return {
    result: unreachable.has(error.code) ? "unreachable" : "failed",
    error: {
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.code === undefined ? {} : { code: error.code }),
    },
  };
}
