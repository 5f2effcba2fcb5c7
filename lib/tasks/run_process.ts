/** One task in one process: starts it, answers its requests for hosts, passes its output on, and tells how it ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { CharlyError } from "../base/errors.ts";
import { fromBase64, type FromTask, type RemoteRequest, toBase64, type ToTask } from "./protocol.ts";
import { renderScript } from "./render.ts";

/** Runs shell text on a bundle's host; `lib/deploy/contract.ts` has the same shape. */
export type Exec = (
  bundle: string,
  script: string,
  io: {
    readonly stdin?: Uint8Array;
    readonly stdout: (bytes: Uint8Array) => void;
    readonly stderr: (bytes: Uint8Array) => void;
    readonly signal?: AbortSignal;
  },
) => Promise<{ readonly code: number }>;

/** What a task's process is started from. */
export interface TaskRun {
  readonly task: string;
  /** Address of the configuration's module. */
  readonly configUrl: string;
  /** The project's directory: where the process runs, and whose deno.json resolves its imports. */
  readonly root: string;
  /** Flags before the permissions: configuration file, import map. */
  readonly resolution: readonly string[];
  readonly permissions: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly programs: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, unknown>>;
  readonly bundles: readonly string[];
  readonly exec: Exec;
  /** Gets the output in pieces; without it the task has the terminal to itself. */
  readonly output?: (stream: 1 | 2, bytes: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

/** How long a task that was told to end may take, in milliseconds. */
const grace = 5000;

/**
 * Runs the task to its end.
 *
 * @throws CharlyError when its function threw, or its process ended without a word
 */
export async function runTaskProcess(run: TaskRun): Promise<void> {
  const child = spawn(Deno.execPath(), [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-check",
    ...run.resolution,
    ...withImports(run.permissions, [childUrl(), run.configUrl]),
    explicit,
    entry(run.configUrl, run.permissions),
  ], {
    cwd: run.root,
    env: { ...run.env },
    stdio: run.output === undefined ? ["inherit", "inherit", "inherit", "ipc"] : ["ignore", "pipe", "pipe", "ipc"],
  });
  let verdict: FromTask | undefined;
  const cancel = new AbortController();
  child.stdout?.on("data", (bytes: Uint8Array) => run.output?.(1, bytes));
  child.stderr?.on("data", (bytes: Uint8Array) => run.output?.(2, bytes));
  child.on("message", (message) => {
    const said = message as FromTask;
    if (said.kind === "ready") {
      tell(child, {
        kind: "start",
        task: run.task,
        args: run.args,
        env: run.env,
        cwd: run.root,
        programs: run.programs,
        bundles: run.bundles,
      });
    } else if (said.kind === "run") void answer(child, said, run, cancel.signal);
    else verdict = said;
  });
  const stop = () => {
    child.kill("SIGTERM");
    timer = setTimeout(() => child.kill("SIGKILL"), grace);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  run.signal?.addEventListener("abort", stop, { once: true });
  try {
    const { code, signal } = await ended(child);
    if (verdict?.kind === "done") return;
    if (verdict?.kind === "failed") throw failure(run.task, verdict);
    const how = signal === null ? `exit code ${code}` : signal;
    throw new CharlyError(`run task ${run.task}: its process ended before the task did (${how})`, {
      hint:
        "read its output above; a task must not call Deno.exit, and the configuration must load with its permissions",
      code: "task-ended",
    });
  } finally {
    // What the task began on hosts and did not wait for ends with it.
    cancel.abort();
    run.signal?.removeEventListener("abort", stop);
    clearTimeout(timer);
  }
}

/**
 * node's way to start a program adds `-A` to a Deno without any `--allow-…` or `--deny-…` of its own. This one names a
 * variable that does not exist.
 */
const explicit = "--allow-env=CHARLY_TASK";

/** Refuses to go on when more is granted than was declared, whatever the reason: a task with too much looks like one that works. */
function guard(flags: readonly string[]): string {
  const whole = flags.filter((flag) => /^--allow-\w+$/.test(flag)).map((flag) => flag.slice("--allow-".length));
  const kinds = ["read", "write", "net", "run", "env", "sys", "ffi"].filter((kind) => !whole.includes(kind));
  const source = `for (const name of ${JSON.stringify(kinds)}) {
  if (Deno.permissions.querySync({ name }).state !== "granted") continue;
  console.error("error: start task: its process may " + name + " everything, which it did not declare");
  Deno.exit(70);
}`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** Where the task's side of us is. */
function childUrl(): string {
  return new URL("./child.ts", import.meta.url).href;
}

/** The flags, with the hosts our own part and the configuration are served from: these were asked for by who started us. */
function withImports(flags: readonly string[], urls: readonly string[]): string[] {
  const hosts = urls.filter((url) => /^https?:/.test(url)).map((url) => {
    const { hostname, port, protocol } = new URL(url);
    return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
  });
  const given = flags.find((flag) => /^--allow-import(=|$)/.test(flag));
  if (hosts.length === 0 || given === "--allow-import") return [...flags];
  const listed = given === undefined ? [] : given.slice("--allow-import=".length).split(",");
  return [...flags.filter((flag) => flag !== given), `--allow-import=${[...new Set([...listed, ...hosts])].join(",")}`];
}

/** The module that the process runs. A static import takes no permission, a computed one would. */
function entry(configUrl: string, flags: readonly string[]): string {
  const source =
    `import ${JSON.stringify(guard(flags))};\nimport { serve } from ${
      JSON.stringify(childUrl())
    };\nimport * as config from ${JSON.stringify(configUrl)};\n` +
    "await serve(config);\n";
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

async function answer(child: ChildProcess, request: RemoteRequest, run: TaskRun, signal: AbortSignal): Promise<void> {
  const { id, bundle, stdin } = request;
  try {
    if (!run.bundles.includes(bundle)) throw new CharlyError(`run on ${bundle}: there is no such bundle`);
    const { code } = await run.exec(bundle, renderScript(request), {
      ...(stdin === undefined ? {} : { stdin: fromBase64(stdin) }),
      stdout: (bytes) => tell(child, { kind: "output", id, stream: 1, data: toBase64(bytes) }),
      stderr: (bytes) => tell(child, { kind: "output", id, stream: 2, data: toBase64(bytes) }),
      signal,
    });
    tell(child, { kind: "exit", id, code });
  } catch (error) {
    const hint = error instanceof CharlyError ? error.hint : undefined;
    const message = error instanceof Error ? error.message : String(error);
    tell(child, { kind: "refused", id, message, ...(hint === undefined ? {} : { hint }) });
  }
}

/** A task that has gone needs no answer. */
function tell(child: ChildProcess, message: ToTask): void {
  if (child.connected) child.send(message, () => {});
}

function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    // `close`, not `exit`: output may still be on its way.
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
}

function failure(task: string, { message, hint, stack, code }: Extract<FromTask, { kind: "failed" }>): CharlyError {
  return new CharlyError(`run task ${task}: ${message.split("\n")[0]}`, {
    code: "task-failed",
    hint: advice(message, code) ?? hint ?? whereThrown(stack) ?? "read its output above",
  });
}

/** What a missing permission looks like from inside. */
function advice(message: string, code: number | undefined): string | undefined {
  const denied = /Requires (\w+) access(?: to ("[^"]+"))?/.exec(message);
  if (denied !== null) return `declare it: permissions: { ${denied[1]}: [${denied[2] ?? '"…"'}] }`;
  // A program that was not declared is not looked for.
  if (code === 127) return 'declare the program: permissions: { run: ["…"] }';
  return undefined;
}

/** The first place in the project's own code. */
function whereThrown(stack: string | undefined): string | undefined {
  // deno-lint-ignore no-control-regex -- colours
  const lines = (stack ?? "").replace(/\x1b\[[0-9;]*m/g, "").split("\n").map((line) => line.trim());
  const place = lines.find((line) => /^at .*(?:file|https?):/.test(line) && !/\/npm\/|\/lib\/tasks\//.test(line));
  return place === undefined ? undefined : `it was thrown ${place}`;
}
