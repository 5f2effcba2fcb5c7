/** What carries plans out on one venue: programs at a privilege level, files to and from it. Small, so that a test can be one. */
import type { Frame } from "./frames.ts";

/** Whose shell a program runs in: the login user's, or root's. A login as root has one of each all the same. */
export type ExecutorLevel = "user" | "root";

/** Bytes with a name and a length, sent ahead of a program or into a file. */
export interface ByteSource {
  readonly size: number;
  /** Gives the bytes from the first one on, again for every call. */
  open(): AsyncIterable<Uint8Array>;
  /** A reader that begins anywhere; large files then go in parts that nobody holds in memory. */
  seek?(): Promise<ByteReader>;
}

/** Reads at any place of a {@link ByteSource}. */
export interface ByteReader extends Disposable {
  /** Fills `into` from byte `at` on; fewer bytes than asked for only at the end. */
  read(into: Uint8Array, at: number): Promise<number>;
}

/** Bytes a program reads from its stage by their name. */
export interface ShellBlob extends ByteSource {
  readonly name: string;
  /** The target has so many of them already: the others are added. */
  readonly from?: number;
}

/** How a program ended. */
export interface ProgramEnd {
  /** `done failed stop kill cut silence journal channel reboot stage` */
  readonly reason: string;
  /** Last journal number used. */
  readonly seq: number;
}

/** What goes with a program. */
export interface ProgramOptions {
  /** Journal number to go on from. @default {0} */
  readonly seq?: number;
  /** Told every frame in order; while a promise it gives is pending, nothing more is read from the target. */
  readonly onFrame?: (frame: Frame) => void | Promise<void>;
  readonly blobs?: readonly ShellBlob[];
  /** No further act starts once it is aborted; the running one goes on to its end. */
  readonly signal?: AbortSignal;
  /** The running act is ended by its cut policy once it is aborted. */
  readonly kill?: AbortSignal;
}

/** A file as it shall be. */
export interface PutOptions {
  readonly level: ExecutorLevel;
  /** Octal text, `0644`. */
  readonly mode: string;
  /** Hex SHA-256 the copy on the target must have. */
  readonly sha256: string;
  /** `uid:gid` or `name:group`. @default {the level's own} */
  readonly owner?: string;
}

/** What a put did. */
export interface PutResult {
  /** Bytes that an earlier, cut put had left and that were not sent again. */
  readonly resumed: number;
}

/**
 * Carries programs and files to one venue. Every method may be refused root with `sudo-refused`, `sudo-tty`, `sudo-missing`,
 * `sudo-password-wrong`, and end with `cut` when the connection does.
 */
export interface DeployExecutor extends AsyncDisposable {
  /** `local`, `ssh://user@host:port`, … (see Transport). */
  readonly venue: string;
  /** Runs a program of driver functions at a level; one at a time and level. */
  run(program: string, options: ProgramOptions & { readonly level: ExecutorLevel }): Promise<ProgramEnd>;
  /**
   * Makes `path` a file with these bytes: sent to a temporary file beside it that only the owner reads, checked there, then
   * renamed. A cut leaves the temporary file, and the next put of the same bytes goes on from its length.
   *
   * @throws {CharlyError} `put-failed`
   */
  put(path: string, source: ByteSource, options: PutOptions): Promise<PutResult>;
  /** The bytes of a regular file as they are, a MiB at a time as they are taken. The stream fails with `get-failed`. */
  get(path: string, options: { readonly level: ExecutorLevel }): ReadableStream<Uint8Array>;
  /** What the driver of a level says of itself and its machine: `key=value` lines, then `os-release:` and that file. */
  probe(level: ExecutorLevel): Promise<string>;
  /** A driver of this level has been started already. */
  isOpen(level: ExecutorLevel): boolean;
  /** Ends the drivers and the connection. Safe to call twice. */
  close(): Promise<void>;
}
