/** `archlinux` is `arch`. */
import { mapRoot, mapRoots, withEntries } from "../edit.ts";
import type { LegacyRule } from "../rule.ts";

export const archRename: LegacyRule = {
  schema: "2026.141.1559",
  name: "arch-rename",
  about: "the distribution `archlinux` is `arch`",
  apply: (files, log) =>
    mapRoots(files, (root) => {
      return mapRoot(root, (map, path) =>
        withEntries(
          map,
          map.entries.map((entry) => {
            if (entry.key === "archlinux" && ["distro", "distros", "package_map"].includes(path.at(-1) ?? "")) {
              log.change(entry.keyAt, '"archlinux" is "arch" now');
              return { ...entry, key: "arch" };
            }
            const isTag = ["distro", "exclude_distro", "inherits"].includes(entry.key);
            if (!isTag) return entry;
            const rename = (text: string) => text.replace(/^archlinux(?=$|[:-])/, "arch");
            if (entry.value.is === "scalar" && rename(entry.value.text) !== entry.value.text) {
              log.change(entry.value.at, '"archlinux" is "arch" now');
              const text = rename(entry.value.text);
              return { ...entry, value: { ...entry.value, text, value: text } };
            }
            if (entry.value.is !== "list") return entry;
            const items = entry.value.items.map((item) => {
              if (item.is !== "scalar" || rename(item.text) === item.text) return item;
              log.change(item.at, '"archlinux" is "arch" now');
              return { ...item, text: rename(item.text), value: rename(item.text) };
            });
            return { ...entry, value: { ...entry.value, items } };
          }),
        ));
    }),
};
