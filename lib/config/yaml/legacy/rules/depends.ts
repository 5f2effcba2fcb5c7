/** `depends` is `require`; fields that mean nothing any more go. */
import { get } from "../../tree.ts";
import { renameKeys, withoutKeys } from "../edit.ts";
import { mapLayers } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

export const depends: LegacyRule = {
  schema: "2026.130.1531",
  name: "depends",
  about: "`depends` is `require`; `directory` goes",
  apply: (files, log) =>
    mapLayers(files, (layer) => {
      const directory = get(layer, "directory");
      if (directory !== undefined) log.change(directory.at, '"directory" means nothing any more and is removed');
      return renameKeys(withoutKeys(layer, "directory"), { depends: "require" }, log);
    }),
};
