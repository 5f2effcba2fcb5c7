/** A command line without a process: streams in memory, an engine and a project made by hand. */
import { main } from "../../tasks/main.ts";
import type { CliProject, Services } from "../../lib/cli/context.ts";
import type { CliIo } from "../../lib/cli/io.ts";
import { CharlyError } from "../../lib/base/errors.ts";
import type { DeployApi, HostPlan, PlannedAct } from "../../lib/deploy/contract.ts";

/** What a command line left behind. */
export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What stands around it. */
export interface CliWorld {
  readonly api?: Partial<DeployApi>;
  /** Nothing: no project is found. */
  readonly project?: CliProject;
  readonly terminal?: boolean;
  readonly answers?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `charly <words>` in this process. */
export async function charly(words: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  let stdout = "";
  let stderr = "";
  const answers = [...world.answers ?? []];
  const terminal = world.terminal ?? false;
  const io: CliIo = {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    stdinIsTerminal: terminal,
    stdoutIsTerminal: terminal,
    stderrIsTerminal: terminal,
    columns: () => 80,
    env: (name) => world.env?.[name],
    readLine: () => Promise.resolve(answers.shift()),
    readSecret: () => Promise.resolve(answers.shift()),
  };
  const services: Services = {
    project: () =>
      world.project === undefined
        ? Promise.reject(new CharlyError("find project: there is none", { code: "no-config", exitCode: 2 }))
        : Promise.resolve(world.project),
    api: () =>
      Promise.resolve(
        { reachOf: () => Promise.resolve([{ kind: "local", host: "local" }]), ...world.api } as unknown as DeployApi,
      ),
  };
  const code = await main(words, { io, services, cwd: Deno.cwd() });
  return { code, stdout, stderr };
}

/** A project with the bundles `web` and `web2` and two tasks. */
export function project(changes: Partial<CliProject["config"]> = {}): CliProject {
  return {
    name: "shop",
    root: Deno.cwd(),
    configUrl: `file://${Deno.cwd()}/charly.config.ts`,
    config: {
      bundles: {
        web: { on: { target: "ssh", host: ["deploy@web1", "deploy@web2"] }, candy: ["motd"], description: "the shop" },
        web2: { on: { target: "local" } },
      },
      candies: { motd: { description: "a greeting" }, git: { description: "version control" } },
      tasks: { test: { description: "runs tests" }, release: { needs: ["test"] } },
      ...changes,
    },
  };
}

/** A plan of one host. */
export function hostPlan(planned: readonly PlannedAct[], host = "deploy@web1"): HostPlan {
  return {
    host,
    venue: `ssh://${host}:22`,
    plan: {
      project: "shop",
      bundle: "web",
      deployId: "d1",
      target: "ssh",
      plans: [],
      artifacts: [],
      secrets: [],
      digest: "0123456789abcdef",
    },
    wire: [],
    acts: [],
    planned,
    live: false,
    warnings: [],
  };
}

/** A line of a plan. */
export function planned(n: number, changes: Partial<PlannedAct> = {}): PlannedAct {
  return {
    n,
    candy: "motd",
    level: "user",
    resource: `file:/home/d/${n}`,
    summary: `write /home/d/${n} (0644)`,
    state: "will-run",
    reversibility: "exact",
    ...changes,
  };
}
