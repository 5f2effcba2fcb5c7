/** Files beside a layer of the first months that were run or read without being named anywhere: no rule can turn them into steps. */
import { join } from "node:path";
import type { ManualWork } from "./rule.ts";

const files: Readonly<Record<string, string>> = {
  "root.yml": "a go-task script that ran as root",
  "user.yml": "a go-task script that ran as the user",
  "rpm.list": "a list of packages",
  "deb.list": "a list of packages",
  "copr.repo": "a package repository",
};

/**
 * What is left of them in a layer's directory.
 *
 * @param root absolute directory of the project
 * @param dir the layer's, relative to it
 */
export function oldScripts(root: string, dir: string): ManualWork[] {
  return Object.entries(files).filter(([name]) => isFile(join(root, dir, name))).map(([name, what]) => ({
    at: { file: join(dir, name), line: 1, column: 1 },
    message: `is ${what}, and nothing reads it any more`,
    hint: name.endsWith(".list")
      ? "write its packages under `distro` of the layer"
      : name === "copr.repo"
      ? "write it as `copr` below `fedora` of the layer's `distro`"
      : "write what it does as `run` steps of the layer",
  }));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // not there, or behind a link that leads nowhere
  }
}
