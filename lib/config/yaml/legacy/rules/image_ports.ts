/** Images have no ports: candies say them, deployments pin them. */
import { mapRoots, withEntries, withoutKeys } from "../edit.ts";
import { isKeyed } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

export const imagePorts: LegacyRule = {
  schema: "2026.161.2302",
  name: "image-ports",
  about: "`port` of images and of `defaults` is removed",
  apply: (files, log) =>
    mapRoots(files, (root) => {
      if (!isKeyed(root)) return root;
      return withEntries(
        root,
        root.entries.map((entry) => {
          if (entry.value.is !== "map") return entry;
          const images = entry.key === "box"
            ? entry.value.entries.map(({ value }) => value)
            : entry.key === "defaults"
            ? [entry.value]
            : [];
          const found = images.flatMap((image) =>
            image.is === "map" ? image.entries.filter(({ key }) => key === "port") : []
          );
          if (found.length === 0) return entry;
          for (const { keyAt } of found) log.change(keyAt, "`port` of an image is removed: candies say theirs");
          if (entry.key === "defaults") return { ...entry, value: withoutKeys(entry.value, "port") };
          const boxes = entry.value.entries.map((it) =>
            it.value.is === "map" ? { ...it, value: withoutKeys(it.value, "port") } : it
          );
          return { ...entry, value: withEntries(entry.value, boxes) };
        }),
      );
    }),
};
