/** `localpkg: dir` is `localpkg: { pac: dir }`. */
import { withValue } from "../edit.ts";
import { get } from "../../tree.ts";
import { mapLayers } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

export const localpkgMap: LegacyRule = {
  schema: "2026.157.0310",
  name: "localpkg-map",
  about: "`localpkg` says for which format",
  apply: (files, log) =>
    mapLayers(files, (layer) => {
      const old = get(layer, "localpkg");
      if (old?.is !== "scalar" || old.value === null) return layer;
      log.change(old.at, "`localpkg` is for pacman");
      return withValue(layer, "localpkg", {
        is: "map",
        at: old.at,
        entries: [{ key: "pac", keyAt: old.at, value: old }],
      });
    }),
};
