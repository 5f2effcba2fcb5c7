/** Repositories on this disk that stand for a host: git is told so by a configuration of its own. */
import { needPackages } from "./packages.ts";
import { run } from "./run.ts";
import { type TempDir, tempDir } from "./tmp.ts";

/** Host of all its repositories. */
export const gitHostName = "git.example";

/** A host. */
export interface GitHost extends AsyncDisposable {
  readonly dir: TempDir;
  /** Environment in which `https://git.example/` leads here. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes files into a repository, made when it is not there, and commits everything. @returns the commit */
  commit(repo: string, files: Readonly<Record<string, string | Uint8Array>>, options?: CommitOptions): Promise<string>;
  /** Runs git in a repository. */
  git(repo: string, ...words: readonly string[]): Promise<string>;
}

/** How to commit. */
export interface CommitOptions {
  readonly tag?: string;
  /** The tag is an object of its own. */
  readonly annotated?: boolean;
  /** Files that go. */
  readonly remove?: readonly string[];
}

/** Opens a host; `await using` takes it away. */
export async function gitHost(): Promise<GitHost> {
  await needPackages({ git: "/usr/bin/git" });
  const dir = await tempDir();
  const config = await dir.write({
    "gitconfig":
      `[url "file://${dir.path}/"]\n\tinsteadOf = https://\n[user]\n\tname = Tester\n\temail = tester@git.example\n` +
      "[init]\n\tdefaultBranch = main\n[safe]\n\tdirectory = *\n",
  });
  const env = { GIT_CONFIG_GLOBAL: config, GIT_CONFIG_NOSYSTEM: "1", PATH: Deno.env.get("PATH")! };
  const place = (repo: string) => dir.join(gitHostName, repo);
  const git = (repo: string, ...words: readonly string[]) => run(["git", "-C", place(repo), ...words], { env });
  return {
    dir,
    env,
    git,
    async commit(repo, files, { tag, annotated = false, remove = [] } = {}) {
      const known = await Deno.stat(`${place(repo)}/.git`).catch(() => undefined);
      if (known === undefined) {
        await Deno.mkdir(place(repo), { recursive: true });
        await git(repo, "init", "-q");
      }
      const below = Object.entries(files).map(([path, content]) => [`${gitHostName}/${repo}/${path}`, content]);
      await dir.write(Object.fromEntries(below));
      for (const path of remove) await Deno.remove(`${place(repo)}/${path}`);
      await git(repo, "add", "-A");
      await git(repo, "commit", "-q", "--allow-empty", "-m", "change");
      if (tag !== undefined) await git(repo, "tag", ...(annotated ? ["-a", "-m", tag] : []), tag);
      return (await git(repo, "rev-parse", "HEAD")).trim();
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}
