/** A way to start a program on a machine and talk to it: this machine, SSH (two of them), or inside another venue. */

/** One running program with its three streams. */
export interface Channel {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when the program has ended; `code` is undefined when the connection was cut or a signal ended it. */
  readonly ended: Promise<{ readonly code: number | undefined; readonly signal?: string }>;
  /** Ends the channel at once (not the program's children; the driver on the far side sees end of file). */
  close(): void;
}

/**
 * Opens channels. `command` is one line for the login shell of the far side (bash, dash, fish, csh): it must hold neither
 * single-quote tricks nor newlines beyond what the loader uses.
 */
export interface Transport extends AsyncDisposable {
  /** `local`, `ssh://user@host:port`, `nested:podman-exec:<name>/<outer>`. Stable across runs. */
  readonly venue: string;
  /** A network lies in between: bytes are worth packing. */
  readonly remote?: boolean;
  /** Starts `command` through the login shell. At most six channels are open at once; more wait. */
  open(command: string): Promise<Channel>;
  /**
   * As {@link open}, for work that only goes faster with a channel more: undefined at once where the connection has none to
   * give (others would have to wait, the server's MaxSessions). A transport on which it helps nobody does not have it.
   */
  spare?(command: string): Promise<Channel | undefined>;
  /** Ends the connection and every channel on it. Safe to call twice. */
  close(): Promise<void>;
}

/** How a connection could not be made; each is its own error with a hint. */
export type ConnectFailure =
  | "unreachable"
  | "timeout"
  | "host-key-unknown"
  | "host-key-changed"
  | "host-key-revoked"
  | "auth-failed"
  | "not-ssh"
  | "cut"
  | "proxy-failed"
  | "no-common-algorithm"
  | "config";
