/** A layer without a version gets the schema's. */
import { textAt } from "../../tree.ts";
import { loaderHead } from "../../words.ts";
import { withEntries } from "../edit.ts";
import { mapLayers } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

export const entityVersion: LegacyRule = {
  schema: "2026.144.1442",
  name: "entity-version",
  about: "a layer without a version gets one",
  apply: (files, log) =>
    mapLayers(files, (layer, { name }) => {
      if (layer.entries.some(({ key }) => key === "version")) return layer;
      log.change(layer.at, `the layer "${name}" gets the version ${loaderHead}`);
      const version = { key: "version", keyAt: layer.at, value: textAt(loaderHead, layer.at) };
      return withEntries(layer, [version, ...layer.entries]);
    }),
};
