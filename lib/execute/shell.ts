/** One driver on a target: a channel with the loader, the library, and frames back. Lock-step: one program at a time. */
import { CharlyError } from "../base/errors.ts";
import { driver, protocol } from "./driver/mod.ts";
import type { ExecutorLevel, ProgramEnd, ProgramOptions, ShellBlob } from "./executor.ts";
import { type Frame, FrameParser, payloadText } from "./frames.ts";
import { pack, unpack, worthPacking } from "./squeeze.ts";
import type { Channel, Transport } from "./transport.ts";

/** How root is reached. */
export type Privilege =
  | { readonly kind: "login" }
  | { readonly kind: "sudo" }
  | { readonly kind: "sudo-password"; readonly password: () => Promise<string> };

/** What is asked of a driver. */
export interface ShellOptions {
  readonly level: ExecutorLevel;
  readonly privilege: Privilege;
  /** Milliseconds until the hello must have come. @default {20_000} */
  readonly helloTimeout?: number;
  /** Seconds without a sign of the operator after which the target stops by itself. @default {45} */
  readonly silence?: number;
  /**
   * Milliseconds without a word of a target that runs a program, and without its taking a byte of ours, after which it is given up:
   * it hangs, although the connection stands. Steps give a sign of life every ten seconds. @default {600_000}
   */
  readonly answerTimeout?: number;
  /** Programs of the target are looked for here first (tests, unusual machines). */
  readonly pathPrefix?: string;
}

/** What a program of a driver may be given beside what every program may. */
export interface ShellProgramOptions extends ProgramOptions {
  /** Bytes the program itself reads, sent behind it. A program that ends before they are all sent leaves its shell unusable. */
  readonly feed?: AsyncIterable<Uint8Array>;
}

type Listener = NonNullable<ProgramOptions["onFrame"]>;

const encoder = new TextEncoder();

/** 128 random bits as hex. */
export function randomMark(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The line every login shell passes on unchanged: it holds no `'`, `!` or line break inside its quotes. It says its token, with
 * a `z` where there is gzip; then it reads a line `<protocol> <bytes> <mark> [<how to unpack them>]`, a line of its variables, and
 * so many bytes of library.
 */
export function loader(token: string): string {
  return "sh -c 'trap : PIPE HUP INT;LC_ALL=C;umask 077;exec 3<&0 5>&1 0</dev/null;z=;" +
    'command -v gzip >/dev/null 2>&1&&z=z;echo "H ' + token + '$z" >&5;' +
    "read -r v n m c <&3&&read -r e <&3||exit 9;" +
    'eval "p=\\$(dd bs=65536 iflag=fullblock,count_bytes count=$n <&3 2>/dev/null${c:+|$c};echo .)";' +
    'eval "$e";eval "${p%.}"\'';
}

/** A driver shell of one privilege level on one connection. */
export class DriverShell {
  readonly #channel: Channel;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #parser: FrameParser;
  #listener: Listener = () => {};
  #waiting: { resolve: (end: ProgramEnd) => void; reject: (error: unknown) => void } | undefined;
  #failure: unknown;
  #batch = 0;
  #heart: ReturnType<typeof setInterval> | undefined;
  #stderr = "";
  #closed = false;
  #sending = false;
  #afterSending: string | undefined;
  readonly #packs: boolean;
  #answer: ReturnType<typeof setTimeout> | undefined;
  readonly #answerTimeout: number;
  readonly hello: Frame;

  private constructor(
    channel: Channel,
    writer: WritableStreamDefaultWriter<Uint8Array>,
    parser: FrameParser,
    hello: Frame,
    packs: boolean,
    answerTimeout: number,
  ) {
    this.#packs = packs;
    this.#answerTimeout = answerTimeout;
    this.#channel = channel;
    this.#writer = writer;
    this.#parser = parser;
    this.hello = hello;
  }

  /**
   * Opens a driver: loader, library, hello.
   *
   * @throws {CharlyError} `sudo-refused`, `sudo-tty`, `hello-timeout`, `no-hello`, `sudo-password-wrong`,
   *   `tools-missing`
   */
  static async open(transport: Transport, options: ShellOptions): Promise<DriverShell> {
    const { openShell } = await import("./shell_open.ts");
    const started = await openShell(transport, options, randomMark());
    const shell = new DriverShell(
      started.channel,
      started.writer,
      started.parser,
      started.hello,
      started.packs,
      options.answerTimeout ?? 600_000,
    );
    shell.#stderr = started.stderr();
    void shell.#read(started.reader, started.rest);
    // Never in the middle of a blob or a program: there a dot would be one of its bytes.
    shell.#heart = setInterval(() => {
      if (!shell.#sending) void shell.#send(".\n");
    }, 10_000);
    return shell;
  }

  /**
   * Runs a program and resolves when its end frame has come.
   *
   * @param program POSIX sh, functions of the driver
   */
  async run(program: string, options: ShellProgramOptions = {}): Promise<ProgramEnd> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#waiting !== undefined) throw new TypeError("a program is running in this shell already");
    this.#batch++;
    this.#listener = options.onFrame ?? (() => {});
    const ended = new Promise<ProgramEnd>((resolve, reject) => this.#waiting = { resolve, reject });
    ended.catch(() => {});
    const abort = () => void this.stop();
    const end = () => void this.kill();
    options.signal?.addEventListener("abort", abort, { once: true });
    options.kill?.addEventListener("abort", end, { once: true });
    this.#alive();
    try {
      this.#sending = true;
      const sending = this.#sendProgram(program, options);
      sending.catch(() => {}); // it may come after the end of everything
      await Promise.race([sending, ended]);
      this.#sending = false;
      if (this.#afterSending !== undefined) await this.#send(this.#afterSending);
      this.#afterSending = undefined;
      return await ended;
    } finally {
      this.#sending = false;
      options.signal?.removeEventListener("abort", abort);
      options.kill?.removeEventListener("abort", end);
      this.#waiting = undefined;
      clearTimeout(this.#answer);
    }
  }

  /** The target said something, or took something: its time begins anew. */
  #alive(): void {
    clearTimeout(this.#answer);
    if (this.#waiting === undefined || this.#failure !== undefined) return;
    this.#answer = setTimeout(() => {
      this.#fail(silent(this.#answerTimeout));
      this.#channel.close();
    }, this.#answerTimeout);
  }

  /** No further act starts; the running one goes on to its end. */
  stop(): Promise<void> {
    return this.#command("S\n");
  }

  /** The running act is ended by its cut policy. */
  kill(): Promise<void> {
    return this.#command("K\n");
  }

  /** What the far side wrote to its error stream so far (sudo's words, a shell's complaint). */
  get complaint(): string {
    return this.#stderr;
  }

  /** Ends the channel at once; the driver sees end of file and goes by itself. */
  abandon(): void {
    this.#closed = true;
    clearInterval(this.#heart);
    this.#writer.abort().catch(() => {});
    this.#channel.close();
  }

  /** Leaves: the driver removes its scratch and gives up the lock. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#heart);
    if (this.#failure === undefined) {
      // A target that takes nothing any more would not even take its leave.
      const left = this.#send("Q\n").then(() => this.#channel.ended);
      await Promise.race([left, new Promise((resolve) => setTimeout(resolve, 5_000).unref?.())]);
    }
    this.#writer.close().catch(() => {}); // closed with the channel, if not before
    this.#channel.close();
  }

  /** A message between programs and blobs: while one is on its way, it waits for the end of it. */
  async #command(line: string): Promise<void> {
    if (this.#sending) this.#afterSending = line;
    else await this.#send(line);
  }

  async #sendProgram(program: string, options: ShellProgramOptions): Promise<void> {
    for (const blob of options.blobs ?? []) await this.#sendBlob(blob);
    const bytes = encoder.encode(program);
    const packed = this.#packs && bytes.length >= worthPacking ? await pack(bytes) : undefined;
    await this.#send(
      packed === undefined
        ? `P ${this.#batch} ${bytes.length} ${options.seq ?? 0}\n`
        : `P ${this.#batch} ${packed.length} ${options.seq ?? 0} ${bytes.length}\n`,
    );
    await this.#sendBytes(packed ?? bytes);
    if (options.feed !== undefined) await this.#sendAll(options.feed);
  }

  async #sendAll(feed: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of feed) {
      if (this.#failure !== undefined) return;
      await this.#sendBytes(bytes);
    }
  }

  async #sendBlob(blob: ShellBlob): Promise<void> {
    const from = blob.from ?? 0;
    await this.#send(`D ${blob.name} ${blob.size - from}${blob.from === undefined ? "" : ` ${from}`}\n`);
    let sent = 0;
    for await (const chunk of blob.open()) {
      const skipped = Math.min(chunk.length, Math.max(0, from - sent));
      sent += chunk.length;
      if (sent > blob.size) break;
      if (skipped < chunk.length) await this.#sendBytes(chunk.subarray(skipped));
    }
    if (sent !== blob.size) {
      const error = new CharlyError(`send ${blob.name}: ${sent} bytes came, ${blob.size} were announced`, {
        hint: "a file changed while it was read: run again",
        code: "blob-size",
      });
      this.#fail(error);
      throw error;
    }
  }

  async #send(line: string): Promise<void> {
    await this.#sendBytes(encoder.encode(line));
  }

  async #sendBytes(bytes: Uint8Array): Promise<void> {
    try {
      await this.#writer.ready;
      await this.#writer.write(bytes);
      if (this.#sending) this.#alive();
    } catch (error) {
      this.#fail(cut(error));
    }
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>, rest: readonly Frame[]): Promise<void> {
    try {
      for (const frame of rest) await this.#handle(frame);
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        this.#alive();
        for (const frame of this.#parser.push(value)) {
          const held = this.#handle(frame);
          if (held === undefined) continue;
          clearTimeout(this.#answer); // now it is the listener who takes his time
          await held;
          this.#alive();
        }
      }
      this.#fail(cut(undefined));
    } catch (error) {
      this.#fail(error instanceof CharlyError ? error : cut(error));
      this.#channel.close();
    }
  }

  /** A listener that takes its time holds the reading back, and so the target. */
  #handle(frame: Frame): void | Promise<void> {
    if (frame.type === "Z") {
      const [batch, reason = "", seq = "0"] = frame.args;
      if (batch === String(this.#batch)) this.#waiting?.resolve({ reason, seq: Number(seq) });
      // An end nobody waits for would be waited for for ever.
      else this.#fail(cut(new Error(`end of batch ${batch} where ${this.#batch} runs`)));
      return;
    }
    if (frame.type === "Y") return this.#unpacked(frame);
    return this.#listener(frame);
  }

  /** Frames in a frame. */
  async #unpacked({ payload }: Frame): Promise<void> {
    const parser = new FrameParser(this.#parser.mark);
    for (
      const frame of parser.push(await unpack(Uint8Array.fromBase64(payloadText({ payload }).replaceAll("\n", ""))))
    ) {
      await this.#listener(frame);
    }
    if (parser.pending > 0) throw cut(new Error("packed frames came incomplete"));
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    clearInterval(this.#heart);
    clearTimeout(this.#answer);
    this.#waiting?.reject(this.#failure);
  }
}

function silent(ms: number): CharlyError {
  return new CharlyError(`talk to the target: it hangs: not a word for ${ms / 1000} s, while the connection stands`, {
    hint:
      "look at its load and its file systems (a network file system that is away?), then run the same command again",
    code: "silent",
  });
}

/** A connection, or a driver on it, that ended before its time. */
export function cut(cause: unknown): CharlyError {
  return new CharlyError("talk to the target: the connection ended in the middle", {
    hint: "run the same command again: the journal on the target says how far the run came",
    code: "cut",
    cause,
  });
}

/** What is sent to a fresh loader: protocol, length, mark; the variables of this shell; the library. */
export async function libraryMessage(mark: string, options: ShellOptions, packs: boolean): Promise<Uint8Array> {
  const variables = `M=${mark} MT=${mark.slice(0, 8)} LV=${options.level} SILENCE=${options.silence ?? 45}` +
    ` PACKS=${packs ? 1 : ""}` + (options.pathPrefix === undefined ? "" : ` PATH=${options.pathPrefix}:$PATH`);
  const bytes = packs ? await (packedDriver ??= pack(encoder.encode(driver))) : encoder.encode(driver);
  const head = `${protocol} ${bytes.length} ${mark}${packs ? " gzip -dc" : ""}\n${variables}\n`;
  return concat(encoder.encode(head), bytes);
}

let packedDriver: Promise<Uint8Array> | undefined;

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
