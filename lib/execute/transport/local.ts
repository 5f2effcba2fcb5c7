/** Programs on this machine. */
import { CharlyError } from "../../base/errors.ts";
import type { Channel, Transport } from "../transport.ts";
import { Slots } from "./slots.ts";
import { endableReadable, endableWritable } from "./streams.ts";

/** How {@link localTransport} starts programs. */
export interface LocalTransportOptions {
  /** The whole environment of the programs; nothing is inherited beside it. @default {the environment of this process} */
  readonly env?: Readonly<Record<string, string>>;
  /** Where programs start, and their HOME. @default {HOME of `env`, else `/`} */
  readonly home?: string;
}

/**
 * Runs `/bin/sh -c <command>` here, in a process session of its own: Ctrl-C on the terminal reaches charly only, which then
 * decides what becomes of the running step.
 */
export function localTransport(options: LocalTransportOptions = {}): Transport {
  const given = options.env ?? Deno.env.toObject();
  const home = options.home ?? given.HOME ?? "/";
  const env = { ...given, HOME: home };
  const slots = new Slots(6);
  const open = new Set<Channel>();
  let closed = false;

  return {
    venue: "local",
    async open(command) {
      const release = await slots.take();
      try {
        const channel = start(command, home, env);
        open.add(channel);
        channel.ended.then(() => {
          open.delete(channel);
          release();
        });
        return channel;
      } catch (error) {
        release();
        throw error;
      }
    },
    close() {
      if (!closed) {
        closed = true;
        slots.close(new CharlyError("open local: the transport is closed", { code: "closed" }));
        for (const channel of open) channel.close();
      }
      return Promise.resolve();
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

function start(command: string, home: string, env: Record<string, string>): Channel {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("/usr/bin/env", {
      // `env` finds setsid wherever this distribution keeps it; a child of ours never leads a group, so setsid does not fork
      args: ["setsid", "/bin/sh", "-c", command],
      cwd: home,
      env,
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new CharlyError(`start a program in ${home}: ${error instanceof Error ? error.message : error}`, {
      hint: `check that the directory ${home} exists and that --allow-run=/usr/bin/env was granted`,
      code: "unreachable",
      cause: error,
    });
  }
  const stdin = endableWritable(child.stdin);
  const stdout = endableReadable(child.stdout);
  const stderr = endableReadable(child.stderr);
  let cut!: () => void;
  const ended = Promise.race([
    child.status.then(({ code, signal }) => signal === null ? { code } : { code: undefined, signal }),
    new Promise<{ code: undefined }>((resolve) => cut = () => resolve({ code: undefined })),
  ]);
  return {
    stdin: stdin.stream,
    stdout: stdout.stream,
    stderr: stderr.stream,
    ended,
    close() {
      cut();
      stdin.fail(new CharlyError("write: the channel is closed", { code: "closed" }));
      stdout.end();
      stderr.end();
      child.unref(); // a program that outlives its channel does not keep charly alive
    },
  };
}
