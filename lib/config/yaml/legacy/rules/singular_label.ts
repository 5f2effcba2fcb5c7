/** Labels of images in the tool's own words: their last part is a singular, as the fields are. */
import type { Tree } from "../../tree.ts";
import { mapMaps, mapRoots, withEntries } from "../edit.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";
import { singularOf } from "./field_singular.ts";

const label = /^((?:org\.overthinkos|ai\.opencharly)\.)([a-z_]+)$/;

export const singularLabel: LegacyRule = {
  schema: "2026.155.1800",
  name: "singular-label",
  about: "labels `org.overthinkos.<plural>` are singular",
  apply: (files, log) =>
    mapRoots(files, (root) => {
      const changed = mapMaps(root, (map) =>
        withEntries(
          map,
          map.entries.map((entry) => ({ ...entry, key: said(entry.key), value: valueOf(entry.value, log) })),
        ));
      return changed.is === "map" ? changed : root;
    }),
};

function said(text: string): string {
  const [, before, word] = label.exec(text) ?? [];
  return before === undefined || word === undefined ? text : `${before}${singularOf(word)}`;
}

function valueOf(tree: Tree, log: RuleLog): Tree {
  if (tree.is === "list") return { ...tree, items: tree.items.map((item) => valueOf(item, log)) };
  if (tree.is !== "scalar" || said(tree.text) === tree.text) return tree;
  const text = said(tree.text);
  log.change(tree.at, `"${tree.text}" is "${text}" now`);
  return { ...tree, text, value: text };
}
