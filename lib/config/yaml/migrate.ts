/** A whole project of an older form in today's: what `charly migrate` writes. */
import { basename, dirname } from "node:path";
import { legacyRules } from "./legacy/rules.ts";
import { type Migrated, runChain } from "./legacy/chain.ts";
import { isLegacy } from "./legacy/detect.ts";
import type { ProjectFiles } from "./legacy/rule.ts";
import { type Document, get, type Mapping, plain, textAt, type Tree } from "./tree.ts";
import { loaderHead } from "./words.ts";
import { writeAll } from "./write.ts";

/** What is to be done in a project's directory. */
export interface Migration extends Pick<Migrated, "changes" | "manual"> {
  /** Files to write, path → text. */
  readonly write: ReadonlyMap<string, string>;
  /** Files that are replaced by others. */
  readonly remove: readonly string[];
  /** Directories that move with everything in them. */
  readonly move: readonly (readonly [from: string, to: string])[];
}

const root = "charly.yml";
/** What the root file was called. */
const oldRoots = ["overthink.yml"];

/** The files of a project as they are called and written today; without any that is older, as they are. */
export function migrateFiles(files: ProjectFiles): Migrated & Pick<Migration, "move"> {
  const legacy = [...files].filter(([path, documents]) => isLegacy(path, documents) || oldRoots.includes(path));
  if (legacy.length === 0) return { files, changes: [], manual: [], move: [] };
  const { files: current, changes, manual } = runChain(files, legacyRules);
  const move = [
    ...new Set(legacy.flatMap(([path]) => {
      const found = /^(.*?)layers\/([^/]+)\/layer\.ya?ml$/.exec(path);
      return found === null ? [] : [`${found[1]}layers/${found[2]}`];
    })),
  ].map((from): [string, string] => [from, from.replace(/layers\/([^/]+)$/, "candy/$1")]);
  const named = new Map([...current].map(([path, documents]) => [oldRoots.includes(path) ? root : path, documents]));
  const whole = named.has(root) ? named : new Map([[root, [rootOf(named)]], ...named]);
  return { files: whole, changes, manual, move };
}

/** Plans a migration; an up-to-date project gives one that does nothing. */
export function migrate(files: ProjectFiles): Migration {
  const { files: whole, changes, manual, move } = migrateFiles(files);
  if (whole === files) return { changes: [], manual: [], write: new Map(), remove: [], move: [] };
  const write = new Map<string, string>();
  for (const [path, documents] of whole) {
    const before = files.get(path);
    if (before === undefined || !sameDocuments(before, documents)) write.set(path, writeAll(documents));
  }
  const remove = [...files.keys()].filter((path) => !whole.has(path) && !move.some(([from]) => dirname(path) === from));
  // A manifest moves with its directory and is written there; under its old name it goes.
  const left = [...files.keys()].flatMap((path) => {
    const moved = move.find(([from]) => dirname(path) === from);
    return moved === undefined ? [] : [`${moved[1]}/${basename(path)}`];
  });
  return { changes, manual, write, remove: [...remove, ...left.filter((path) => !whole.has(path))], move };
}

/** The root file of a project that had none: what is beside it is imported, its directories are discovered. */
function rootOf(files: ProjectFiles): Document {
  const at = { file: root, line: 1, column: 1 };
  const beside = [...files.keys()].filter((path) => !path.includes("/")).sort();
  const directories = ["candy", "box"].filter((name) => [...files.keys()].some((path) => path.startsWith(`${name}/`)));
  const list = (items: readonly string[]): Tree => ({ is: "list", at, items: items.map((item) => textAt(item, at)) });
  const entries = [
    { key: "version", keyAt: at, value: textAt(loaderHead, at) },
    ...(beside.length === 0 ? [] : [{ key: "import", keyAt: at, value: list(beside) }]),
    ...(directories.length === 0 ? [] : [{ key: "discover", keyAt: at, value: list(directories) }]),
  ];
  const map: Mapping = { is: "map", entries, at };
  return { root: map };
}

/** Whether files say the same, whatever their comments. */
export function sameDocuments(a: readonly Document[], b: readonly Document[]): boolean {
  return a === b ||
    JSON.stringify(a.map(({ root }) => plain(root))) === JSON.stringify(b.map(({ root }) => plain(root)));
}

/** Files of a project that may be charly's: by their names and places, or by what is in them. */
export function isProjectFile(path: string, documents: readonly Document[]): boolean {
  if (path === root || oldRoots.includes(path)) return true;
  if (/(^|\/)(layers|candy|box)\/[^/]+\/(layer\.ya?ml|candy\.yml|charly\.yml)$/.test(path)) return true;
  return !path.includes("/") &&
    (isLegacy(path, documents) || documents.some((document) => get(document.root, "version") !== undefined));
}
