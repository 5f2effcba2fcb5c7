/** `charly.lock`: which commit, and which bytes, each repository that a project refers to stands for. */
import { CharlyError } from "../../base/errors.ts";
import { lockFile } from "../../base/names.ts";
import { join } from "../../base/path.ts";
import { parseRemoteRef } from "../../base/remote_ref.ts";
import { readSmallFile } from "./small_file.ts";

/** What a reference stands for. */
export interface Pin {
  /** 40 or 64 hex digits. */
  readonly commit: string;
  /** `sha256-` and 64 hex digits, over the sorted paths, modes and bytes of the tree; see `tree_digest.ts`. */
  readonly digest: string;
}

/** Pins by `host/org/repo:version`. */
export type Lock = ReadonlyMap<string, Pin>;

/**
 * Reads the lock file of a project; one that is not there pins nothing.
 *
 * @param root absolute directory
 * @throws {CharlyError} when it is damaged: nothing is guessed about what was pinned
 */
export function readLock(root: string): Lock {
  let text: string | undefined;
  try {
    text = readSmallFile(join(root, lockFile));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw damaged("it cannot be read", error);
  }
  if (text === undefined) throw damaged("it is no file of a sensible size");
  return parseLock(text);
}

/**
 * A lock file's text as pins.
 *
 * @throws {CharlyError} when it is damaged
 */
export function parseLock(text: string): Lock {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw damaged("it is no JSON", error);
  }
  const { version, repos } = (isObject(data) ? data : {}) as { version?: unknown; repos?: unknown };
  if (version !== 1) throw damaged(`it has version ${JSON.stringify(version)}, and this charly reads 1`);
  if (!isObject(repos)) throw damaged('"repos" is missing');
  return new Map(
    Object.entries(repos).map(([name, pin]): [string, Pin] => {
      const { commit, digest } = (isObject(pin) ? pin : {}) as { commit?: unknown; digest?: unknown };
      const ref = parseRemoteRef(`@${name}`);
      const good = ref !== undefined && ref.path === "" && typeof commit === "string" && typeof digest === "string" &&
        /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit) && /^sha256-[0-9a-f]{64}$/.test(digest);
      if (!good) throw damaged(`the entry ${JSON.stringify(name)} is none`);
      return [name, { commit, digest }];
    }),
  );
}

/** Pins as text, in the order of their names. */
export function lockText(lock: Lock): string {
  const repos = Object.fromEntries([...lock].sort(([a], [b]) => a < b ? -1 : 1));
  return `${JSON.stringify({ version: 1, repos }, null, 2)}\n`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(found: string, cause?: unknown): CharlyError {
  return new CharlyError(`read ${lockFile}: ${found}`, {
    hint: "take it from version control again, or delete it and run `charly fetch`",
    code: "lock-damaged",
    exitCode: 2,
    cause,
  });
}
