/** The delaying relay from the side of the bench. */
import { fileURLToPath } from "node:url";

/** What went through since the last look. */
export interface Traffic {
  readonly connections: number;
  /** Bytes from the clients to the server, as encrypted. */
  readonly sent: number;
  readonly received: number;
  /** Exchanges that had to wait for one another, summed over the connections, TCP handshakes included. */
  readonly roundTrips: number;
}

/** A relay in front of a port of loopback. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** Round-trip time in ms. */
  readonly ms: number;
  /** What went through since the last call. */
  take(): Promise<Traffic>;
  /** Seconds of CPU the relay has used so far: it must not be what bounds a figure. */
  cpu(): number;
}

/** Starts a relay of `ms` milliseconds round trip in front of `port`. */
export async function startRelay(port: number, ms: number): Promise<Relay> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-config", "--allow-net=127.0.0.1"],
      fileURLToPath(new URL("relay_process.ts", import.meta.url)),
      ...[String(port), String(ms)],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const keys = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const line = async () => {
    const { value, done } = await lines.read();
    if (done) throw new Error("the relay has ended");
    return value.trim();
  };
  const own = Number(await line());
  return {
    port: own,
    ms,
    take: async () => {
      await keys.write(new TextEncoder().encode("take\n"));
      return JSON.parse(await line());
    },
    cpu: () => {
      const fields = Deno.readTextFileSync(`/proc/${child.pid}/stat`).split(") ")[1]!.split(" ");
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    [Symbol.asyncDispose]: async () => {
      await keys.close();
      await child.status;
      await lines.cancel();
    },
  };
}
