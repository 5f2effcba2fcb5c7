/** How the tool came into a machine, among what it remembers of that machine. */
import { mapRoot, mapRoots, renameKeys } from "../edit.ts";
import type { LegacyRule } from "../rule.ts";

export const installStrategyKey: LegacyRule = {
  schema: "2026.169.0002",
  name: "install-strategy-key",
  about: "`ov_install_strategy` of a machine's state is `charly_install_strategy`",
  apply: (files, log) =>
    mapRoots(files, (root) =>
      mapRoot(
        root,
        (map, path) =>
          path.at(-1) === "vm_state" ? renameKeys(map, { ov_install_strategy: "charly_install_strategy" }, log) : map,
      )),
};
