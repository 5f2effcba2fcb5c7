/** Entities that are called otherwise now: where they are declared, and wherever one of them is meant. */
import type { Entry, Mapping, Tree } from "../tree.ts";
import { mapMaps, mapRoots, withEntries } from "./edit.ts";
import { isEntityMap, isKeyed, mapLayers } from "./layers.ts";
import type { ProjectFiles, RuleLog } from "./rule.ts";
import { isTextOfTheUser } from "./user_text.ts";

/** Fields whose value is a name, or a list of names. */
const references = [
  ...[
    "image",
    "box",
    "base",
    "from",
    "local",
    "host",
    "vm",
    "vm_source",
    "k8s",
    "pod",
    "android",
    "depends",
    "require",
  ],
  ...["requires", "layer", "layers", "candy", "add_layer", "add_layers", "add_candy", "builder", "bake_plugin"],
];

/** Files in which names are as the table says. */
export function renameNames(files: ProjectFiles, names: Readonly<Record<string, string>>, log: RuleLog): ProjectFiles {
  const now = (name: string) => Object.hasOwn(names, name) ? names[name]! : name;
  const layers = mapLayers(
    files,
    (layer) =>
      withEntries(layer, layer.entries.map((entry) => entry.key === "name" ? renamedValue(entry, now, log) : entry)),
  );
  return mapRoots(layers, (root) => {
    const declared = isKeyed(root) ? declarations(root, now, log) : root;
    return mapMaps(declared, (map, path) =>
      isTextOfTheUser(path) ? map : withEntries(
        map,
        map.entries.map((entry) => references.includes(entry.key) ? renamedValue(entry, now, log) : entry),
      )) as Mapping; // a map stays a map
  });
}

function declarations(root: Mapping, now: (name: string) => string, log: RuleLog): Mapping {
  return withEntries(
    root,
    root.entries.map((entry) => {
      if (!isEntityMap(entry.key, entry.value)) return entry;
      const taken = entry.value.entries.map(({ key }) => key);
      const entries = entry.value.entries.map((it) => {
        const name = now(it.key);
        if (name === it.key) return it;
        if (taken.includes(name)) {
          log.manual(it.keyAt, `"${it.key}" is called "${name}" now, and there is one already`, "join the two");
          return it;
        }
        taken.push(name);
        log.change(it.keyAt, `"${it.key}" is called "${name}" now`);
        return { ...it, key: name };
      });
      return { ...entry, value: withEntries(entry.value, entries) };
    }),
  );
}

function renamedValue(entry: Entry, now: (name: string) => string, log: RuleLog): Entry {
  const renamed = (tree: Tree): Tree => {
    if (tree.is === "list") return { ...tree, items: tree.items.map(renamed) };
    if (tree.is !== "scalar" || now(tree.text) === tree.text) return tree;
    const text = now(tree.text);
    log.change(tree.at, `"${tree.text}" is called "${text}" now`);
    return { ...tree, text, value: text };
  };
  return { ...entry, value: renamed(entry.value) };
}
