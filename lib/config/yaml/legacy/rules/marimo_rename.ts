/** An image of the tool's own project that got another name. */
import { renameNames } from "../rename_names.ts";
import type { LegacyRule } from "../rule.ts";

export const marimoRename: LegacyRule = {
  schema: "2026.131.0857",
  name: "marimo-rename",
  about: "`marimo-ml` and `marimo-ml-pod` are `versa`",
  apply: (files, log) => renameNames(files, { "marimo-ml": "versa", "marimo-ml-pod": "versa" }, log),
};
