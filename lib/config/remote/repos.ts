/** From a reference to a directory: what the lock pins and the cache holds, or the command that brings it there. Nothing is fetched. */
import { lockFile } from "../../base/names.ts";
import { CharlyError } from "../../base/errors.ts";
import { pinName, type RemoteRef } from "../../base/remote_ref.ts";
import { type Overrides, overrides, repoCache, treeDir } from "./cache.ts";
import { type Lock, readLock } from "./lock.ts";
import { isStamped } from "./stamp.ts";
import { digestOfTree } from "./tree_digest.ts";

/** A tree that may be read, or why not. */
export type Resolved =
  | { readonly dir: string }
  | {
    /** `not-fetched`: fetching mends it. `refused`: it is not what the lock says, and is not read. */
    readonly code: "not-fetched" | "refused";
    readonly message: string;
    readonly hint: string;
  };

/** What {@link openRepos} is told instead of finding it out. */
export interface ReposOptions {
  /** @default {the lock file's} */
  readonly lock?: Lock;
  /** Directory of all trees. @default {what the environment says} */
  readonly cache?: string | undefined;
  /** Repositories that stand for working trees. @default {what the environment says} */
  readonly overrides?: Overrides;
}

/** Finds trees for one project. */
export interface Repos {
  resolve(ref: Pick<RemoteRef, "repo" | "version">): Resolved;
}

/**
 * The trees a project may read.
 *
 * @param root absolute directory of the project; its lock file is read when the first reference is asked for
 */
export function openRepos(root: string, options: ReposOptions = {}): Repos {
  const known = new Map<string, Resolved>();
  let pins = options.lock;
  let redirected = options.overrides;
  const look = (ref: Pick<RemoteRef, "repo" | "version">): Resolved => {
    redirected ??= overrides(root);
    const own = redirected.instead.get(ref.repo);
    if (own !== undefined) return ownTree(ref.repo, own);
    const bad = redirected.bad[0];
    if (bad !== undefined) {
      const hint = "write `CHARLY_REPO_OVERRIDE=host/org/repo=directory`, several with commas between them";
      return { code: "refused", message: `CHARLY_REPO_OVERRIDE holds ${JSON.stringify(bad)}`, hint };
    }
    try {
      pins ??= readLock(root);
    } catch (error) {
      if (!(error instanceof CharlyError)) throw error;
      return { code: "refused", message: error.message, hint: error.hint ?? "run `charly fetch`" };
    }
    return pinnedTree(ref, pins, options.cache ?? repoCache());
  };
  return {
    resolve(ref) {
      const name = pinName(ref);
      const before = known.get(name);
      if (before !== undefined) return before;
      const found = look(ref);
      known.set(name, found);
      return found;
    },
  };
}

/** A working tree: no lock and no version count. */
function ownTree(repo: string, dir: string): Resolved {
  try {
    if (Deno.statSync(dir).isDirectory) return { dir };
  } catch {
    // it is said below
  }
  const message = `CHARLY_REPO_OVERRIDE says that ${repo} is ${dir}, which is no directory`;
  return { code: "refused", message, hint: "correct the variable, or unset it" };
}

function pinnedTree(ref: Pick<RemoteRef, "repo" | "version">, lock: Lock, cache: string | undefined): Resolved {
  const name = pinName(ref);
  const missing = (found: string): Resolved => ({ code: "not-fetched", message: found, hint: "run `charly fetch`" });
  const pin = lock.get(name);
  if (pin === undefined) return missing(`${name} is not in ${lockFile}`);
  if (cache === undefined) {
    const message = `nothing says where ${name} is kept`;
    return { code: "refused", message, hint: "set HOME, XDG_CACHE_HOME or CHARLY_REPO_CACHE" };
  }
  const dir = treeDir(cache, ref.repo, pin);
  try {
    // Who may write here could as well change charly itself; the digest is for what came over the network, for a tag that
    // was moved, and for hands that strayed into the cache. A stamp that does not match costs time and decides nothing.
    if (isStamped(dir, pin.digest) || digestOfTree(dir) === pin.digest) return { dir };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return missing(`${name} is pinned and not fetched on this machine`);
    }
    return {
      code: "refused",
      message: `${dir} cannot be read: ${(error as Error).message}`,
      hint: "give yourself the right to read it",
    };
  }
  const message = `${dir} is not what ${lockFile} pins for ${name}: a file in it was changed`;
  return { code: "refused", message, hint: "run `charly fetch`: it fetches the pinned commit again" };
}
