/** An executor that remembers what was asked of it: in front of another one, or alone, for tests without any machine. */
import { CharlyError } from "../base/errors.ts";
import type { DeployExecutor, ExecutorLevel, ProgramEnd, ProgramOptions } from "./executor.ts";
import type { Frame } from "./frames.ts";

/** One thing that was asked. */
export type RecordedCall =
  | { readonly call: "probe"; readonly level: ExecutorLevel }
  | {
    readonly call: "run";
    readonly level: ExecutorLevel;
    readonly program: string;
    /** Names and sizes of what was sent ahead. */
    readonly blobs: readonly { readonly name: string; readonly size: number }[];
    /** Every frame that came back, and how it ended; absent while it runs or when it threw. */
    readonly frames: readonly Frame[];
    end?: ProgramEnd;
  }
  | {
    readonly call: "put";
    readonly level: ExecutorLevel;
    readonly path: string;
    readonly mode: string;
    readonly sha256: string;
  }
  | { readonly call: "get"; readonly level: ExecutorLevel; readonly path: string };

/** A machine that is not there, as a test describes it. */
export interface ImaginedMachine {
  readonly venue?: string;
  /** The text of a driver's hello. @default {a root login without tools} */
  readonly hello?: (level: ExecutorLevel) => string;
  /** Frames and end of a program. @default {no frames, `done`} */
  readonly run?: (
    program: string,
    level: ExecutorLevel,
  ) => { readonly frames?: readonly Frame[]; readonly reason?: string };
}

/** An executor with its memory. */
export interface RecordingExecutor extends DeployExecutor {
  readonly calls: readonly RecordedCall[];
}

/** Remembers every call and passes it on to `inner`, which is closed with it. */
export function recordingExecutor(inner: DeployExecutor): RecordingExecutor {
  const calls: RecordedCall[] = [];
  return {
    calls,
    venue: inner.venue,
    probe(level) {
      calls.push({ call: "probe", level });
      return inner.probe(level);
    },
    async run(program, options) {
      const frames: Frame[] = [];
      const blobs = (options.blobs ?? []).map(({ name, size }) => ({ name, size }));
      const call: RecordedCall = { call: "run", level: options.level, program, blobs, frames };
      calls.push(call);
      call.end = await inner.run(program, {
        ...options,
        onFrame: (frame) => {
          frames.push(frame);
          return options.onFrame?.(frame);
        },
      });
      return call.end;
    },
    put(path, source, options) {
      calls.push({ call: "put", level: options.level, path, mode: options.mode, sha256: options.sha256 });
      return inner.put(path, source, options);
    },
    get(path, options) {
      calls.push({ call: "get", level: options.level, path });
      return inner.get(path, options);
    },
    isOpen: (level) => inner.isOpen(level),
    close: () => inner.close(),
    [Symbol.asyncDispose]: () => inner.close(),
  };
}

/** A machine in memory: programs are answered as told, files that were put can be got. */
export function imaginedExecutor(machine: ImaginedMachine = {}): DeployExecutor {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const opened = new Set<ExecutorLevel>();
  let closed = false;
  const used = (level: ExecutorLevel) => {
    if (closed) throw new CharlyError("use an executor: it is closed", { code: "closed" });
    opened.add(level);
  };
  return {
    venue: machine.venue ?? "imagined",
    // deno-lint-ignore require-await -- a promise that rejects is what callers of the contract expect
    async probe(level) {
      used(level);
      return machine.hello?.(level) ?? bareHello;
    },
    async run(program, options: ProgramOptions & { readonly level: ExecutorLevel }) {
      used(options.level);
      const { frames = [], reason = "done" } = machine.run?.(program, options.level) ?? {};
      for (const frame of frames) await options.onFrame?.(frame);
      return { reason, seq: options.seq ?? 0 };
    },
    async put(path, source, options) {
      used(options.level);
      files.set(path, new Uint8Array(await new Response(ReadableStream.from(source.open())).arrayBuffer()));
      return { resumed: 0 };
    },
    get(path, options) {
      used(options.level);
      const bytes = files.get(path);
      if (bytes !== undefined) return new Blob([bytes]).stream();
      return new ReadableStream({
        start: (controller) =>
          controller.error(
            new CharlyError(`get ${path}: no such file`, { hint: "put it first", code: "get-failed" }),
          ),
      });
    },
    isOpen: (level) => opened.has(level),
    close() {
      closed = true;
      return Promise.resolve();
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}

const bareHello = "uid=0\ngid=0\nuser=root\nhome=/root\nshell=/bin/sh\nhost=imagined\nboot=0\nuptime=1\npid1=init\n" +
  "machine=x86_64\nglibc=\npath=/usr/bin:/bin\nruntime=\npid=1\ntools=\nos-release:\nID=debian\nVERSION_ID=12\n";
