/** Programs on a machine reached with the system's `ssh`: all of ssh_config, FIDO keys, GSSAPI and host certificates. */
import { quoteWord } from "../../command/quote.ts";
import { CharlyError } from "../../base/errors.ts";
import { controlDir } from "../../base/names.ts";
import type { Channel, Transport } from "../transport.ts";
import { within } from "./deadline.ts";
import { connectError, hostAndPort } from "./failure.ts";
import { Slots } from "./slots.ts";
import { parseSshAddress, type SshAddress } from "./ssh_address.ts";
import { resolveSettings, type SshSettings } from "./ssh_config.ts";
import { explainSshLog } from "./ssh_log.ts";
import { lastHop } from "./jumps.ts";
import { endableReadable, endableWritable } from "./streams.ts";
import { venueOf } from "./venue.ts";

/** How {@link opensshTransport} connects. */
export interface OpensshOptions {
  /** For an address without a user. */
  readonly user?: string;
  /** Instead of `~/.ssh/config` (`ssh -F`). */
  readonly configFile?: string;
  /** The environment of `ssh` (agent socket, HOME). @default {the environment of this process} */
  readonly env?: Readonly<Record<string, string>>;
  /** Options passed to `ssh` before the host. Host key checks cannot be weakened: ours come first, and the first wins. */
  readonly sshArg?: readonly string[];
  /** Milliseconds until a connection must stand, unless ssh_config sets ConnectTimeout. @default {20000} */
  readonly connectTimeout?: number;
  /** Milliseconds between keep-alives (whole seconds); three unanswered ones count as cut. @default {10000} */
  readonly keepalive?: number;
  /** One shared connection through a control socket; false starts one connection per channel. @default {true} */
  readonly master?: boolean;
}

/** Connects with the system's `ssh`. Throws a CharlyError whose code is a `ConnectFailure`. */
export async function opensshTransport(host: string, options: OpensshOptions = {}): Promise<Transport> {
  const parsed = parseSshAddress(host);
  const address = parsed.user === undefined && options.user !== undefined ? { ...parsed, user: options.user } : parsed;
  const settings = await resolveSettings(address, options);
  const dir = await Deno.makeTempDir({ dir: controlDir, prefix: "charly-ssh-" }); // 0700: whoever opens the control socket is us over there
  const transport = new OpensshTransport(address, settings, options, dir, await hopCommand(settings, options));
  try {
    await transport.connect();
    return transport;
  } catch (error) {
    await transport.close();
    throw error;
  }
}

const strict = [
  "BatchMode=yes",
  "StrictHostKeyChecking=yes",
  "UpdateHostKeys=no",
  "ServerAliveCountMax=3",
];

/** Sessions up to which spare ones are given: OpenSSH allows ten on a connection, and two more may still be asked for. */
const spareSessions = 8;

/** Says that the connection stands, and ends it when our end of its stdin is closed: by a SIGKILL, too. */
const readyThenWatch = "exec sh -c 'exec 3<&0; (cat <&3; kill $PPID) >/dev/null 2>&1 & exec 3<&-; echo ready'";

class OpensshTransport implements Transport {
  readonly venue: string;
  readonly remote = true;
  readonly #base: readonly string[];
  readonly #address: SshAddress;
  readonly #settings: SshSettings;
  readonly #options: OpensshOptions;
  readonly #dir: string;
  readonly #slots = new Slots(6);
  readonly #channels = new Set<Channel>();
  #master: Deno.ChildProcess | undefined;
  #over: CharlyError | undefined;
  #count = 0;

  constructor(
    address: SshAddress,
    settings: SshSettings,
    options: OpensshOptions,
    dir: string,
    hop: string | undefined,
  ) {
    this.venue = venueOf(settings);
    this.#address = address;
    this.#settings = settings;
    this.#options = options;
    this.#dir = dir;
    const alive = Math.ceil((options.keepalive ?? 10_000) / 1000);
    const seconds = settings.connectTimeout ?? Math.ceil((options.connectTimeout ?? 20_000) / 1000);
    this.#base = [
      "-T",
      ...[
        ...strict,
        `ServerAliveInterval=${alive}`,
        `ConnectTimeout=${seconds}`,
        ...(hop === undefined ? [] : [`ProxyCommand=${hop}`]),
      ]
        .flatMap((option) => ["-o", option]),
      ...(options.configFile === undefined ? [] : ["-F", options.configFile]),
      ...(address.port === undefined ? [] : ["-p", String(address.port)]),
      ...(address.user === undefined ? [] : ["-l", address.user]),
      ...options.sshArg ?? [],
    ];
  }

  /** Makes the connection once, so that every failure is known now; keeps it as the master when masters are wanted. */
  async connect(): Promise<void> {
    const log = `${this.#dir}/log`;
    const keep = this.#options.master !== false;
    const master = this.#ssh([
      ...(keep ? ["-M", "-S", `${this.#dir}/m`, "-o", "ControlPersist=no"] : ["-S", "none"]),
      "-N",
      ...["LogLevel=DEBUG1", "PermitLocalCommand=yes", `LocalCommand=${keep ? readyThenWatch : "echo ready"}`]
        .flatMap((option) => ["-o", option]),
      ...["-E", log],
      ...this.#base,
      "--",
      this.#address.host,
    ], "piped");
    // the local command runs once we are logged in and the control socket listens
    const ready = master.stdout.getReader();
    const complaint = new Response(master.stderr).text();
    const seconds = (this.#settings.connectTimeout ?? (this.#options.connectTimeout ?? 20_000) / 1000) + 5;
    try {
      const { done } = await within(
        ready.read(),
        seconds * 1000,
        () =>
          connectError(
            "timeout",
            this.venue,
            `ssh was not ready within ${seconds} s`,
            `try \`ssh -v ${this.#address.host}\``,
          ),
      );
      if (done) throw await this.#explain(log, master, complaint);
    } catch (error) {
      await end(master);
      throw error;
    } finally {
      ready.cancel().catch(() => {});
    }
    if (!keep) {
      await Promise.all([end(master), complaint]);
      return;
    }
    this.#master = master;
    complaint.catch(() => {}); // read to its end so that a talkative ssh never blocks
    master.status.then(() => {
      this.#over ??= connectError(
        "cut",
        this.venue,
        "the connection was cut",
        "connect again; what ran there is in the journal of that machine",
      );
      this.#slots.close(this.#over);
    });
  }

  async #explain(log: string, master: Deno.ChildProcess, complaint: Promise<string>): Promise<CharlyError> {
    await master.status;
    const text = await Deno.readTextFile(log).catch(() => "");
    const through = await complaint; // what the ssh of a jump host says, or an error before the log was open
    const own = explainSshLog(text === "" ? through : text, this.#settings, this.venue);
    if (own.code !== "proxy-failed" || through === "") return own;
    const hop = explainSshLog(
      through,
      { ...this.#settings, proxyJump: undefined, proxyCommand: undefined },
      this.venue,
    );
    return connectError(
      "proxy-failed",
      this.venue,
      `${own.message.slice(own.message.indexOf(": ") + 2)}; ${through.trim().split("\n").at(-1)}`,
      own.hint ?? "",
      hop,
    );
  }

  async open(command: string): Promise<Channel> {
    const release = await this.#slots.take();
    try {
      if (this.#over !== undefined) throw this.#over;
      const shared = this.#master === undefined ? undefined : await this.#start(command, true);
      const started = shared ?? await this.#start(command, false);
      return this.#wrap(started!.child, started!.log, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  async spare(command: string): Promise<Channel | undefined> {
    if (this.#master === undefined || this.#over !== undefined || this.#channels.size >= spareSessions) {
      return undefined;
    }
    const started = await this.#start(command, true);
    return started === undefined ? undefined : this.#wrap(started.child, started.log, () => {});
  }

  /**
   * Starts one session, over the master or on a connection of its own. Undefined when the master's server has no session left
   * (MaxSessions). Left alone, ssh would then connect anew by itself, and do so as well when the master has just died, which
   * would run the command on a second connection behind our back: so its own way out is closed (ProxyCommand), and we decide.
   */
  async #start(command: string, shared: boolean): Promise<{ child: Deno.ChildProcess; log: string } | undefined> {
    const log = `${this.#dir}/c${this.#count++}`;
    await Deno.writeTextFile(log, "", { mode: 0o600 });
    const watcher = shared ? Deno.watchFs(log) : undefined; // before ssh starts, so that no line is missed
    const child = this.#ssh([
      ...(shared ? ["-S", `${this.#dir}/m`, "-o", "ProxyCommand=exit 1"] : ["-S", "none"]),
      ...["-o", "ControlMaster=no", "-o", "LogLevel=DEBUG2", "-E", log],
      ...this.#base,
      "--",
      this.#address.host,
      command,
    ], "piped");
    if (watcher === undefined) return { child, log };
    try {
      const answer = await within(
        sessionAnswer(watcher, log, child),
        30_000,
        () => connectError("timeout", this.venue, "no channel was opened within 30 s", "check the load of the machine"),
      );
      if (answer === "open") return { child, log };
      await abandon(child);
      if (answer === "refused") return undefined;
      await within(this.#master!.status, 1000, () => undefined).catch(() => {});
      throw this.#over ?? connectError("cut", this.venue, "the shared connection does not answer", "connect again");
    } catch (error) {
      await abandon(child);
      throw error;
    } finally {
      watcher.close();
    }
  }

  #wrap(child: Deno.ChildProcess, log: string, release: () => void): Channel {
    const stdin = endableWritable(child.stdin),
      stdout = endableReadable(child.stdout),
      stderr = endableReadable(child.stderr);
    const closed = Promise.withResolvers<{ code: undefined }>();
    const status = child.status.then(async ({ code }) => {
      const truly = code !== 255 || await saysExitStatus(log);
      // ssh writes the same words for a program ended by a signal and for a master that died: the master's own end decides
      if (!truly && this.#master !== undefined) {
        await within(this.#master.status, 250, () => undefined).catch(() => {});
      }
      await Deno.remove(log).catch(() => {});
      return { code: truly ? code : undefined };
    });
    const channel: Channel = {
      stdin: stdin.stream,
      stdout: stdout.stream,
      stderr: stderr.stream,
      ended: Promise.race([status, closed.promise]),
      close: () => {
        closed.resolve({ code: undefined });
        stdin.fail(new CharlyError(`write to ${this.venue}: the channel is closed`, { code: "closed" }));
        stdout.end();
        stderr.end();
        stop(child);
      },
    };
    this.#channels.add(channel);
    status.then(() => {
      this.#channels.delete(channel);
      stdin.fail(new CharlyError(`write to ${this.venue}: the program has ended`, { code: "closed" }));
      release();
    });
    return channel;
  }

  #ssh(args: readonly string[], stdin: "null" | "piped"): Deno.ChildProcess {
    try {
      // its own session: Ctrl-C belongs to charly, and no terminal means no prompt
      return new Deno.Command("/usr/bin/env", {
        args: ["setsid", "ssh", ...args],
        ...(this.#options.env === undefined ? {} : { env: { ...this.#options.env }, clearEnv: true }),
        stdin,
        stdout: "piped",
        stderr: "piped",
      }).spawn() as Deno.ChildProcess;
    } catch (error) {
      throw connectError(
        "config",
        this.venue,
        `ssh could not be started: ${error instanceof Error ? error.message : error}`,
        'apt-get install openssh-client, or use `transport: "ssh2"`',
        error,
      );
    }
  }

  async close(): Promise<void> {
    const closed = new CharlyError(`open ${this.venue}: the transport is closed`, { code: "closed" });
    this.#over ??= closed;
    this.#slots.close(closed);
    for (const channel of [...this.#channels]) channel.close();
    if (this.#master !== undefined) await end(this.#master);
    await Deno.remove(this.#dir, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** What the server of the master said to a new session, read from ssh's own log as it grows. */
async function sessionAnswer(
  watcher: Deno.FsWatcher,
  log: string,
  child: Deno.ChildProcess,
): Promise<"open" | "refused" | "ended"> {
  const events = watcher[Symbol.asyncIterator]();
  for (let over = false;;) {
    const text = await Deno.readTextFile(log);
    if (/^debug1: mux_client_request_session: master session id/m.test(text)) return "open";
    if (/^mux_client_request_session: session request failed: /m.test(text)) return "refused";
    if (over) return "ended";
    over = await Promise.race([events.next().then(() => false), child.status.then(() => true)]);
  }
}

/** Ends an ssh whose session is of no use, with its streams. */
async function abandon(child: Deno.ChildProcess): Promise<void> {
  stop(child);
  await Promise.all([child.stdin.abort().catch(() => {}), child.stdout.cancel(), child.stderr.cancel()]);
  await child.status;
}

/** 255 is both a program's code and ssh's own "I failed"; ssh's log tells them apart. */
async function saysExitStatus(log: string): Promise<boolean> {
  const text = await Deno.readTextFile(log).catch(() => "");
  return /^debug\d: (?:Exit status 255|(?:mux_client_request_session: )?[Rr]eceived exit status from master 255)/m.test(
    text,
  );
}

function stop(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch {
    // it had ended
  }
}

/** Ends a master with its stdin, which nobody writes to: that it is open tells the master that we are there. */
async function end(master: Deno.ChildProcess): Promise<void> {
  stop(master);
  await master.status;
  await master.stdin.abort().catch(() => {}); // its reader is gone
}

/**
 * The ProxyJump of `settings` as a command of ours: the ssh that ProxyJump itself starts for the hop would take
 * StrictHostKeyChecking from the hop's own configuration, which may be weaker.
 */
async function hopCommand(
  settings: SshSettings,
  options: OpensshOptions,
  jump?: string,
  depth = 0,
): Promise<string | undefined> {
  const via = jump ?? settings.proxyJump;
  if (via === undefined) return undefined;
  if (depth > 8) {
    throw connectError(
      "config",
      venueOf(settings),
      "ProxyJump goes in a circle",
      "write `ProxyJump none` for the jump host in ~/.ssh/config",
    );
  }
  const { hop, before } = lastHop(via);
  const address = parseSshAddress(hop);
  const inner = await hopCommand(await resolveSettings(address, options), options, before, depth + 1);
  const words = [
    "ssh",
    ...[...strict, ...(inner === undefined ? [] : [`ProxyCommand=${inner.replaceAll("%", "%%")}`])].flatMap((
      option,
    ) => ["-o", option]),
    ...(options.configFile === undefined ? [] : ["-F", options.configFile]),
    ...(address.port === undefined ? [] : ["-p", String(address.port)]),
    ...(address.user === undefined ? [] : ["-l", address.user]),
    "-W",
    hostAndPort(settings.hostName, settings.port),
    "--",
    address.host,
  ];
  return words.map(quoteWord).join(" ").replaceAll("%", "%%");
}
