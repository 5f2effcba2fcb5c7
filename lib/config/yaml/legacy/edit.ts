/** Small changes of trees, for legacy rules: nothing is changed in place, places and comments stay. */
import type { Document, Entry, Mapping, Tree } from "../tree.ts";
import type { ProjectFiles } from "./rule.ts";

/** A map with other entries. */
export function withEntries(map: Mapping, entries: readonly Entry[]): Mapping {
  return { ...map, entries };
}

/** A map with one of its keys called otherwise; its place among the keys stays. */
export function renameKey(map: Mapping, from: string, to: string): Mapping {
  return withEntries(map, map.entries.map((entry) => entry.key === from ? { ...entry, key: to } : entry));
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

/** Every document whose root is a map changed; files keep their names. */
export function mapRoots(files: ProjectFiles, change: (root: Mapping, path: string) => Mapping): ProjectFiles {
  return new Map([...files].map(([path, documents]) => [
    path,
    documents.map((document): Document =>
      document.root.is === "map" ? { ...document, root: change(document.root, path) } : document
    ),
  ]));
}
