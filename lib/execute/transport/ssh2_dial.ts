/** From an address to a logged-in ssh2 client, through whatever ssh_config puts in between. */
import type { Socket } from "node:net";
import { nextTick } from "node:process";
import type { Client } from "ssh2";
import type { Duplex } from "node:stream";
import { within } from "./deadline.ts";
import { connectError, shown, socketError } from "./failure.ts";
import { handshake, prepare } from "./ssh2_handshake.ts";
import type { AskPassphrase } from "./ssh2_auth.ts";
import { parseSshAddress, type SshAddress } from "./ssh_address.ts";
import { resolveSettings, type SshConfigSource, type SshSettings } from "./ssh_config.ts";
import { dialTcp } from "./tcp.ts";
import { venueOf } from "./venue.ts";
import { decoupled, proxyCommandWay, type Way } from "./ssh_proxy.ts";
import { lastHop } from "./jumps.ts";

/** How {@link dial} connects. */
export interface DialOptions extends SshConfigSource {
  /** Asks for the passphrase of an identity file. @default {nobody answers} */
  readonly passphrase?: AskPassphrase;
  /** Milliseconds per hop, unless ssh_config sets ConnectTimeout. @default {20000} */
  readonly connectTimeout?: number;
  /** Milliseconds between keep-alives; three unanswered ones count as cut. @default {10000} */
  readonly keepalive?: number;
}

/** A connection with all that it stands on. */
export interface Dialled {
  readonly client: Client;
  readonly settings: SshSettings;
  readonly venue: string;
  /** Ends the client, its jump hosts and its proxies. */
  close(): void;
}

/** Connects to `address`. `route` holds the hops already on the way, to notice loops. */
export async function dial(
  address: SshAddress,
  options: DialOptions,
  jump?: string,
  route: readonly string[] = [],
): Promise<Dialled> {
  const settings = await resolveSettings(address, options);
  const venue = venueOf(settings);
  if (route.includes(venue) || route.length > 8) {
    throw connectError(
      "config",
      route[0] ?? venue,
      `ProxyJump goes in a circle: ${[...route, venue].join(" → ")}`,
      "write `ProxyJump none` for the jump host in ~/.ssh/config",
    );
  }
  const timeout = settings.connectTimeout === undefined
    ? options.connectTimeout ?? 20_000
    : settings.connectTimeout * 1000;
  const prepared = await prepare(settings, venue, options.passphrase ?? (() => Promise.resolve(undefined)));
  const way = await wayTo(settings, venue, options, jump, [...route, venue], timeout);
  try {
    const client = await handshake({
      stream: way.stream,
      settings,
      venue,
      timeout,
      keepalive: options.keepalive ?? 10_000,
      prepared,
      ...(way.failure === undefined ? {} : { wayFailure: way.failure }),
    });
    client.once("close", () => way.close());
    return {
      client,
      settings,
      venue,
      close() {
        client.end();
        way.close();
      },
    };
  } catch (error) {
    way.close();
    throw error;
  }
}

async function wayTo(
  settings: SshSettings,
  venue: string,
  options: DialOptions,
  jump: string | undefined,
  route: readonly string[],
  timeout: number,
): Promise<Way> {
  const via = jump ?? settings.proxyJump;
  if (via !== undefined) return await jumpWay(via, settings, venue, options, route, timeout);
  if (settings.proxyCommand !== undefined) return proxyCommandWay(settings, venue, options.env);
  return await tcpWay(settings, venue, timeout);
}

async function tcpWay(settings: SshSettings, venue: string, timeout: number): Promise<Way> {
  const { hostName: host, port } = settings;
  const { socket, connected } = dialTcp(host, port);
  try {
    await within(
      connected,
      timeout,
      () => Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }),
    );
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw socketError(venue, host, port, error);
  }
  socket.on("error", () => {}); // the client on top reports it
  sendTogether(socket);
  return { stream: socket, close: () => void socket.destroy() };
}

/** ssh2 writes a packet in three pieces: what is written in one turn leaves with one call, which is a tenth more per second. */
function sendTogether(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let held = false;
  socket.write = (...args: unknown[]) => {
    if (!held) {
      held = true;
      socket.cork();
      nextTick(() => {
        held = false;
        socket.uncork();
      });
    }
    return write(...args);
  };
}

/** Through the last hop of `via`; the hop looks up the host, so 127.0.0.1 means the hop's own. */
async function jumpWay(
  via: string,
  settings: SshSettings,
  venue: string,
  options: DialOptions,
  route: readonly string[],
  timeout: number,
): Promise<Way> {
  const { hop, before } = lastHop(via);
  const outer = await dial(parseSshAddress(hop), options, before, route);
  const failed = (found: string, cause?: unknown) =>
    connectError(
      "proxy-failed",
      venue,
      `jump host ${outer.venue}: ${found}`,
      `try it there: \`ssh ${hop} nc -z ${settings.hostName} ${settings.port}\`; AllowTcpForwarding must be on`,
      cause,
    );
  try {
    const stream = await within(
      new Promise<Duplex>((resolve, reject) => {
        outer.client.forwardOut(
          "127.0.0.1",
          0,
          settings.hostName,
          settings.port,
          (error, channel) => error ? reject(failed(shown(error.message), error)) : resolve(channel),
        );
      }),
      timeout,
      () => failed(`no answer within ${timeout / 1000} s`),
    );
    return { stream: decoupled(stream), close: () => outer.close() };
  } catch (error) {
    outer.close();
    throw error;
  }
}
