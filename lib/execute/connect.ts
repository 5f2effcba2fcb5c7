/** From a bundle's target to a transport. */
import { forPrograms } from "../base/env.ts";
import { connectError } from "./transport/failure.ts";
import { localTransport } from "./transport/local.ts";
import { nestedTransport } from "./transport/nested.ts";
import { opensshTransport } from "./transport/openssh.ts";
import { parseSshAddress } from "./transport/ssh_address.ts";
import { resolveSettings, type SshConfigSource } from "./transport/ssh_config.ts";
import type { Transport } from "./transport.ts";

/** This machine. */
export interface LocalLike {
  readonly target: "local";
}

/** A machine over SSH; the host comes beside it, for a target may name several. */
export interface SshLike {
  readonly target: "ssh";
  readonly user?: string;
  readonly transport?: "ssh2" | "openssh";
  readonly sshArg?: readonly string[];
}

/** A venue inside another one. */
export interface NestedLike {
  readonly target: "nested";
  readonly outer: LocalLike | SshLike;
  readonly via: "podman-exec" | "docker-exec" | "ssh";
  readonly name: string;
  readonly user?: string;
}

/** What {@link connect} takes: the targets of a bundle that are reached by a transport of their own. */
export type TargetLike = LocalLike | SshLike | NestedLike;

/** How {@link connect} connects. */
export interface ConnectOptions {
  /** Environment: of local programs, and for `HOME`, `SSH_AUTH_SOCK` on the way out. @default {that of this process} */
  readonly env?: Readonly<Record<string, string>>;
  /** HOME of local programs. @default {HOME of `env`} */
  readonly home?: string;
  /** Instead of `~/.ssh/config` and the system's. */
  readonly sshConfig?: string;
  /** Asks for the passphrase of an identity file (ssh2 only). */
  readonly passphrase?: (file: string) => Promise<string | undefined>;
  /** Milliseconds per hop. @default {20000} */
  readonly connectTimeout?: number;
}

/**
 * Connects to `target`; `host` (`[user@]host[:port]` or an alias) is needed where the target, or the outer one of a nested
 * target, is `ssh`. Throws a CharlyError whose code is a `ConnectFailure`.
 */
export function connect(target: TargetLike, host?: string, options: ConnectOptions = {}): Promise<Transport> {
  // Every way out begins here: what is not for programs goes no further.
  return reach(target, host, options.env === undefined ? options : { ...options, env: forPrograms(options.env) });
}

async function reach(target: TargetLike, host: string | undefined, options: ConnectOptions): Promise<Transport> {
  switch (target.target) {
    case "local":
      return localTransport({
        ...(options.env === undefined ? {} : { env: options.env }),
        ...(options.home === undefined ? {} : { home: options.home }),
      });
    case "ssh": {
      if (host === undefined) {
        throw connectError("config", "ssh", "no host was named", 'add `host: "user@machine"` to the target');
      }
      return await connectSsh(target, host, options);
    }
    case "nested": {
      const outer = await reach(target.outer, host, options);
      try {
        return nestedTransport(outer, {
          via: target.via,
          name: target.name,
          ...(target.user === undefined ? {} : { user: target.user }),
          // the session's variables belong to this machine, so they go inside only when the outer venue is this machine
          ...(target.outer.target === "local" ? { env: options.env ?? forPrograms(Deno.env.toObject()) } : {}),
        });
      } catch (error) {
        await outer.close();
        throw error;
      }
    }
  }
}

async function connectSsh(target: SshLike, host: string, options: ConnectOptions): Promise<Transport> {
  const shared = {
    ...(target.user === undefined ? {} : { user: target.user }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.sshConfig === undefined ? {} : { configFile: options.sshConfig }),
    ...(options.connectTimeout === undefined ? {} : { connectTimeout: options.connectTimeout }),
  };
  if (target.transport === "openssh") {
    return await opensshTransport(host, {
      ...shared,
      ...(target.sshArg === undefined ? {} : { sshArg: target.sshArg }),
    });
  }
  if (target.sshArg !== undefined && target.sshArg.length > 0) {
    throw connectError(
      "config",
      host,
      "found sshArg on a target that does not use the system's ssh",
      'add `transport: "openssh"`, or write the option into ~/.ssh/config',
    );
  }
  await dialBeforehand(host, shared);
  const { ssh2Transport } = await loadSsh2();
  return await ssh2Transport(host, {
    ...shared,
    ...(options.passphrase === undefined ? {} : { passphrase: options.passphrase }),
  });
}

let loaded = false;

/** The way to the first host is begun before ssh2 is loaded: meanwhile the server gets ready to talk. */
async function dialBeforehand(host: string, options: Pick<SshConfigSource, "configFile" | "env">): Promise<void> {
  if (loaded) return;
  loaded = true;
  try {
    const { hostName, port, proxyJump, proxyCommand } = await resolveSettings(parseSshAddress(host), options);
    if (proxyJump !== undefined || proxyCommand !== undefined) return;
    const { dialAhead } = await import("./transport/tcp.ts");
    dialAhead(hostName, port);
  } catch {
    // whoever connects hears why
  }
}

/**
 * ssh2 costs 43 ms and 17 MB, so it is loaded by the first who needs it. Its poly1305 (an Emscripten file with the wasm
 * inside) and its Pageant support read `__dirname` once while they load. As npm modules they have one; inside a bundle
 * (`deno bundle --external '*.node' --external cpu-features`) nobody defines it, so it stands in the global scope for just that
 * moment. Neither uses the directory afterwards: the wasm is embedded, Pageant is for Windows.
 */
async function loadSsh2(): Promise<typeof import("./transport/ssh2.ts")> {
  const scope = globalThis as { __dirname?: string };
  const missing = scope.__dirname === undefined;
  if (missing) scope.__dirname = "/";
  try {
    return await import("./transport/ssh2.ts");
  } finally {
    if (missing) delete scope.__dirname;
  }
}
