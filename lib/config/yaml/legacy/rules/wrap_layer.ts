/** Flat `layer.yml` files get their `layer:` wrapper. */
import { basename, dirname } from "node:path";
import { textAt } from "../../tree.ts";
import { mapRoots, withEntries } from "../edit.ts";
import { isLayerFile, wrapperOf } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

export const wrapLayer: LegacyRule = {
  schema: "2026.112.0522",
  name: "wrap-layer",
  about: "a flat layer.yml gets a `layer:` wrapper with its name",
  apply: (files, log) =>
    mapRoots(files, (root, file) => {
      if (!isLayerFile(file) || wrapperOf(root) !== undefined) return root;
      const name = textAt(basename(dirname(file)), root.at);
      log.change(root.at, `the layer "${name.text}" is wrapped in \`layer:\``);
      const named = root.entries.some(({ key }) => key === "name");
      const inside = named ? root : withEntries(root, [{ key: "name", keyAt: root.at, value: name }, ...root.entries]);
      return { is: "map", at: root.at, entries: [{ key: "layer", keyAt: root.at, value: inside }] };
    }),
};
