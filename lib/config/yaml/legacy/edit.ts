/** Small changes of trees, for legacy rules: nothing is changed in place, places and comments stay. */
import type { Document, Entry, Mapping, Tree } from "../tree.ts";
import type { ProjectFiles, RuleLog } from "./rule.ts";

/** A map with other entries. */
export function withEntries(map: Mapping, entries: readonly Entry[]): Mapping {
  return { ...map, entries };
}

/** A map with one of its keys called otherwise; its place among the keys stays. */
export function renameKey(map: Mapping, from: string, to: string): Mapping {
  return withEntries(map, map.entries.map((entry) => entry.key === from ? { ...entry, key: to } : entry));
}

/** A map whose keys are called as the table says, unless the new name is taken; each is logged. */
export function renameKeys(map: Mapping, names: Readonly<Record<string, string>>, log: RuleLog): Mapping {
  return withEntries(
    map,
    map.entries.map((entry) => {
      const now = Object.hasOwn(names, entry.key) ? names[entry.key] : undefined;
      if (now === undefined || map.entries.some((other) => other.key === now)) return entry;
      log.change(entry.keyAt, `"${entry.key}" is "${now}" now`);
      return { ...entry, key: now };
    }),
  );
}

/** A map without some of its keys. */
export function withoutKeys(map: Mapping, ...keys: readonly string[]): Mapping {
  return withEntries(map, map.entries.filter(({ key }) => !keys.includes(key)));
}

/** A map with a value in place of that of a key, or at its end. */
export function withValue(map: Mapping, key: string, value: Tree): Mapping {
  const there = map.entries.some((entry) => entry.key === key);
  return withEntries(
    map,
    there
      ? map.entries.map((entry) => entry.key === key ? { ...entry, value } : entry)
      : [...map.entries, { key, keyAt: value.at, value }],
  );
}

/** Every map of a tree changed, from the inside out. */
export function mapMaps(
  tree: Tree,
  change: (map: Mapping, path: readonly string[]) => Tree,
  path: readonly string[] = [],
): Tree {
  if (tree.is === "scalar") return tree;
  if (tree.is === "list") {
    return { ...tree, items: tree.items.map((item, index) => mapMaps(item, change, [...path, String(index)])) };
  }
  const entries = tree.entries.map((entry) => ({
    ...entry,
    value: mapMaps(entry.value, change, [...path, entry.key]),
  }));
  return change({ ...tree, entries }, path);
}

/** Every map of a document changed, from the inside out. */
export function mapRoot(root: Mapping, change: (map: Mapping, path: readonly string[]) => Mapping): Mapping {
  return mapMaps(root, change) as Mapping; // a map stays a map
}

/** Every document whose root is a map changed; files keep their names. */
export function mapRoots(files: ProjectFiles, change: (root: Mapping, path: string) => Mapping): ProjectFiles {
  return new Map([...files].map(([path, documents]) => [
    path,
    documents.map((document): Document =>
      document.root.is === "map" ? { ...document, root: change(document.root, path) } : document
    ),
  ]));
}

/**
 * Documents whose keys are unique: what a rule has given a name that is there already stands in a document behind it. Names are
 * unique among the entities of one kind; a distribution may be called like an image.
 */
export function separateNames(files: ProjectFiles): ProjectFiles {
  return new Map([...files].map(([path, documents]) => [path, documents.flatMap(separate)]));
}

function separate(document: Document): Document[] {
  const { root } = document;
  if (root.is !== "map") return [document];
  const parts: Map<string, Entry>[] = [new Map()];
  for (const entry of root.entries) {
    let part = parts.find((it) => !it.has(entry.key));
    if (part === undefined) parts.push(part = new Map());
    part.set(entry.key, entry);
  }
  const [, ...behind] = parts;
  if (behind.length === 0) return [document];
  return [
    { ...document, root: withEntries(root, [...parts[0]!.values()]) },
    ...behind.map((part): Document => ({ root: withEntries(root, [...part.values()]) })),
  ];
}
