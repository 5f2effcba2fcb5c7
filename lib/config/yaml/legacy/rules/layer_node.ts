/** The `candy:` wrapper of a layer becomes node form: fields in the kind, everything else a child of its own. */
import { basename, dirname } from "node:path";
import { type Entry, get, type Mapping } from "../../tree.ts";
import { dataKeys, isWord } from "../../words.ts";
import { mapRoots, withEntries } from "../edit.ts";
import { wrapperOf } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

export const layerNode: LegacyRule = {
  schema: "2026.169.0001",
  name: "layer-node",
  about: "the `candy:` wrapper becomes an entity with its fields, data and steps as children",
  apply: (files, log) =>
    mapRoots(files, (root, file) => {
      if (wrapperOf(root) !== "candy") return root;
      const candy = get(root, "candy") as Mapping;
      const name = nameOf(candy, file);
      log.change(root.at, `the layer "${name}" is in node form now`);
      const inside = candy.entries.filter(({ key, value }) =>
        key !== "name" && key !== "plan" && !isWord(dataKeys, key) && value.is === "scalar"
      );
      const children = candy.entries.flatMap((entry): Entry[] => {
        if (inside.includes(entry) || entry.key === "name") return [];
        if (entry.key === "plan") return stepsOf(entry, name);
        const value: Mapping = { is: "map", at: entry.keyAt, entries: [{ ...entry }] };
        return [{ key: `${name}-${entry.key}`, keyAt: entry.keyAt, value }];
      });
      const comment = root.entries[0]?.comment;
      const node: Mapping = {
        is: "map",
        at: root.at,
        entries: [{ key: "candy", keyAt: root.at, value: withEntries(candy, inside) }, ...children],
      };
      const entry = { key: name, keyAt: root.at, value: node };
      return { is: "map", at: root.at, entries: [comment === undefined ? entry : { ...entry, comment }] };
    }),
};

function stepsOf({ value }: Entry, name: string): Entry[] {
  if (value.is !== "list") return [];
  const used = new Set<string>();
  return value.items.map((item, index) => {
    const id = get(item, "id");
    let key = id?.is === "scalar" && id.text !== "" ? id.text : `${name}-step-${index}`;
    if (used.has(key) || key === "candy") key = `${key}-${index}`;
    used.add(key);
    return { key, keyAt: item.at, value: item };
  });
}

function nameOf(candy: Mapping, file: string): string {
  const name = get(candy, "name");
  const directory = basename(dirname(file));
  return name?.is === "scalar" && name.text !== "" ? name.text : directory === "." ? "candy" : directory;
}
