/** Directives of the root file: `include` is `import`, `discover` is a list, the version is today's. */
import { type Entry, type Mapping, textAt, type Tree } from "../../tree.ts";
import { loaderHead } from "../../words.ts";
import { mapRoots, withEntries } from "../edit.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";

/** Files that are part of charly itself now. */
const builtIn = /(^|\/)(build|distro|builder|init)\.ya?ml$/;

export const rootDirectives: LegacyRule = {
  schema: "2026.174.1100",
  name: "root-directives",
  about: "`include` is `import`, `discover` is a list of directories, `version` is today's",
  apply: (files, log) =>
    mapRoots(files, (root, file) => {
      const directives = root.entries.filter(({ key }) =>
        ["include", "includes", "import", "discover", "version"].includes(key)
      );
      if (directives.length === 0) return root;
      return withEntries(
        root,
        root.entries.flatMap((entry): Entry[] => {
          if (entry.key === "version" && isVersion(entry.value)) return [versionOf(entry, log)];
          if (entry.key === "discover" && entry.value.is === "map") {
            log.change(entry.keyAt, "`discover` is a list of directories now");
            return [{ ...entry, value: flat(entry.value) }];
          }
          if (!["include", "includes"].includes(entry.key)) return [entry];
          log.change(entry.keyAt, `"${entry.key}" is "import" now`);
          const { value } = entry;
          const items = value.is === "list" ? value.items.filter((item) => !isBuiltIn(item, files, file)) : [];
          return items.length === 0 ? [] : [{ ...entry, key: "import", value: { is: "list", items, at: value.at } }];
        }),
      );
    }),
};

function isVersion(value: Tree): boolean {
  return value.is === "scalar" && value.text !== loaderHead;
}

function versionOf(entry: Entry, log: RuleLog): Entry {
  log.change(entry.keyAt, `the version is ${loaderHead} now`);
  return { ...entry, value: textAt(loaderHead, entry.value.at) };
}

/** What was split off charly's own vocabulary and is not there any more. */
function isBuiltIn(item: Tree, files: ReadonlyMap<string, unknown>, file: string): boolean {
  if (item.is !== "scalar" || !builtIn.test(item.text)) return false;
  const path = file.includes("/") ? `${file.slice(0, file.lastIndexOf("/"))}/${item.text}` : item.text;
  return !files.has(path.replace(/^\.\//, ""));
}

/** `discover: { layers: [{ path: layers }] }`. */
function flat(map: Mapping): Tree {
  const items = map.entries.flatMap(({ value }) => value.is === "list" ? value.items : [value]).map((item) =>
    moved(item)
  );
  return { is: "list", items, at: map.at };
}

function moved(item: Tree): Tree {
  if (item.is === "scalar") return item.text === "layers" ? textAt("candy", item.at) : item;
  if (item.is !== "map") return item;
  return withEntries(
    item,
    item.entries.filter(({ key }) => key !== "manifest").map((entry) =>
      entry.key === "path" && entry.value.is === "scalar" && entry.value.text === "layers"
        ? { ...entry, value: textAt("candy", entry.value.at) }
        : entry
    ),
  );
}
