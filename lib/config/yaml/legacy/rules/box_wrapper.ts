/** A `box:` wrapper around one image becomes a map with that image, as every other map of images. */
import { basename, dirname } from "node:path";
import { get } from "../../tree.ts";
import { mapRoots, withEntries, withoutKeys } from "../edit.ts";
import type { LegacyRule } from "../rule.ts";

export const boxWrapper: LegacyRule = {
  schema: "2026.160.1301",
  name: "box-wrapper",
  about: "a `box:` wrapper with the fields of one image becomes an image of that name",
  apply: (files, log) =>
    mapRoots(files, (root, file) => {
      const box = get(root, "box");
      if (
        box?.is !== "map" || !box.entries.some(({ value }) => value.is === "scalar" && value.value !== null)
      ) return root;
      const said = get(box, "name");
      const name = said?.is === "scalar" ? said.text : basename(dirname(file));
      log.change(box.at, `the image "${name}" is one of \`box\` now`);
      return withEntries(
        root,
        root.entries.map((entry) =>
          entry.value === box
            ? {
              ...entry,
              value: {
                is: "map",
                at: box.at,
                entries: [{ key: name, keyAt: entry.keyAt, value: withoutKeys(box, "name") }],
              },
            }
            : entry
        ),
      );
    }),
};
