/** Templates of machines held images once, and never did anything with them. */
import { withEntries } from "../edit.ts";
import { mapEntities } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

export const localImages: LegacyRule = {
  schema: "2026.125.1107",
  name: "local-images",
  about: "`images` of a local template are named and left out",
  apply: (files, log) =>
    mapEntities(files, (entity, { among, name }) => {
      const found = among === "local" ? entity.entries.filter(({ key }) => key === "images" || key === "image") : [];
      for (const { keyAt } of found) {
        log.manual(keyAt, `the template "${name}" holds no images any more`, "write a pod deployment for each of them");
      }
      return found.length === 0 ? entity : withEntries(entity, entity.entries.filter((it) => !found.includes(it)));
    }),
};
