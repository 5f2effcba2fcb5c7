/** One host while charly talks to it: a connection, a driver per privilege level, what the machine is, what its stores hold. */
import { CharlyError } from "../base/errors.ts";
import { payloadText } from "../execute/frames.ts";
import { DriverShell, type Privilege } from "../execute/shell.ts";
import type { Transport } from "../execute/transport.ts";
import type { HostFacts } from "../facts/facts.ts";
import { type Hello, parseHello } from "../facts/hello.ts";
import { distroOf } from "../plan/distro.ts";
import type { Level } from "../steps/act.ts";

/** How a session treats its host. */
export interface SessionOptions {
  /** Label people know the host by. */
  readonly host: string;
  /** Asked once, when sudo wants a password; without it a password is never tried. */
  readonly sudoPassword?: () => Promise<string | undefined>;
  /** Tests and unusual machines: looked up before PATH. */
  readonly pathPrefix?: string;
  readonly silence?: number;
}

/** A connected host. Whoever logs in, acts of user scope and acts of system scope have a shell and a store each. */
export class HostSession implements AsyncDisposable {
  #root: Promise<DriverShell> | undefined;

  private constructor(
    readonly transport: Transport,
    readonly options: SessionOptions,
    readonly hello: Hello,
    readonly user: DriverShell,
  ) {}

  /** Opens the login user's shell; root's is opened when it is first needed. */
  static async open(transport: Transport, options: SessionOptions): Promise<HostSession> {
    const shell = await DriverShell.open(transport, shellOptions("login", "user", options));
    return new HostSession(transport, options, parseHello(payloadText(shell.hello), distroOf), shell);
  }

  get host(): string {
    return this.options.host;
  }

  get facts(): HostFacts {
    return this.hello.facts;
  }

  /** The driver of a level. @throws {CharlyError} `sudo-refused`, `sudo-password-wrong`, … */
  shell(level: Level): Promise<DriverShell> {
    if (level === "user") return Promise.resolve(this.user);
    return this.#root ??= this.#openRoot();
  }

  /** Root's shell has been opened already. */
  get rootIsOpen(): boolean {
    return this.#root !== undefined;
  }

  async #openRoot(): Promise<DriverShell> {
    if (this.facts.uid === 0) {
      return await DriverShell.open(this.transport, shellOptions("login", "root", this.options));
    }
    if (!this.facts.tools.includes("sudo")) {
      throw new CharlyError(`become root on ${this.host}: sudo is not installed and ${this.facts.user} is not root`, {
        hint: 'log in as root (`ssh("root@…")`), or install sudo and allow the user',
        code: "sudo-missing",
      });
    }
    try {
      return await DriverShell.open(this.transport, shellOptions("sudo", "root", this.options));
    } catch (error) {
      if (!(error instanceof CharlyError) || error.code !== "sudo-refused" || this.options.sudoPassword === undefined) {
        throw error;
      }
      const password = await this.options.sudoPassword();
      if (password === undefined) throw error;
      return await DriverShell.open(
        this.transport,
        shellOptions({ kind: "sudo-password", password: () => Promise.resolve(password) }, "root", this.options),
      );
    }
  }

  async close(): Promise<void> {
    const root = this.#root;
    if (root !== undefined) await root.then((shell) => shell.close(), () => {});
    await this.user.close();
    await this.transport.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function shellOptions(privilege: "login" | "sudo" | Privilege, level: Level, options: SessionOptions) {
  return {
    level,
    privilege: typeof privilege === "string" ? { kind: privilege } as Privilege : privilege,
    ...(options.pathPrefix === undefined ? {} : { pathPrefix: options.pathPrefix }),
    ...(options.silence === undefined ? {} : { silence: options.silence }),
  };
}
