/** Everything a project refers to in other repositories, brought into the cache; and the lock file that says so. */
import { CharlyError } from "../../base/errors.ts";
import { lockFile } from "../../base/names.ts";
import { parseRemoteRef, pinName, repoIdentity } from "../../base/remote_ref.ts";
import { overrides, treeDir } from "../remote/cache.ts";
import type { RepoVersion } from "../remote/commits.ts";
import { type FetchTools, fetchTree, stillPinned } from "../remote/fetch_tree.ts";
import type { Lock, Pin } from "../remote/lock.ts";
import { openRepos, type Repos } from "../remote/repos.ts";
import { isStamped, stampTree } from "../remote/stamp.ts";
import { loadYaml } from "./load_yaml.ts";
import { type Problem, type ProblemCode, Problems } from "./problem.ts";

/** How to fetch. */
export interface FetchOptions {
  /** What is pinned now. */
  readonly lock: Lock;
  /** Move these to what their versions stand for today; `all`: every one. */
  readonly update: "all" | readonly string[];
  /** Fail instead of pinning anything new. */
  readonly frozen: boolean;
  /** Forget pins nothing refers to; nothing is forgotten while a file cannot be read. */
  readonly prune: boolean;
  readonly tools: FetchTools;
  /** Told before each repository. */
  readonly fetching?: (name: string) => void;
}

/** Where references stand. */
export interface FetchRoots {
  /** YAML files, relative to the project. */
  readonly files: readonly string[];
  /** References a typed configuration holds itself: directories of its candies. */
  readonly refs: readonly string[];
}

/** What became of a pin. */
export interface FetchedRepo {
  /** `host/org/repo:version`. */
  readonly name: string;
  readonly commit: string;
  readonly digest: string;
  /** `there`: nothing to do. `fetched`: into this machine's cache, as pinned. `new`: pinned now. `moved`: to another commit. */
  readonly what: "there" | "fetched" | "new" | "moved";
  /** The commit before. */
  readonly from?: string;
}

/** What fetching came to. */
export interface FetchResult {
  readonly repos: readonly FetchedRepo[];
  /** What the lock file shall hold. */
  readonly lock: Lock;
  /** Pins that were forgotten. */
  readonly forgotten: readonly string[];
  /** Errors that may hide references: files that are no YAML, are not there, or name nothing. */
  readonly problems: readonly Problem[];
}

/** Repositories that refer to others, that refer to others: who goes deeper than this has something else in mind. */
const rounds = 32;
/** Repositories of one project. */
const mostRepos = 500;

/**
 * Fetches what a project refers to, and what that refers to.
 *
 * @param root absolute directory
 * @param roots where to begin
 * @throws {CharlyError} when something cannot be fetched, or is not what is pinned; then nothing new is pinned
 */
export async function fetchProject(
  root: string,
  roots: FetchRoots,
  options: FetchOptions,
): Promise<FetchResult> {
  const { update, tools } = options;
  const lock = new Map(options.lock);
  const done = new Map<string, FetchedRepo>();
  const asked = new Set<string>();
  let used = new Set<string>();
  let problems: readonly Problem[] = [];
  const redirected = overrides(root);
  for (let round = 0;; round++) {
    if (round > rounds || done.size > mostRepos) {
      const found = round > rounds
        ? `refer to each other more than ${rounds} levels deep`
        : `are more than ${mostRepos}`;
      throw new CharlyError(`fetch: the repositories ${found}`, {
        hint: "ask the author of the last one",
        code: "fetch-failed",
      });
    }
    const repos = openRepos(root, { lock, cache: tools.cache, overrides: redirected });
    const read = wantedBy(root, roots, repos);
    const wanted = read.repos.filter(({ repo }) => !redirected.instead.has(repo)); // what the environment redirects is there
    problems = read.problems;
    used = new Set(wanted.map(pinName));
    const open = wanted.filter((it) => !done.has(pinName(it)));
    if (open.length === 0) break;
    for (const it of open) {
      const name = pinName(it);
      const selected = update === "all" || update.some((text) => selects(text, it));
      for (const text of update === "all" ? [] : update) if (selects(text, it)) asked.add(text);
      const pin = lock.get(name);
      const there = "dir" in repos.resolve(it);
      const fetched = await fetchOne(it, { ...options, pin, there, selected, tools });
      lock.set(name, { commit: fetched.commit, digest: fetched.digest });
      done.set(name, fetched);
    }
  }
  const unknown = update === "all" ? undefined : update.find((text) => !asked.has(text));
  if (unknown !== undefined) {
    throw new CharlyError(`fetch: nothing of this project refers to ${JSON.stringify(unknown)}`, {
      hint: used.size === 0
        ? "it refers to no other repository"
        : `it refers to: ${[...used].map((it) => `@${it}`).join(", ")}`,
      code: "usage",
      exitCode: 2,
    });
  }
  await Promise.all([...done.values()].map((it) => stamp(it, tools)));
  const forgotten = options.prune && problems.length === 0 ? [...lock.keys()].filter((name) => !used.has(name)) : [];
  if (options.frozen && forgotten.length > 0) throw frozen(forgotten[0]!, "is pinned and not referred to");
  for (const name of forgotten) lock.delete(name);
  return { repos: [...done.values()].sort((a, b) => a.name < b.name ? -1 : 1), lock, forgotten, problems };
}

async function fetchOne(
  it: RepoVersion,
  { pin, there, selected, frozen: isFrozen, tools, fetching }: FetchOptions & {
    readonly pin: Pin | undefined;
    readonly there: boolean;
    readonly selected: boolean;
  },
): Promise<FetchedRepo> {
  const name = pinName(it);
  if (pin !== undefined && !selected) {
    if (!there) {
      fetching?.(name);
      await fetchTree(it, tools, pin);
    }
    return { name, ...pin, what: there ? "there" : "fetched" };
  }
  if (isFrozen) throw frozen(name, pin === undefined ? "is not pinned" : "would be moved");
  fetching?.(name);
  if (pin !== undefined && there && await stillPinned(it, tools, pin)) return { name, ...pin, what: "there" };
  const now = await fetchTree(it, tools);
  if (pin === undefined) return { name, ...now, what: "new" };
  return pin.commit === now.commit
    ? { name, ...now, what: "there" }
    : { name, ...now, what: "moved", from: pin.commit };
}

/** A tree without a stamp is read byte by byte by everybody. */
async function stamp({ name, commit, digest }: FetchedRepo, { cache }: FetchTools): Promise<void> {
  const dir = treeDir(cache, asRepo(name).repo, { commit });
  if (!isStamped(dir, digest)) await stampTree(dir);
}

/** What the files that can be read by now refer to. */
function wantedBy(root: string, { files, refs }: FetchRoots, repos: Repos) {
  const problems = new Problems();
  const found = new Map<string, RepoVersion>();
  for (const file of files) {
    for (const { repo } of loadYaml(root, file, problems, { repos }).remote) found.set(pinName(repo), repo);
  }
  for (const text of refs) {
    const ref = parseRemoteRef(text);
    if (ref !== undefined) found.set(pinName(ref), asRepo(pinName(ref)));
  }
  return { repos: [...found.values()], problems: problems.all.filter((it) => hiding.includes(it.code)) };
}

/** What keeps a file, or a reference in it, from being seen. */
const hiding: readonly ProblemCode[] = [
  ...["not-utf8", "too-large", "too-deep", "syntax", "not-a-map", "outside-project", "not-found", "cycle"] as const,
];

function asRepo(name: string): RepoVersion {
  const { repo, version } = parseRemoteRef(`@${name}`)!;
  return { repo, ...(version === undefined ? {} : { version }) };
}

/** Whether what a user wrote means a repository: a whole reference, one without a version, or `org/repo`. */
function selects(text: string, it: RepoVersion): boolean {
  const ref = parseRemoteRef(text.startsWith("@") ? text : `@${text}`);
  if (ref?.version !== undefined) return pinName(ref) === pinName(it);
  return (ref?.repo ?? repoIdentity(text)) === it.repo;
}

function frozen(name: string, found: string): CharlyError {
  return new CharlyError(`fetch --frozen: ${name} ${found}`, {
    hint: `run \`charly fetch\` without --frozen and keep ${lockFile}`,
    code: "lock-outdated",
    exitCode: 2,
  });
}
