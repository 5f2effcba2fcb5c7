/** One repository into the cache: made beside its place, checked, and then put there in one step. */
import { CharlyError } from "../../base/errors.ts";
import { lockFile } from "../../base/names.ts";
import { dirname, join } from "../../base/path.ts";
import { pinName } from "../../base/remote_ref.ts";
import { treeDir } from "./cache.ts";
import { advertised, fetchCommit, type RepoVersion } from "./commits.ts";
import { extractTree } from "./extract.ts";
import { type Git, runGit } from "./git.ts";
import type { Pin } from "./lock.ts";
import { digestOfTree } from "./tree_digest.ts";

/** What fetching works with. */
export interface FetchTools {
  /** Absolute directory of all trees. */
  readonly cache: string;
  /** Absolute path of `git`. */
  readonly git: string;
  /** Absolute path of `ln`. */
  readonly ln: string;
  /** What git is started with. @default {this process's environment} */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Half-made directories of fetches that were killed; older than this, nobody works on them. */
const staleAfter = 24 * 3600 * 1000;
const half = ".half-";

/**
 * Fetches a repository at a version.
 *
 * @param pin what the lock says: exactly that commit and those bytes, or an error
 * @returns what it stands for
 * @throws {CharlyError} when it cannot be fetched, or is not what is pinned
 */
export async function fetchTree(wanted: RepoVersion, tools: FetchTools, pin?: Pin): Promise<Pin> {
  const what = `fetch ${pinName(wanted)}`;
  await Deno.mkdir(tools.cache, { recursive: true, mode: 0o700 });
  await forgetHalves(tools.cache);
  const work = join(tools.cache, `${half}${crypto.randomUUID()}`);
  const git = gitOf(tools, join(work, "git"));
  try {
    await Deno.mkdir(join(work, "tree"), { recursive: true, mode: 0o700 });
    await runGit(git, what, "init", "-q", "--bare", "--template=");
    const commit = await fetchCommit(git, wanted, pin?.commit);
    const { digest } = await extractTree(git, what, commit, join(work, "tree"), tools.ln);
    if (pin !== undefined && digest !== pin.digest) throw differs(what, pin, digest);
    await putInPlace(join(work, "tree"), treeDir(tools.cache, wanted.repo, { commit }), digest, work);
    return { commit, digest };
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}

/** Whether a branch or tag still stands for what is pinned; asks the server for a name and fetches nothing. */
export async function stillPinned(wanted: RepoVersion, tools: FetchTools, pin: Pin): Promise<boolean> {
  return (await advertised(gitOf(tools, "/dev/null"), wanted))?.commit === pin.commit;
}

function gitOf({ git, env, signal }: FetchTools, gitDir: string): Git {
  return { program: git, gitDir, ...(env === undefined ? {} : { env }), ...(signal === undefined ? {} : { signal }) };
}

/** A killed process leaves no tree, the old one beside, or the new one: the digest is compared before any of them is read. */
async function putInPlace(tree: string, place: string, digest: string, work: string): Promise<void> {
  if (!isThere(place, digest)) {
    await Deno.mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await Deno.rename(place, join(work, "old")).catch(ignoreMissing);
    await Deno.rename(tree, place).catch((error) => {
      // Another fetch was faster, with the same commit.
      if (!isThere(place, digest)) throw error;
    });
  }
}

function isThere(place: string, digest: string): boolean {
  try {
    return digestOfTree(place) === digest;
  } catch {
    return false;
  }
}

async function forgetHalves(cache: string): Promise<void> {
  for await (const { name } of Deno.readDir(cache)) {
    if (!name.startsWith(half)) continue;
    const path = join(cache, name);
    const made = (await Deno.lstat(path).catch(() => undefined))?.mtime?.getTime() ?? Date.now();
    if (Date.now() - made > staleAfter) await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function differs(what: string, pin: Pin, found: string): CharlyError {
  return new CharlyError(`${what}: commit ${pin.commit} has the digest ${found}, and ${lockFile} pins ${pin.digest}`, {
    hint: `find out who changed ${lockFile}; nothing was taken in`,
    code: "digest-mismatch",
    exitCode: 2,
  });
}
