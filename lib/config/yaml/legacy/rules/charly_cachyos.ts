/** One workstation of the tool's own project had three names. */
import { renameNames } from "../rename_names.ts";
import type { LegacyRule } from "../rule.ts";

export const charlyCachyos: LegacyRule = {
  schema: "2026.125.0702",
  name: "charly-cachyos",
  about: "`qc`, `cachyos-dx` and `ov-cachyos` are `charly-cachyos`",
  apply: (files, log) =>
    renameNames(
      files,
      { qc: "charly-cachyos", "cachyos-dx": "charly-cachyos", "ov-cachyos": "charly-cachyos" },
      log,
    ),
};
