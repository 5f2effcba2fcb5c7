/** The fetched repositories that candies of a configuration have their files in. */
import { CharlyError } from "../../base/errors.ts";
import { parseRemoteRef, pinName } from "../../base/remote_ref.ts";
import { openRepos } from "./repos.ts";

/**
 * Directories by `host/org/repo:version`.
 *
 * @param root absolute directory of the project
 * @param dirs references to directories of candies
 * @throws {CharlyError} when one is not fetched, or is not what the lock file says (exit code 2)
 */
export function projectTrees(root: string, dirs: readonly string[]): Readonly<Record<string, string>> {
  const repos = openRepos(root);
  const trees: Record<string, string> = {};
  for (const dir of new Set(dirs)) {
    const ref = parseRemoteRef(dir);
    if (ref === undefined) {
      throw new CharlyError(`read candy: ${JSON.stringify(dir)} is no reference to a repository`, {
        hint: 'write `dir: "@host/org/repo/path:version"`',
        code: "config-invalid",
        exitCode: 2,
      });
    }
    const found = repos.resolve(ref);
    if (!("dir" in found)) {
      throw new CharlyError(`read ${dir}: ${found.message}`, { hint: found.hint, code: found.code, exitCode: 2 });
    }
    trees[pinName(ref)] = found.dir;
  }
  return trees;
}
