/** Starts a `deno` of our own kind: cleared environment, bounded time, memory and output. */
import { GrowingBuffer } from "./growing_buffer.ts";

/** What to start and how far it may go. */
export interface DenoRun {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Given on standard input. */
  readonly input?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly wallMs: number;
  /** Resident memory, in MiB. Not watched when absent. */
  readonly memoryMiB?: number;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** Called with all of stdout after each chunk; true ends the process: all that was wanted is there. */
  readonly done?: (stdout: GrowingBuffer) => boolean;
}

/** How it ended. */
export interface DenoEnd {
  /** `exit` by itself, `done` when `done()` said so, else the limit that ended it. */
  readonly reason: "exit" | "done" | "time" | "memory" | "output";
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** Runs `deno`, this very one, and waits for its end; never leaves it behind. */
export async function runDeno(run: DenoRun): Promise<DenoEnd> {
  const [program, args] = guarded(run);
  const child = new Deno.Command(program, {
    args,
    cwd: run.cwd,
    env: run.env,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let reason: DenoEnd["reason"] = "exit";
  const end = (why: DenoEnd["reason"]): void => {
    if (reason !== "exit") return;
    reason = why;
    try {
      child.kill("SIGKILL");
    } catch {
      // it ended in the same moment
    }
  };
  const timer = setTimeout(() => end("time"), run.wallMs);
  const watch = run.memoryMiB === undefined ? undefined : watchMemory(child.pid, run.memoryMiB, () => end("memory"));
  const stdout = new GrowingBuffer();
  const stderr = new GrowingBuffer();
  try {
    const [status] = await Promise.all([
      child.status,
      feed(child.stdin, run.input ?? ""),
      drain(child.stdout, stdout, run.stdoutBytes, () => end("output"), () => run.done?.(stdout) && end("done")),
      drain(child.stderr, stderr, run.stderrBytes, () => end("output")),
    ]);
    return {
      reason,
      code: status.code,
      signal: status.signal,
      stdout: stdout.bytes(),
      stderr: new TextDecoder().decode(stderr.bytes()),
    };
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
  }
}

async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // it ended before reading everything: its status tells why
  }
}

async function drain(
  stream: ReadableStream<Uint8Array>,
  into: GrowingBuffer,
  limit: number,
  overflow: () => void,
  seen?: () => void,
): Promise<void> {
  for await (const chunk of stream) {
    if (into.length > limit) continue; // already ended, the pipe only has to run dry
    into.push(chunk);
    seen?.();
    if (into.length > limit) overflow();
  }
}

/** What V8 reserves and never touches counts for the data segment too. */
const reservedMiB = 512;

/**
 * The command itself, behind a shell that sets limits where one may be started: processor time, so that a loop ends even when
 * nobody is left to end it; no core file; and the data segment, which counts array buffers too. (`/proc` shows the real use,
 * but Deno shows `/proc` only to a process with every permission.)
 */
function guarded(run: DenoRun): [string, string[]] {
  const deno = Deno.execPath();
  if (run.memoryMiB === undefined || Deno.build.os === "windows") return [deno, [...run.args]];
  if (Deno.permissions.querySync({ name: "run", command: "/bin/sh" }).state !== "granted") return [deno, [...run.args]];
  const script = '{ ulimit -c 0; ulimit -t "$1"; ulimit -d "$2"; } 2>/dev/null; shift 2; exec "$@"';
  const seconds = 2 * Math.ceil(run.wallMs / 1000) + 1;
  const dataKiB = (run.memoryMiB + reservedMiB) * 1024;
  return ["/bin/sh", ["-c", script, "sh", String(seconds), String(dataKiB), deno, ...run.args]];
}

function watchMemory(pid: number, limitMiB: number, over: () => void): ReturnType<typeof setInterval> | undefined {
  try {
    Deno.readTextFileSync(`/proc/${pid}/status`);
  } catch {
    return undefined; // not on this system, or not for us
  }
  return setInterval(() => {
    try {
      const kib = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
      if (kib !== undefined && Number(kib) > limitMiB * 1024) over();
    } catch {
      // it has ended
    }
  }, 10);
}
