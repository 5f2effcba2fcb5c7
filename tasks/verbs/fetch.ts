/** `charly fetch`: what a project refers to in other repositories, onto this machine. */
import { CharlyError } from "../../lib/base/errors.ts";
import { configFile, lockFile, yamlFile } from "../../lib/base/names.ts";
import { join } from "../../lib/base/path.ts";
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { readEnv } from "../../lib/cli/io.ts";
import { isEmpty, missingPermissions, permittedMark, reexec } from "../../lib/cli/reexec.ts";
import { findConfig } from "../../lib/config/project.ts";
import { overrides, repoCache } from "../../lib/config/remote/cache.ts";
import { lockText, readLock } from "../../lib/config/remote/lock.ts";
import { type FetchedRepo, fetchProject } from "../../lib/config/yaml/fetch_project.ts";
import { fetchRoots } from "../../lib/config/yaml/fetch_roots.ts";
import { problemText } from "../../lib/config/yaml/problem.ts";
import { renderFlags } from "../../lib/plan/permissions.ts";
import { denoFiles, findProgram, permissionsFor } from "../permissions.ts";

export default defineVerb({
  name: "fetch",
  summary: "Fetch the repositories a charly.yml refers to, as charly.lock pins them",
  description:
    'A charly.yml may import files of other repositories (`import: [{ base: "@github.com/org/repo:v1" }]`) and use their\n' +
    'candies (`"@github.com/org/repo/candy/git:v1"`). Every other verb reads them from this machine\'s cache and never from\n' +
    `the network. This one brings there what ${lockFile} pins: the commit, and a digest of every file of it. What is not\n` +
    `pinned yet is pinned as it is now; keep ${lockFile} in version control. With --update, pins move to what their tags\n` +
    "and branches stand for today: all of them, or those you name. git does the work, with the access you gave it.\n" +
    "The cache is ~/.cache/charly/repos (CHARLY_REPO_CACHE). CHARLY_REPO_OVERRIDE=host/org/repo=dir takes a working tree\n" +
    "instead of a repository, whatever the lock says.",
  examples: [
    ["charly fetch", "get what the project needs, and pin what is new"],
    ["charly fetch --frozen", "in CI: fail when charly.lock does not say everything"],
    ["charly fetch --update", "move every pin to what its version stands for today"],
    ["charly fetch --update @github.com/org/repo", "move the pins of one repository"],
  ],
  args: { refs: { brief: "With --update: references whose pins are moved (default all)", optional: true, rest: true } },
  flags: {
    update: { kind: "switch", brief: "Move pins to what their versions stand for today" },
    frozen: { kind: "switch", brief: "Fail instead of changing charly.lock" },
  },
  async run(context) {
    const { args, flags, globals, out, cwd, words, signal } = context;
    const refs = args.refs ?? [];
    if (refs.length > 0 && !flags.update) {
      throw usage(`${refs[0]} is named without --update`, "write `charly fetch --update REF`");
    }
    if (flags.update && flags.frozen) {
      throw usage("--update and --frozen contradict each other", "leave one of them out");
    }
    const source = findConfig({ cwd, ...(globals.config === undefined ? {} : { config: globals.config }) });
    if (source.kind !== "file") throw usage(`${source.label} is an address`, "run it in the project's directory");
    const cache = repoCache();
    if (cache === undefined) {
      throw usage("nothing says where to keep them", "set HOME, XDG_CACHE_HOME or CHARLY_REPO_CACHE");
    }
    const [git, ln] = [findProgram("git"), findProgram("ln")];
    if (git === undefined || ln === undefined) throw usage("git is not installed", "install git");
    const path = join(source.root, lockFile);
    const fresh = `${path}.new`;
    const needed = permissionsFor(context, {
      project: undefined,
      reach: [],
      reads: [source.root, cache, ...overrides(source.root).instead.values(), ...denoFiles(source.root)],
      writes: [cache, path, fresh],
      env: ["*"], // git takes the user's whole environment, but for charly's part of it
    });
    const permissions = { ...needed, run: [...needed.run, git, ln] };
    const round = Number(readEnv(permittedMark) ?? "0");
    if (round === 0 && !isEmpty(missingPermissions(permissions))) {
      return await reexec(renderFlags(permissions), words, undefined, round + 1);
    }
    const lock = readLock(source.root);
    const result = await fetchProject(source.root, await fetchRoots(source), {
      lock,
      update: flags.update ? (refs.length === 0 ? "all" : refs) : [],
      frozen: flags.frozen,
      // Another file of the same directory may refer to more; only the project's own root says what nothing needs.
      prune: source.label === configFile || (source.label === yamlFile && !exists(join(source.root, configFile))),
      tools: { cache, git, ln, signal },
      fetching: (name) => out.note(`fetching ${name}`),
    });
    const text = lockText(result.lock);
    const changed = text !== lockText(lock);
    if (changed) {
      await Deno.writeTextFile(fresh, text);
      await Deno.rename(fresh, path);
    }
    for (const problem of result.problems) out.warn(problemText(problem));
    out.both(
      { repos: result.repos, forgotten: result.forgotten, lock: { file: lockFile, changed } },
      () =>
        [
          ...result.repos.map(line),
          ...result.forgotten.map((name) => `${name} is not referred to any more`),
          result.repos.length === 0
            ? `${source.label} refers to no other repository`
            : changed
            ? `wrote ${lockFile}: keep it in version control`
            : `${lockFile} is as it was`,
        ].join("\n"),
    );
    // What could be seen is fetched; what could not may be missing.
    return result.problems.length > 0 ? 2 : 0;
  },
});

function line({ name, commit, what, from }: FetchedRepo): string {
  const short = commit.slice(0, 12);
  if (what === "moved") return `${name} moved ${from!.slice(0, 12)} → ${short}`;
  return `${name} ${what === "there" ? "is at" : what === "new" ? "pinned at" : "fetched at"} ${short}`;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function usage(found: string, hint: string): CharlyError {
  return new CharlyError(`fetch: ${found}`, { hint, code: "usage", exitCode: 2 });
}
