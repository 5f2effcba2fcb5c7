/** TCP connections, also such that are begun before the library is loaded that speaks SSH over them. */
import { connect, type Socket } from "node:net";

/** A connection on its way. Nothing is read from it before somebody listens. */
export interface Dialling {
  readonly socket: Socket;
  /** Resolves when it stands. */
  readonly connected: Promise<void>;
}

const begun = new Map<string, Dialling>();
/** A server hangs up on who says nothing; long before that nobody will come for it. */
const claimedWithin = 10_000;

/** Begins a connection that {@link dialTcp} hands out to whoever wants one to this host and port next. */
export function dialAhead(host: string, port: number): void {
  const key = `${host} ${port}`;
  if (begun.has(key)) return;
  const dialling = begin(host, port);
  begun.set(key, dialling);
  setTimeout(() => {
    if (begun.get(key) !== dialling) return;
    begun.delete(key);
    dialling.socket.destroy();
  }, claimedWithin).unref?.();
}

/** A connection to a host, perhaps one that was begun before. */
export function dialTcp(host: string, port: number): Dialling {
  const key = `${host} ${port}`;
  const early = begun.get(key);
  begun.delete(key);
  return early === undefined || early.socket.destroyed ? begin(host, port) : early;
}

function begin(host: string, port: number): Dialling {
  const socket = connect({ host, port });
  socket.setNoDelay(true);
  const connected = new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => {}); // one that comes later is told by whoever uses it
  connected.catch(() => {}); // whoever takes it hears of it
  return { socket, connected };
}
