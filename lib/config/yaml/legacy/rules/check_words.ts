/** What was an evaluation is a check. */
import { mapRoot, mapRoots, renameKeys } from "../edit.ts";
import { isKeyed } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";
import { isTextOfTheUser } from "../user_text.ts";

const renames = { eval_level: "check_level", keep_eval_runs: "keep_check_runs" };

export const checkWords: LegacyRule = {
  schema: "2026.164.0003",
  name: "check-words",
  about: "`eval_level` is `check_level`, `keep_eval_runs` is `keep_check_runs`",
  apply: (files, log) =>
    mapRoots(
      files,
      (root) =>
        isKeyed(root)
          ? mapRoot(root, (map, path) => isTextOfTheUser(path) ? map : renameKeys(map, renames, log))
          : root,
    ),
};
