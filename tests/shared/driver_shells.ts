/** The shells a driver has to run in, each as the `sh` of a PATH, and a home to run it in. */
import assert from "node:assert/strict";
import { driverExecutor, type ExecutorOptions } from "../../lib/execute/driver_executor.ts";
import type { DeployExecutor, ProgramEnd } from "../../lib/execute/executor.ts";
import { type Frame, payloadText } from "../../lib/execute/frames.ts";
import { localTransport } from "../../lib/execute/transport/local.ts";
import type { Transport } from "../../lib/execute/transport.ts";
import { busyBox } from "./busybox.ts";
import { tempDir } from "./tmp.ts";

/** What is called `sh`; `busybox` has its own tools and no others. */
export const shells = ["dash", "bash", "busybox"] as const;
export type ShellName = (typeof shells)[number];

/** A PATH whose `sh` is the wanted one. */
export async function shellPath(shell: ShellName): Promise<{ readonly path: string } & AsyncDisposable> {
  if (shell === "busybox") {
    const box = await busyBox();
    return { path: box.bin, [Symbol.asyncDispose]: () => box[Symbol.asyncDispose]() };
  }
  const dir = await tempDir();
  await Deno.symlink(`/bin/${shell}`, dir.join("sh"));
  return {
    path: `${dir.path}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** Executors on one home, all with the same PATH. */
export interface ShellRig extends AsyncDisposable {
  readonly home: string;
  readonly path: string;
  /** A further one, as another charly would open it. */
  open(options?: ExecutorOptions): { readonly executor: DeployExecutor; readonly transport: Transport };
}

/** @param path where programs are looked for */
export async function shellRig(path: string): Promise<ShellRig> {
  const home = await tempDir();
  const opened: DeployExecutor[] = [];
  return {
    home: home.path,
    path,
    open(options = {}) {
      const transport = localTransport({ env: { HOME: home.path, PATH: path }, home: home.path });
      const executor = driverExecutor(transport, options);
      opened.push(executor);
      return { executor, transport };
    },
    async [Symbol.asyncDispose]() {
      for (const executor of opened) await executor.close();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** What a program said, frame by frame, and how it ended. */
export interface Said {
  readonly frames: readonly Frame[];
  readonly end: ProgramEnd;
  /** `<type> <step> <first args>: <text>` of every frame but output. */
  readonly lines: readonly string[];
  /** Output of all acts. */
  readonly output: string;
}

/** Runs a program and gathers everything. */
export async function say(executor: DeployExecutor, program: string, options: {
  readonly onFrame?: (frame: Frame) => void | Promise<void>;
  readonly signal?: AbortSignal;
  readonly kill?: AbortSignal;
} = {}): Promise<Said> {
  const frames: Frame[] = [];
  const end = await executor.run(program, {
    level: "user",
    ...options,
    onFrame: (frame) => {
      frames.push(frame);
      return options.onFrame?.(frame);
    },
  });
  const output = new TextDecoder();
  return {
    frames,
    end,
    lines: frames.filter((it) => it.type !== "O").map((it) =>
      `${it.type} ${[it.step, ...it.args].join(" ")}: ${payloadText(it)}`
    ),
    output: frames.filter((it) => it.type === "O").map((it) => output.decode(it.payload, { stream: true })).join(""),
  };
}

/** Opens a run under its lock. */
export async function begin(executor: DeployExecutor, run = 1): Promise<void> {
  const { end, lines } = await say(executor, `RUN=r0000000${run}-00000000\nhold 5 tester && run_open || HALT=failed`);
  assert.equal(end.reason, "done", lines.join("\n"));
}

/** Waits for `found` to become true: processes and files tell nobody when they change. */
export async function eventually(what: string, found: () => boolean | Promise<boolean>, seconds = 15): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (!await found()) {
    if (Date.now() > until) assert.fail(`after ${seconds} s still not so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether a process is there and more than a corpse. */
export function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

/** The numbers a program wrote into a file, once they are there. */
export async function numbersIn(path: string, count: number): Promise<number[]> {
  let numbers: number[] = [];
  await eventually(`${count} numbers in ${path}`, () => {
    try {
      numbers = Deno.readTextFileSync(path).split("\n").filter((it) => it !== "").map(Number);
    } catch {
      return false;
    }
    return numbers.length >= count;
  });
  return numbers;
}
