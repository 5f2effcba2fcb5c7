/** Ways to a host that is not reached by TCP from here: a ProxyCommand, and the list of a ProxyJump. */
import { setImmediate } from "node:timers";
import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { connectError, shown } from "./failure.ts";
import { expandProxyCommand, type SshSettings } from "./ssh_config.ts";

/** A byte stream to an SSH server, with what to close behind it. */
export interface Way {
  readonly stream: Duplex;
  /** What to say when the stream ends before the server spoke; undefined for a plain socket. */
  readonly failure?: () => Error | undefined;
  close(): void;
}

/** Starts the ProxyCommand of `settings` and speaks through its standard streams. */
export function proxyCommandWay(
  settings: SshSettings,
  venue: string,
  env?: Readonly<Record<string, string | undefined>>,
): Way {
  const command = expandProxyCommand(settings.proxyCommand ?? "", settings, env);
  // with an environment of its own, node does not ask for the whole of ours
  const child = spawn("/bin/sh", ["-c", `exec ${command}`], {
    stdio: ["pipe", "pipe", "pipe"],
    ...(env === undefined ? {} : { env: { ...env } }),
  });
  let complaint = "", failed: Error | undefined;
  child.stderr.on(
    "data",
    (bytes: Uint8Array) => complaint = (complaint + new TextDecoder().decode(bytes)).slice(-2000),
  );
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void child.stdout.resume(),
    // a broken pipe is not reported here: the end of the command, which follows, says why
    write: (chunk, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => {
      child.stdin.end();
      done();
    },
    destroy: (_error, done) => {
      child.kill();
      done(null);
    },
  });
  const over = (found: string) => {
    failed ??= connectError(
      "proxy-failed",
      venue,
      `ProxyCommand ${found}${complaint === "" ? "" : ` (${shown(complaint)})`}`,
      `run it by hand: ${command}`,
    );
    stream.push(null);
  };
  child.stdout.on("data", (bytes: Uint8Array) => stream.push(bytes) || child.stdout.pause());
  child.stdin.on("error", () => {}); // the exit below says it
  child.on("error", (error: Error) => over(`could not start: ${error.message}`));
  child.on("close", (code: number | null, signal: string | null) => over(`ended with ${code ?? signal}`));
  return { stream, failure: () => failed, close: () => stream.destroy() };
}

/**
 * A jump host's channel as the stream of the next connection, with every write put off to the next turn. ssh2 hands out bytes in
 * the middle of encrypting a packet, and all its chacha20 ciphers share one nonce buffer: written straight through, the outer
 * connection would encrypt inside the inner one's encryption and spoil it ("Invalid ssh2 packet type").
 */
export function decoupled(channel: Duplex): Duplex {
  const stream = new Duplex({
    allowHalfOpen: false, // the end of one half is the end, as on a socket
    read: () => void channel.resume(),
    write: (chunk, _encoding, done) => setImmediate(() => void channel.write(chunk, () => done())),
    // not awaited: ssh2 never answers a write or an end on a channel that is gone
    final: (done) => {
      setImmediate(() => channel.end());
      done();
    },
    destroy: (_error, done) => {
      channel.destroy();
      done(null);
    },
  });
  const over = () => {
    if (!stream.readableEnded && !stream.destroyed) stream.push(null);
  };
  channel.on("data", (bytes: Uint8Array) => stream.push(bytes) || channel.pause());
  channel.once("end", over);
  channel.once("close", () => {
    over();
    setImmediate(() => stream.destroy());
  });
  channel.on("error", () => {}); // the end that follows is what counts
  return stream;
}
