/** Files that several charlys may change at once: one at a time, never half written, for their owner's eyes only. */
import { CharlyError } from "../../base/errors.ts";
import { basename, dirname, join } from "../../base/path.ts";

/** How to wait for the lock. */
export interface ChangeOptions {
  /** Milliseconds after which somebody else's lock is an error. @default {10,000} */
  readonly patience?: number;
}

/**
 * Changes a file under its lock (`flock` on `<path>.lock`, as the Go tool takes it): what is there is read, the new text stands
 * complete and synced under another name before it takes this one, with mode 0600. A link keeps pointing where it did.
 *
 * @param path absolute path; its directory is made (0700) when it is not there
 * @param change from the text that is there, or nothing, to the new one; what it throws leaves the file as it is. Returns the
 *   same text, or nothing, when there is nothing to write
 * @returns whether something was written
 * @throws {CharlyError} `host-file-busy` when another process holds the lock too long, `host-file` when it cannot be read or written
 */
export async function changeFile(
  path: string,
  change: (before: string | undefined) => string | undefined,
  { patience = 10_000 }: ChangeOptions = {},
): Promise<boolean> {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    using lock = Deno.openSync(`${path}.lock`, { read: true, write: true, create: true, mode: 0o600 });
    await locked(lock, path, patience);
    const real = followed(path);
    const before = readIfThere(real);
    const after = change(before === undefined ? undefined : decode(before, path));
    if (after === undefined) return false;
    const bytes = new TextEncoder().encode(after);
    if (before !== undefined && sameBytes(before, bytes)) return false;
    replace(real, bytes);
    return true;
  } catch (error) {
    if (error instanceof CharlyError) throw error;
    throw failed("write", path, error);
  }
}

/** The bytes of a file, or nothing when it is not there. */
export function readIfThere(path: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw failed("read", path, error);
  }
}

/** Whether others than its owner may look into a file. */
export function isOpenToOthers(path: string): boolean {
  try {
    return ((Deno.statSync(path).mode ?? 0) & 0o077) !== 0;
  } catch {
    return false; // nothing there to look into
  }
}

/** Takes the lock; it goes with the file that is closed. */
async function locked(lock: Deno.FsFile, path: string, patience: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => timer = setTimeout(() => resolve("late"), patience));
  try {
    if (await Promise.race([lock.lock(true), late]) !== "late") return;
  } finally {
    clearTimeout(timer);
  }
  throw new CharlyError(`write ${path}: another process holds ${path}.lock`, {
    hint: "wait for the other charly to end and try again",
    code: "host-file-busy",
  });
}

/** Where a link leads; a file managed elsewhere stays a link to there. */
function followed(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}

function replace(path: string, bytes: Uint8Array): void {
  const fresh = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}`);
  try {
    {
      using file = Deno.openSync(fresh, { write: true, createNew: true, mode: 0o600 });
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
      file.syncSync();
    }
    Deno.renameSync(fresh, path);
  } catch (error) {
    try {
      Deno.removeSync(fresh);
    } catch {
      // it was never there, or took the name already
    }
    throw error;
  }
  // The new name survives a power cut only once the directory has been written.
  using directory = Deno.openSync(dirname(path), { read: true });
  directory.syncSync();
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CharlyError(`write ${path}: what is there is not UTF-8 text`, {
      hint: "move it away, or save it as UTF-8",
      code: "host-file",
      exitCode: 2,
    });
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function failed(what: "read" | "write", path: string, error: unknown): CharlyError {
  const found = error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable
    ? "permission denied"
    : error instanceof Error
    ? error.message
    : String(error);
  return new CharlyError(`${what} ${path}: ${found}`, {
    hint: "check the file, its owner and its directory",
    code: "host-file",
    cause: error,
  });
}
