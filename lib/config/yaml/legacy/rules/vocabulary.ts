/** Vocabulary files of the first months: charly's own words now, their old fields are named and left out. */
import { own } from "../../../../base/own.ts";
import { mapRoots, withEntries } from "../edit.ts";
import { get, type Mapping } from "../../tree.ts";
import type { LegacyRule } from "../rule.ts";

/** Fields no kind of today has. */
const gone: Readonly<Record<string, readonly string[]>> = {
  init: ["fragment_template", "requires_bootc"],
  inits: ["fragment_template", "requires_bootc"],
};

export const vocabulary: LegacyRule = {
  schema: "2026.112.0524",
  name: "vocabulary",
  about: "root `formats` and old fields of `init` are named and left out",
  apply: (files, log) =>
    mapRoots(files, (root) =>
      withEntries(
        root,
        root.entries.flatMap((entry) => {
          if ((entry.key === "formats" || entry.key === "format") && get(entry.value, "rpm") !== undefined) {
            log.manual(
              entry.keyAt,
              "package formats belong to distributions now",
              "write them as `format` of a `distro`",
            );
            return [];
          }
          const fields = own(gone, entry.key);
          if (fields === undefined || entry.value.is !== "map") return [entry];
          const entities = entry.value.entries.map((it) => {
            if (it.value.is !== "map") return it;
            for (const { key, keyAt } of it.value.entries) {
              if (fields.includes(key)) {
                log.manual(keyAt, `\`${key}\` has no form of today`, "write it into the templates");
              }
            }
            const value: Mapping = withEntries(
              it.value,
              it.value.entries.filter(({ key }) => !fields.includes(key)),
            );
            return { ...it, value };
          });
          return [{ ...entry, value: withEntries(entry.value, entities) }];
        }),
      )),
};
