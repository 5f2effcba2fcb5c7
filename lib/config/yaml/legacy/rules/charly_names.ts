/** Names from when the tool was called otherwise: two images, and variables that begin with `OV_` or `CH_`. */
import type { Entry, Mapping, Tree } from "../../tree.ts";
import { mapMaps, mapRoots, withEntries } from "../edit.ts";
import { isKeyed, wrapperOf } from "../layers.ts";
import { renameNames } from "../rename_names.ts";
import type { LegacyRule, ProjectFiles, RuleLog } from "../rule.ts";

export const charlyNames: LegacyRule = {
  schema: "2026.159.1911",
  name: "charly-names",
  about:
    "`arch-charly` is `charly-arch`, `fedora-charly` is `charly-fedora`; variables `OV_…` and `CH_…` are `CHARLY_…`",
  apply: (files, log) =>
    variables(renameNames(files, { "arch-charly": "charly-arch", "fedora-charly": "charly-fedora" }, log), log),
};

/** A variable is renamed where the project sets it, and then everywhere the project speaks of it. */
function variables(files: ProjectFiles, log: RuleLog): ProjectFiles {
  const names = new Map<string, string>();
  mapRoots(files, (root) => {
    if (isKeyed(root) || wrapperOf(root) !== undefined) collect(root, names, log);
    return root;
  });
  if (names.size === 0) return files;
  const words = new RegExp(`\\b(?:${[...names.keys()].join("|")})\\b`, "g");
  const said = (text: string) => text.replace(words, (name) => names.get(name)!);
  return mapRoots(files, (root) => renamed(root, said) as Mapping); // a map stays a map
}

function collect(root: Mapping, names: Map<string, string>, log: RuleLog): void {
  const found = (name: string | undefined, at: Tree["at"]) => {
    const now = name?.replace(/^(?:OV|CH)_(?=[A-Z])/, "CHARLY_");
    if (name === undefined || now === undefined || now === name || names.has(name)) return;
    names.set(name, now);
    log.change(at, `the variable "${name}" is "${now}" now`);
  };
  mapMaps(root, (map) => {
    for (const { key, value } of map.entries) {
      if (key !== "env") continue;
      if (value.is === "map") { for (const it of value.entries) found(it.key, it.keyAt); }
      for (const item of value.is === "list" ? value.items : []) {
        if (item.is === "scalar") found(/^([A-Z_][A-Z0-9_]*)=/.exec(item.text)?.[1], item.at);
      }
    }
    return map;
  });
}

function renamed(tree: Tree, said: (text: string) => string): Tree {
  if (tree.is === "list") return { ...tree, items: tree.items.map((item) => renamed(item, said)) };
  if (tree.is === "map") {
    return withEntries(
      tree,
      tree.entries.map((entry): Entry => ({ ...entry, key: said(entry.key), value: renamed(entry.value, said) })),
    );
  }
  const text = typeof tree.value === "string" ? said(tree.text) : tree.text;
  return text === tree.text ? tree : { ...tree, text, value: text };
}
