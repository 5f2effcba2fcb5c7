/** A field of what iterates that nothing reads any more. */
import { has } from "../../tree.ts";
import { mapRoot, mapRoots, withoutKeys } from "../edit.ts";
import type { LegacyRule } from "../rule.ts";

export const iterateWords: LegacyRule = {
  schema: "2026.174.0051",
  name: "iterate-words",
  about: "`validate_ai_artifacts` does nothing any more and is removed",
  apply: (files, log) =>
    mapRoots(files, (root) =>
      mapRoot(root, (map) => {
        if (!has(map, "validate_ai_artifacts") || !(has(map, "sandbox") || has(map, "plateau_iteration"))) return map;
        log.change(map.at, '"validate_ai_artifacts" does nothing any more and is removed');
        return withoutKeys(map, "validate_ai_artifacts");
      })),
};
