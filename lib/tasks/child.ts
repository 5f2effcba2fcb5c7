/**
 * Runs inside a task's process: takes the task from the configuration, gives it `$`, `hosts` and `args`, and reports.
 * Whatever it needs of the outside comes over the channel, so that it needs no permission of its own.
 */
import process from "node:process";
import { localShell } from "./local_shell.ts";
import type { FromTask, ToTask } from "./protocol.ts";
import { bytesOf, remoteShell } from "./remote_shell.ts";

type Start = Extract<ToTask, { kind: "start" }>;
type Pending = {
  output: (stream: 1 | 2, bytes: Uint8Array) => void;
  end: (code: number) => void;
  fail: (error: Error) => void;
};

/** What a task may throw: errors of charly and of shells say more. */
type Thrown = Error & { readonly hint?: unknown; readonly exitCode?: unknown };

/**
 * Runs the task that the parent names.
 *
 * @param config the configuration module's namespace
 */
export async function serve(config: { readonly default?: unknown }): Promise<void> {
  const pending = new Map<number, Pending>();
  const started = Promise.withResolvers<Start>();
  process.on("message", (message: ToTask) => {
    if (message.kind === "start") return started.resolve(message);
    const waiting = pending.get(message.id);
    if (message.kind === "output") return waiting?.output(message.stream, bytesOf(message.data));
    pending.delete(message.id);
    if (message.kind === "exit") waiting?.end(message.code);
    else waiting?.fail(Object.assign(new Error(message.message), { name: "HostError", hint: message.hint }));
  });
  // Without a parent nobody reads what the task finds out.
  process.on("disconnect", () => Deno.exit(1));
  await send({ kind: "ready" });
  const start = await started.promise;
  try {
    await find(config.default, start.task)(contextOf(start, pending));
    await send({ kind: "done" });
    Deno.exit(0);
  } catch (error) {
    const thrown: Thrown = error instanceof Error ? error : new Error(String(error));
    const { message, hint, stack, exitCode } = thrown;
    await send({
      kind: "failed",
      message,
      ...(typeof hint === "string" ? { hint } : {}),
      ...(stack === undefined ? {} : { stack }),
      ...(typeof exitCode === "number" ? { code: exitCode } : {}),
    });
    Deno.exit(1);
  }
}

function contextOf(start: Start, pending: Map<number, Pending>) {
  let id = 0;
  const show = (stream: 1 | 2, bytes: Uint8Array) => {
    const to = stream === 1 ? Deno.stdout : Deno.stderr;
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(to.writeSync(rest));
  };
  const hosts = Object.fromEntries(start.bundles.map((bundle) => [bundle, {
    $: remoteShell(bundle, async (request, output) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      pending.set(++id, { output, end: resolve, fail: reject });
      await send({ kind: "run", id, ...request });
      return await promise;
    }, show),
  }]));
  return { $: localShell(start), hosts, args: start.args };
}

/** The task's function: in the configuration itself, or in one it takes in. */
function find(config: unknown, name: string): (context: unknown) => unknown {
  const { tasks, extend } = (config ?? {}) as {
    tasks?: Record<string, { run?: unknown }>;
    extend?: readonly unknown[];
  };
  if (tasks !== undefined && Object.hasOwn(tasks, name)) {
    const { run } = tasks[name]!;
    if (typeof run === "function") return run as (context: unknown) => unknown;
    return () => undefined;
  }
  for (const other of extend ?? []) {
    if (has(other, name)) return find(other, name);
  }
  throw new Error(`find task: the configuration does not hold "${name}"`);
}

function has(config: unknown, name: string): boolean {
  const { tasks, extend } = (config ?? {}) as { tasks?: object; extend?: readonly unknown[] };
  return (tasks !== undefined && Object.hasOwn(tasks, name)) || (extend ?? []).some((other) => has(other, name));
}

/** Resolves when the message has left. */
function send(message: FromTask): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send!(message, undefined, undefined, (error) => error ? reject(error) : resolve());
  });
}
