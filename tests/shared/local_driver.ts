/** A driver of this machine in a home of its own, under the lock of a run: programs in, frames out. */
import { type Frame, payloadText } from "../../lib/execute/frames.ts";
import type { ShellBlob } from "../../lib/execute/executor.ts";
import { DriverShell } from "../../lib/execute/shell.ts";
import { localTransport } from "../../lib/execute/transport/local.ts";
import { type TempDir, tempDir } from "./tmp.ts";

/** How one act or item ended. */
export interface EndFrame {
  readonly state: string;
  readonly code: number;
  readonly message: string;
}

/** What a program gave. */
export interface Given {
  readonly reason: string;
  readonly frames: readonly Frame[];
  /** End frames by act number. */
  readonly ended: ReadonlyMap<number, EndFrame>;
  /** Texts of warnings. */
  readonly warnings: readonly string[];
}

/** A running driver; leaves and removes its home when its scope ends. */
export interface LocalDriver extends AsyncDisposable {
  readonly dir: TempDir;
  readonly home: string;
  readonly store: string;
  readonly shell: DriverShell;
  /** Runs a program; the first one takes the lock and opens the run. */
  run(program: string, blobs?: readonly ShellBlob[]): Promise<Given>;
  /** The journal so far, record by record without numbers: `B 1`, `E 1 0 ok 0`. */
  journal(): Promise<string[]>;
}

/** Name of the run all programs of a driver belong to. */
export const runName = "r00000001-00c0ffee";

/**
 * @param options.sh program that `sh` stands for; the system's own by default
 * @param options.files what the home holds at first
 * @param options.hold whether the first program takes the lock
 */
export async function localDriver(
  options: { sh?: string; files?: Readonly<Record<string, string>>; hold?: boolean; env?: Record<string, string> } = {},
): Promise<LocalDriver> {
  const dir = await tempDir({ "home/.keep": "", "bin/.keep": "" });
  await Deno.remove(dir.join("home/.keep"));
  if (options.sh !== undefined) await Deno.symlink(options.sh, dir.join("bin/sh"));
  const home = dir.join("home");
  for (const [path, text] of Object.entries(options.files ?? {})) await dir.write({ [`home/${path}`]: text });
  const path = `${dir.join("bin")}:/usr/sbin:/usr/bin:/sbin:/bin`;
  const transport = localTransport({ env: { HOME: home, PATH: path, ...options.env }, home });
  const shell = await DriverShell.open(transport, { level: "user", privilege: { kind: "login" } });
  const store = `${home}/.config/opencharly/installed/engine`;
  let seq = 0;
  let held = options.hold === false;
  const driver: LocalDriver = {
    dir,
    home,
    store,
    shell,
    async run(program, blobs = []) {
      const frames: Frame[] = [];
      if (!held) await shell.run(`RUN=${runName}\nhold 5 test && run_open\n`);
      held = true;
      const end = await shell.run(program, { seq, blobs, onFrame: (frame) => void frames.push(frame) });
      seq = end.seq;
      const ended = frames.filter(({ type }) => type === "E").map((frame): [number, EndFrame] => {
        const [code, state = ""] = frame.args;
        return [Number(frame.step), { code: Number(code), state, message: payloadText(frame) }];
      });
      const warnings = frames.filter(({ type }) => type === "W").map(payloadText);
      return { reason: end.reason, frames, ended: new Map(ended), warnings };
    },
    async journal() {
      const text = await Deno.readTextFile(`${store}/runs/${runName}/journal`);
      return text.split("\n").filter((line) => line !== "").map((line) => line.split("\t").slice(1, -1).join(" "));
    },
    async [Symbol.asyncDispose]() {
      await shell.close();
      await transport.close();
      await dir[Symbol.asyncDispose]();
    },
  };
  return driver;
}
