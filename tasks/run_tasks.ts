/** A task with everything it needs: processes, hosts opened when one is asked for, output told apart, causes first. */
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { CliProject } from "../lib/cli/context.ts";
import { readEnv } from "../lib/cli/io.ts";
import type { TaskData } from "../lib/entities/task.ts";
import { enterPermissions } from "./permissions.ts";
import { errorJson, errorText } from "../lib/cli/output.ts";
import { apiName, apiUrl } from "../lib/config/sandbox/api.ts";
import { parseTaskArgs } from "../lib/tasks/args.ts";
import { closureOf, mayOverlap, runGraph, type TaskEnd } from "../lib/tasks/graph.ts";
import { prefixer } from "../lib/tasks/prefix.ts";
import { commonEnv, taskProcess } from "../lib/tasks/permissions.ts";
import { type Exec, runTaskProcess } from "../lib/tasks/run_process.ts";
import type { AnyContext } from "./verbs/_shared.ts";

/** What {@link runTasks} is told. */
export interface RunTasksRequest {
  readonly project: CliProject;
  readonly task: string;
  /** Words behind the task's name. */
  readonly words: readonly string[];
  /** The whole command line, for starting it again with more permissions. */
  readonly allWords: readonly string[];
  readonly parallel?: number;
}

/** Runs a task and its needs. */
export async function runTasks(context: AnyContext, request: RunTasksRequest): Promise<number> {
  const { out, services, signal } = context;
  const { project, task } = request;
  const tasks = project.config.tasks;
  const order = closureOf(tasks, task);
  // Every argument is looked at before anything runs; needs run with their defaults.
  const args = new Map(
    order.map((name) => [name, parseTaskArgs(name, tasks[name]!.args, name === task ? request.words : [])]),
  );
  const piped = mayOverlap(tasks, order) || out.mode !== "text";
  const wanted = variablesOf(tasks, order);
  const handedOver = await enterPermissions(context, {
    api: services.api,
    project,
    bundle: undefined,
    words: request.allWords,
    env: [...wanted, "NODE_V8_COVERAGE"],
    reads: placesOf(tasks, order, project.root),
  });
  if (handedOver !== undefined) return handedOver;
  const env = wanted.includes("*") ? Deno.env.toObject() : readAll(wanted);
  await using hosts = lazyHosts(context, project);

  const ends = await runGraph(tasks, order, async (name) => {
    out.event({ event: "task-begin", task: name });
    if (tasks[name]!.run === undefined) return;
    const lines = prefixer((stream, line) => {
      if (out.mode === "events") out.event({ event: "task-output", task: name, stream, line });
      else if (out.mode === "document") out.io.stderr(`[${name}] ${line}\n`);
      else (stream === 1 ? out.io.stdout : out.io.stderr)(`${out.style.dim(`[${name}]`)} ${line}\n`);
    });
    const { flags, env: visible, programs } = taskProcess(tasks[name]!.permissions ?? {}, project.root, env, isFile);
    try {
      await runTaskProcess({
        task: name,
        configUrl: project.configUrl,
        root: project.root,
        resolution: resolutionOf(project),
        permissions: flags,
        env: visible,
        programs,
        args: args.get(name)!,
        bundles: Object.keys(project.config.bundles),
        exec: hosts.exec,
        signal,
        ...(piped ? { output: lines.write } : {}),
      });
    } finally {
      lines.end();
      out.event({ event: "task-end", task: name });
    }
  }, request.parallel ?? navigator.hardwareConcurrency);

  report(context, ends);
  return ends.every(({ result }) => result === "ok") ? 0 : 1;
}

/** Where the programs these tasks declare may be: they are looked for here, because a task may not look. */
function placesOf(tasks: Readonly<Record<string, TaskData>>, order: readonly string[], root: string): string[] {
  const dirs = (readEnv("PATH") ?? "").split(":").filter((dir) => dir.startsWith("/"));
  const names = order.map((name) => tasks[name]!.permissions?.run ?? []).flatMap((list) => list === true ? [] : list);
  return names.flatMap((name) => name.includes("/") ? [resolve(root, name)] : dirs.map((dir) => `${dir}/${name}`));
}

/** Names of the variables these tasks may see; `*` for all. */
function variablesOf(tasks: Readonly<Record<string, TaskData>>, order: readonly string[]): string[] {
  const declared = order.map((name) => tasks[name]!.permissions?.env ?? []);
  return declared.includes(true) ? ["*"] : [...commonEnv, ...declared.flatMap((list) => list === true ? [] : list)];
}

function readAll(names: readonly string[]): Record<string, string> {
  const read = names.map((name) => [name, readEnv(name)] as const);
  return Object.fromEntries(read.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

/** Root causes first, then what they stopped. */
function report({ out }: AnyContext, ends: readonly TaskEnd[]): void {
  const failed = ends.filter((end) => end.result === "failed");
  if (out.mode !== "text") {
    out.result({ tasks: ends.map((end) => end.result === "failed" ? { ...end, ...errorJson(end.error) } : end) });
    return;
  }
  for (const end of failed) out.io.stderr(errorText(end.error, out.errStyle));
  for (const end of ends) {
    if (end.result === "stopped") {
      out.io.stderr(`${out.errStyle.yellow("not run:")} ${end.task}, because ${end.because} failed\n`);
    }
  }
}

/** Opens hosts when the first command for one comes: most tasks have none. */
function lazyHosts({ services }: AnyContext, project: CliProject): { readonly exec: Exec } & AsyncDisposable {
  let opened: Promise<{ readonly exec: Exec } & AsyncDisposable> | undefined;
  return {
    exec: async (...call) => {
      opened ??= services.api().then((api) => api.openHosts(project));
      return await (await opened).exec(...call);
    },
    [Symbol.asyncDispose]: async () => {
      await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}

/** How the task's process finds modules: as the sandbox did when it evaluated the same file. */
function resolutionOf(project: CliProject): string[] {
  if (!project.configUrl.startsWith("file:")) {
    const map = JSON.stringify({ imports: { [apiName]: apiUrl() } });
    return ["--no-config", `--import-map=data:application/json,${encodeURIComponent(map)}`];
  }
  for (let dir = project.root;; dir = dirname(dir)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      if (existsSync(join(dir, name))) return [`--config=${join(dir, name)}`];
    }
    if (dir === dirname(dir)) return ["--no-config"];
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
