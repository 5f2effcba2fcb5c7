/** `depends` is `require`; fields that mean nothing any more go. */
import { withEntries } from "../edit.ts";
import { mapLayers } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

const gone = ["directory"];

export const depends: LegacyRule = {
  schema: "2026.130.1531",
  name: "depends",
  about: "`depends` is `require`; `directory` goes",
  apply: (files, log) =>
    mapLayers(files, (layer) =>
      withEntries(
        layer,
        layer.entries.flatMap((entry) => {
          if (entry.key === "depends") {
            log.change(entry.keyAt, '"depends" is "require" now');
            return [{ ...entry, key: "require" }];
          }
          if (!gone.includes(entry.key)) return [entry];
          log.change(entry.keyAt, `"${entry.key}" means nothing any more and is removed`);
          return [];
        }),
      )),
};
