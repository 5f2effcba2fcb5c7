/** The executor on a transport: a driver per level that acts, and further ones, on channels of their own, for whole files. */
import { CharlyError } from "../base/errors.ts";
import type {
  ByteSource,
  DeployExecutor,
  ExecutorLevel,
  ProgramEnd,
  ProgramOptions,
  PutOptions,
  PutResult,
} from "./executor.ts";
import { payloadText } from "./frames.ts";
import { DriverShell, type Privilege } from "./shell.ts";
import { getBytes, putBytes } from "./transfer.ts";
import type { Transport } from "./transport.ts";

/** How an executor treats its host. */
export interface ExecutorOptions {
  /** Label people know the host by. @default {the venue} */
  readonly host?: string;
  /** Asked once, when sudo wants a password; without it a password is never tried. */
  readonly sudoPassword?: () => Promise<string | undefined>;
  /** Tests and unusual machines: looked up before PATH. */
  readonly pathPrefix?: string;
  /** Seconds without a sign of the operator after which the target stops by itself. @default {45} */
  readonly silence?: number;
  /** Milliseconds until a driver must have said hello. @default {20_000} */
  readonly helloTimeout?: number;
  /** Milliseconds without a word of a target at work after which it is given up. @default {600_000} */
  readonly answerTimeout?: number;
}

/** An executor over `transport`, which it closes with itself. Drivers are started when they are first needed. */
export function driverExecutor(transport: Transport, options: ExecutorOptions = {}): DeployExecutor {
  return new DriverExecutor(transport, options);
}

class DriverExecutor implements DeployExecutor {
  readonly #acting = new Map<ExecutorLevel, Promise<DriverShell>>();
  /** Drivers for whole files that have nothing to do now. */
  readonly #idle = new Map<ExecutorLevel, DriverShell[]>();
  #rootBy: Privilege = { kind: "login" };
  #closed: Promise<void> | undefined;

  constructor(readonly transport: Transport, readonly options: ExecutorOptions) {}

  get venue(): string {
    return this.transport.venue;
  }

  async run(program: string, options: ProgramOptions & { readonly level: ExecutorLevel }): Promise<ProgramEnd> {
    const { level, ...rest } = options;
    return await (await this.#shell(level)).run(program, rest);
  }

  async probe(level: ExecutorLevel): Promise<string> {
    return payloadText((await this.#shell(level)).hello);
  }

  isOpen(level: ExecutorLevel): boolean {
    return this.#acting.has(level);
  }

  put(path: string, source: ByteSource, options: PutOptions): Promise<PutResult> {
    return this.#carry(
      options.level,
      (shell) => putBytes(shell, path, source, options, () => this.#spare(options.level)),
    );
  }

  get(path: string, options: { readonly level: ExecutorLevel }): ReadableStream<Uint8Array> {
    return getBytes(path, (read) => this.#carry(options.level, read));
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const idle = [...this.#idle.values()].flat();
    // root's goes first, as it came last
    const acting = (["root", "user"] as const).flatMap((level) => this.#acting.get(level) ?? []);
    await Promise.all(idle.map((shell) => shell.close()));
    for (const opening of acting) await opening.then((shell) => shell.close(), () => {});
    await this.transport.close();
  }

  #shell(level: ExecutorLevel): Promise<DriverShell> {
    let opening = this.#acting.get(level);
    if (opening === undefined) {
      // A refusal is kept as the answer: a wrong password is not tried a second time.
      opening = level === "user" ? this.#start("user", { kind: "login" }) : this.#startRoot();
      opening.catch(() => {});
      this.#acting.set(level, opening);
    }
    return opening;
  }

  async #startRoot(): Promise<DriverShell> {
    const hello = await this.probe("user");
    if (helloValue(hello, "uid") === "0") return await this.#start("root", { kind: "login" });
    if (!helloValue(hello, "tools").split(" ").includes("sudo")) {
      throw new CharlyError(
        `become root on ${this.#host}: sudo is not installed and ${helloValue(hello, "user")} is not root`,
        {
          hint: 'log in as root (`ssh("root@…")`), or install sudo and allow the user',
          code: "sudo-missing",
        },
      );
    }
    this.#rootBy = { kind: "sudo" };
    try {
      return await this.#start("root", this.#rootBy);
    } catch (error) {
      if (!(error instanceof CharlyError) || error.code !== "sudo-refused") throw error;
      const password = await this.options.sudoPassword?.();
      if (password === undefined) throw error;
      checkPassword(password, this.#host);
      this.#rootBy = { kind: "sudo-password", password: () => Promise.resolve(password) };
      return await this.#start("root", this.#rootBy);
    }
  }

  get #host(): string {
    return this.options.host ?? this.transport.venue;
  }

  async #start(level: ExecutorLevel, privilege: Privilege, on: Transport = this.transport): Promise<DriverShell> {
    const { pathPrefix, silence, helloTimeout, answerTimeout } = this.options;
    return await DriverShell.open(on, {
      level,
      privilege,
      ...(pathPrefix === undefined ? {} : { pathPrefix }),
      ...(silence === undefined ? {} : { silence }),
      ...(helloTimeout === undefined ? {} : { helloTimeout }),
      ...(answerTimeout === undefined ? {} : { answerTimeout }),
    });
  }

  /** A driver more on a channel nobody else waits for; undefined where there is none. Whoever asked for it closes it. */
  async #spare(level: ExecutorLevel): Promise<DriverShell | undefined> {
    const { transport } = this;
    if (transport.spare === undefined) return undefined;
    let none = false;
    const spare: Transport = {
      venue: transport.venue,
      async open(command) {
        const channel = await transport.spare?.(command);
        none = channel === undefined;
        if (channel === undefined) throw new CharlyError("open a spare channel: there is none");
        return channel;
      },
      close: () => transport.close(),
      [Symbol.asyncDispose]: () => transport.close(),
    };
    try {
      return await this.#start(level, level === "user" ? { kind: "login" } : this.#rootBy, spare);
    } catch (error) {
      if (none) return undefined;
      throw error;
    }
  }

  /** Gives `work` a driver of its own; one that failed is not used again. */
  async #carry<T>(level: ExecutorLevel, work: (shell: DriverShell) => Promise<T>): Promise<T> {
    if (level === "root") await this.#shell("root"); // how root is reached is settled there
    const idle = this.#idle.get(level) ?? [];
    this.#idle.set(level, idle);
    const shell = idle.pop() ?? await this.#start(level, level === "user" ? { kind: "login" } : this.#rootBy);
    try {
      const result = await work(shell);
      if (this.#closed === undefined) idle.push(shell);
      else await shell.close();
      return result;
    } catch (error) {
      shell.abandon();
      throw error;
    }
  }
}

/**
 * What cannot be one line of sudo's input is not sent at all: the rest of it would be read as a second try, or as something that
 * is no password.
 */
function checkPassword(password: string, host: string): void {
  const bytes = new TextEncoder().encode(password).length;
  const found = /[\n\r\0]/.test(password)
    ? "the password holds a line break or NUL"
    : bytes > 1023
    ? `the password has ${bytes} bytes, and sudo takes 1023 at most`
    : undefined;
  if (found === undefined) return;
  throw new CharlyError(`become root on ${host}: ${found}`, {
    hint: "give the password as one line: CHARLY_SUDO_PASSWORD may have been read from a file with its last line break",
    code: "sudo-password-unusable",
  });
}

function helloValue(hello: string, key: string): string {
  return hello.split("\n").find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
}
