/** One host while charly talks to it: what carries things out there, and what the machine is. */
import type { DeployExecutor } from "../execute/executor.ts";
import { driverExecutor, type ExecutorOptions } from "../execute/driver_executor.ts";
import type { Transport } from "../execute/transport.ts";
import type { HostFacts } from "../facts/facts.ts";
import { type Hello, parseHello } from "../facts/hello.ts";
import { distroOf } from "../plan/distro.ts";

/** How a session treats its host. */
export interface SessionOptions extends ExecutorOptions {
  /** Label people know the host by. */
  readonly host: string;
}

/** A connected host. Whoever logs in, acts of user scope and acts of system scope have a shell and a store each. */
export class HostSession implements AsyncDisposable {
  private constructor(readonly executor: DeployExecutor, readonly host: string, readonly hello: Hello) {}

  /** Opens the login user's shell; root's is opened when it is first needed. */
  static async open(transport: Transport, options: SessionOptions): Promise<HostSession> {
    return await HostSession.over(driverExecutor(transport, options), options.host);
  }

  /** The same over any executor. */
  static async over(executor: DeployExecutor, host: string): Promise<HostSession> {
    return new HostSession(executor, host, parseHello(await executor.probe("user"), distroOf));
  }

  get facts(): HostFacts {
    return this.hello.facts;
  }

  get venue(): string {
    return this.executor.venue;
  }

  close(): Promise<void> {
    return this.executor.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
