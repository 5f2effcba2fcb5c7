/** Which commit a version is, and its objects in our own repository. */
import { CharlyError } from "../../base/errors.ts";
import { pinName, type RemoteRef } from "../../base/remote_ref.ts";
import { type Git, runGit, tryGit } from "./git.ts";

/** A repository at a version. */
export type RepoVersion = Pick<RemoteRef, "repo" | "version">;

/** Where a repository is fetched from. */
export function repoUrl(repo: string): string {
  return `https://${repo}`;
}

/** What a server knows a version as. */
export interface Advertised {
  /** Full name of the tag or branch, or `HEAD`. */
  readonly ref: string;
  readonly commit: string;
}

/** Asks the server: a tag first, then a branch; nothing when it is neither. */
export async function advertised(git: Git, { repo, version }: RepoVersion): Promise<Advertised | undefined> {
  const what = `ask ${repo}`;
  const names = version === undefined
    ? ["HEAD"]
    : [`refs/tags/${version}^{}`, `refs/tags/${version}`, `refs/heads/${version}`];
  const said = await runGit(git, what, "ls-remote", "-q", "--", repoUrl(repo), ...names);
  const found = new Map(said.split("\n").map((line) => line.split("\t")).map(([hash = "", ref = ""]) => [ref, hash]));
  // `^{}` is the commit of a tag that is an object of its own.
  for (const name of names) {
    const commit = found.get(name);
    if (commit !== undefined && isHash(commit)) return { ref: name.replace("^{}", ""), commit };
  }
  return undefined;
}

/**
 * Brings a commit into our repository.
 *
 * @param commit the pinned one; nothing takes what the version stands for today
 * @returns its full hash
 * @throws {CharlyError} when the repository has no such version, or no such commit any more
 */
export async function fetchCommit(git: Git, wanted: RepoVersion, commit?: string): Promise<string> {
  const { repo, version } = wanted;
  const what = `fetch ${pinName(wanted)}`;
  if (commit === undefined) {
    const here = await advertised(git, wanted);
    if (here !== undefined) return await fetchRef(git, what, repo, here.ref);
    if (version === undefined || !/^[0-9a-f]{7,64}$/.test(version)) {
      throw new CharlyError(`${what}: the repository has no tag and no branch ${version ?? "it calls HEAD"}`, {
        hint: "correct the version behind the last `:` of the reference",
        code: "unknown-version",
        exitCode: 2,
      });
    }
  }
  const hash = commit ?? version!;
  if (isHash(hash)) {
    // Most servers give a commit by its hash; others only what a tag or a branch leads to.
    const direct = await tryGit(git, "fetch", ...quiet, "--depth=1", "--", repoUrl(repo), `+${hash}:${mine}`);
    if (direct.code === 0) return await commitOf(git, what, mine);
  }
  const all = ["+refs/heads/*:refs/charly/heads/*", "+refs/tags/*:refs/charly/tags/*"];
  await runGit(git, what, "fetch", ...quiet, "--", repoUrl(repo), ...all);
  const found = await tryGit(git, "rev-parse", "--verify", "--quiet", "--end-of-options", `${hash}^{commit}`);
  if (found.code === 0) return new TextDecoder().decode(found.stdout).trim();
  throw new CharlyError(
    `${what}: the repository does not have the commit ${hash}${commit === undefined ? "" : " any more"}`,
    {
      hint: commit === undefined
        ? "correct the reference"
        : `take what it has now: \`charly fetch --update @${pinName(wanted)}\``,
      code: "unknown-version",
      exitCode: 2,
    },
  );
}

const quiet = ["-q", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance"] as const;
/** The one name in our own repository. */
const mine = "refs/charly/wanted";

async function fetchRef(git: Git, what: string, repo: string, ref: string): Promise<string> {
  await runGit(git, what, "fetch", ...quiet, "--depth=1", "--", repoUrl(repo), `+${ref}:${mine}`);
  return await commitOf(git, what, mine);
}

async function commitOf(git: Git, what: string, ref: string): Promise<string> {
  return (await runGit(git, what, "rev-parse", "--verify", "--end-of-options", `${ref}^{commit}`)).trim();
}

function isHash(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
