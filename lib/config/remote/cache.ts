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

/**
 * Repositories that stand for working trees: `CHARLY_REPO_OVERRIDE=host/org/repo=dir,…`. Relative directories are the project's.
 * What names no repository is left out, and told by {@link badOverrides}.
 */
export function overrides(root: string): ReadonlyMap<string, string> {
  return new Map(
    overrideItems().flatMap(({ repo, dir }) =>
      repo === undefined || dir === "" ? [] : [[repo, realPath(resolve(root, dir))] as const]
    ),
  );
}

/** Parts of `CHARLY_REPO_OVERRIDE` that say nothing. */
export function badOverrides(): readonly string[] {
  return overrideItems().filter(({ repo, dir }) => repo === undefined || dir === "").map(({ text }) => text);
}

function overrideItems() {
  return (readEnv("CHARLY_REPO_OVERRIDE") ?? "").split(",").filter((text) => text.trim() !== "").map((text) => {
    const at = text.indexOf("=");
    return {
      text,
      repo: repoIdentity(text.slice(0, Math.max(at, 0)).trim()),
      dir: at < 0 ? "" : text.slice(at + 1).trim(),
    };
  });
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path; // who reads it will say that it is not there
  }
}
