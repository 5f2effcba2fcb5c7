/** Where fetched trees are kept: one directory per repository and commit, so that nothing in it ever changes. */
import { readEnv } from "../../base/env.ts";
import { join, resolve } from "../../base/path.ts";
import { repoIdentity } from "../../base/remote_ref.ts";
import type { Pin } from "./lock.ts";

/**
 * Directory of all fetched trees: `CHARLY_REPO_CACHE`, else `charly/repos` below `XDG_CACHE_HOME`, else below `~/.cache`.
 *
 * @returns nothing when no variable says where
 */
export function repoCache(): string | undefined {
  const own = readEnv("CHARLY_REPO_CACHE");
  if (own) return resolve(own);
  const home = readEnv("HOME");
  const cache = readEnv("XDG_CACHE_HOME") || (home ? `${home}/.cache` : "");
  return cache === "" ? undefined : resolve(cache, "charly/repos");
}

/** Where the tree of a commit stands. The commit takes the place of a version: two projects may pin one branch differently. */
export function treeDir(cache: string, repo: string, { commit }: Pick<Pin, "commit">): string {
  return join(cache, `${repo}@${commit}`);
}

/** What `CHARLY_REPO_OVERRIDE` says. */
export interface Overrides {
  /** Absolute directories by `host/org/repo`. */
  readonly instead: ReadonlyMap<string, string>;
  /** Parts that name no repository, or no directory. */
  readonly bad: readonly string[];
}

/** Repositories that stand for working trees, as the environment says. */
export function overrides(root: string): Overrides {
  return parseOverrides(readEnv("CHARLY_REPO_OVERRIDE") ?? "", root);
}

/**
 * Reads `host/org/repo=directory`, several with commas between them.
 *
 * @param root absolute directory of the project, which relative directories are in
 */
export function parseOverrides(text: string, root: string): Overrides {
  const instead = new Map<string, string>();
  const bad: string[] = [];
  for (const part of text.split(",").filter((it) => it.trim() !== "")) {
    const at = part.indexOf("=");
    const repo = repoIdentity(part.slice(0, Math.max(at, 0)).trim());
    const dir = at < 0 ? "" : part.slice(at + 1).trim();
    if (repo === undefined || dir === "") bad.push(part);
    else instead.set(repo, realPath(resolve(root, dir)));
  }
  return { instead, bad };
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path; // who reads it will say that it is not there
  }
}
