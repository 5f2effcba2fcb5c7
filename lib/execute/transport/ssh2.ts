/** Programs on a machine reached over SSH, with the ssh2 library: one connection, several channels. */
import type { ClientChannel } from "ssh2";
import { CharlyError } from "../../base/errors.ts";
import type { Channel, Transport } from "../transport.ts";
import { within } from "./deadline.ts";
import { connectError, shown } from "./failure.ts";
import { Slots } from "./slots.ts";
import { dial, type Dialled, type DialOptions } from "./ssh2_dial.ts";
import { parseSshAddress } from "./ssh_address.ts";
import { readableFromNode, writableFromNode } from "./streams.ts";

/** How {@link ssh2Transport} connects. */
export interface Ssh2Options extends DialOptions {
  /** For an address without a user; wins over ssh_config. */
  readonly user?: string;
}

/** One connection of the transport, with what is known of its server's MaxSessions. */
interface Line {
  readonly dialled: Dialled;
  open: number;
  /** Sessions the server was seen to allow. */
  limit: number;
  cut: boolean;
}

/**
 * Connects to `host` (`[user@]host[:port]`, `[v6]:port`, `ssh://…`, or an alias of ssh_config). Throws a CharlyError whose
 * code is a `ConnectFailure`. Host keys are always checked against known_hosts.
 */
export async function ssh2Transport(host: string, options: Ssh2Options = {}): Promise<Transport> {
  const parsed = parseSshAddress(host);
  const address = parsed.user === undefined && options.user !== undefined ? { ...parsed, user: options.user } : parsed;
  const transport = new Ssh2Transport(await dial(address, options), () => dial(address, options));
  return transport;
}

/**
 * OpenSSH allows ten sessions on a connection. Six are for whoever asks; spare ones go up to eight, so that two more may still
 * be asked for without another connection.
 */
const sessions = { wanted: 10, spare: 8 };

class Ssh2Transport implements Transport {
  readonly venue: string;
  readonly remote = true;
  readonly #lines: Line[] = [];
  readonly #again: () => Promise<Dialled>;
  readonly #slots = new Slots(6);
  readonly #channels = new Set<Channel>();
  #dialling: Promise<void> | undefined;
  #over: CharlyError | undefined;

  constructor(first: Dialled, again: () => Promise<Dialled>) {
    this.venue = first.venue;
    this.#again = again;
    this.#add(first, true);
  }

  #add(dialled: Dialled, first: boolean): void {
    const line: Line = { dialled, open: 0, limit: sessions.wanted, cut: false };
    this.#lines.push(line);
    let why = "";
    dialled.client.setMaxListeners(0); // each channel listens for the end
    dialled.client.on("error", (error) => why ||= error.message);
    dialled.client.once("close", () => {
      line.cut = true;
      if (first) {
        this.#end(connectError(
          "cut",
          this.venue,
          `the connection was cut${why === "" ? "" : ` (${shown(why)})`}`,
          "connect again; what ran there is in the journal of that machine",
        ));
      }
    });
  }

  #end(error: CharlyError): void {
    this.#over ??= error;
    this.#slots.close(this.#over);
    for (const line of this.#lines) line.dialled.close();
  }

  async open(command: string): Promise<Channel> {
    const release = await this.#slots.take();
    try {
      return await this.#openSomewhere(command, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  async spare(command: string): Promise<Channel | undefined> {
    const line = this.#lines.find(({ cut, open, limit }) => !cut && open < Math.min(limit, sessions.spare));
    if (line === undefined || this.#over !== undefined) return undefined;
    line.open++;
    try {
      return await this.#exec(line, command, (raw) => this.#wrap(line, raw, () => void line.open--));
    } catch (error) {
      line.open--;
      if (!(error instanceof OpenRefused)) throw this.#over ?? error;
      line.limit = Math.min(line.limit, Math.max(1, line.open));
      return undefined;
    }
  }

  /** A server that allows fewer sessions per connection than we want gets another connection, not an error. */
  async #openSomewhere(command: string, release: () => void): Promise<Channel> {
    for (let attempt = 0;; attempt++) {
      if (this.#over !== undefined) throw this.#over;
      const line = this.#lines.find((candidate) => !candidate.cut && candidate.open < candidate.limit);
      if (line === undefined) {
        await this.#anotherLine();
        continue;
      }
      line.open++;
      const leave = () => {
        line.open--;
        release();
      };
      try {
        return await this.#exec(line, command, (raw) => this.#wrap(line, raw, leave));
      } catch (error) {
        line.open--;
        if (!(error instanceof OpenRefused)) throw this.#over ?? error;
        if (attempt > 20) throw error.told(this.venue);
        // a session that has just ended may still be counted over there: wait a little before believing the limit
        if (line.open > 0 || attempt % 4 === 3) line.limit = line.open;
        else await new Promise((resolve) => setTimeout(resolve, 40 * 2 ** (attempt % 4)));
      }
    }
  }

  async #anotherLine(): Promise<void> {
    this.#dialling ??= this.#again().then((dialled) => {
      if (this.#over === undefined) this.#add(dialled, false);
      else dialled.close();
    }).finally(() => this.#dialling = undefined);
    await this.#dialling;
  }

  async #exec(line: Line, command: string, wrap: (raw: ClientChannel) => Channel): Promise<Channel> {
    const { client } = line.dialled;
    let late = false;
    const gone = Promise.withResolvers<never>();
    gone.promise.catch(() => {}); // the race below may be over already
    const onClose = () =>
      gone.reject(this.#over ?? connectError("cut", this.venue, "the connection was cut", "connect again"));
    client.once("close", onClose);
    try {
      const opened = new Promise<Channel>((resolve, reject) => {
        client.exec(command, (error, channel) => {
          // wrapped at once: the end of a short program may be in the same packet, and its event fires right after this call
          if (error) {
            reject(/open failure/i.test(error.message) ? new OpenRefused(error) : refusedProgram(this.venue, error));
          } else if (late) channel.close();
          else resolve(wrap(channel));
        });
      });
      return await within(
        Promise.race([opened, gone.promise]),
        30_000,
        () => connectError("timeout", this.venue, "no channel was opened within 30 s", "check the load of the machine"),
      );
    } catch (error) {
      late = true;
      if (error instanceof Error && error.message === "Not connected") {
        throw this.#over ?? connectError("cut", this.venue, "the connection was cut", "connect again", error);
      }
      throw error;
    } finally {
      client.off("close", onClose);
    }
  }

  #wrap(line: Line, raw: ClientChannel, leave: () => void): Channel {
    const stdin = writableFromNode(raw);
    const stdout = readableFromNode(raw);
    const stderr = readableFromNode(raw.stderr);
    const over = Promise.withResolvers<{ code: number | undefined; signal?: string }>();
    const gone = (why: string) => stdin.fail(new CharlyError(`write to ${this.venue}: ${why}`, { code: "closed" }));
    let left = false;
    const finish = () => {
      if (left) return;
      left = true;
      line.dialled.client.off("close", onCut);
      this.#channels.delete(channel);
      over.resolve({ code: undefined }); // a no-op where the program had ended
      leave();
    };
    const onCut = () => {
      gone("the connection was cut");
      finish();
    };
    raw.on("error", () => {}); // a write after the end; the stream below reports it
    raw.on("exit", (code: number | null, signal?: string) => {
      over.resolve(code === null ? { code: undefined, ...(signal === undefined ? {} : { signal }) } : { code });
      gone("the program has ended"); // what nobody will read must not wait for ever
    });
    raw.on("close", () => {
      gone("the channel is closed");
      finish();
    });
    line.dialled.client.once("close", onCut);
    const channel: Channel = {
      stdin: stdin.stream,
      stdout: stdout.stream,
      stderr: stderr.stream,
      ended: over.promise,
      close: () => {
        gone("the channel is closed");
        raw.close();
        stdout.end();
        stderr.end();
        finish();
      },
    };
    this.#channels.add(channel);
    return channel;
  }

  close(): Promise<void> {
    const closed = new CharlyError(`open ${this.venue}: the transport is closed`, { code: "closed" });
    this.#over ??= closed;
    for (const channel of [...this.#channels]) channel.close();
    this.#end(closed);
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The server would not open one more channel on this connection. */
class OpenRefused extends Error {
  constructor(override readonly cause: Error) {
    super(cause.message);
  }

  told(venue: string): CharlyError {
    return new CharlyError(`open a channel on ${venue}: ${shown(this.message)}`, {
      code: "channel-refused",
      hint: "raise MaxSessions in the sshd_config of the host",
      cause: this.cause,
    });
  }
}

function refusedProgram(venue: string, error: Error): CharlyError {
  return new CharlyError(`start a program on ${venue}: ${shown(error.message)}`, {
    code: "exec-refused",
    hint:
      "the account must be allowed to run programs: check its shell, ForceCommand and `restrict` in authorized_keys",
    cause: error,
  });
}
