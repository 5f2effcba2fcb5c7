/** Images have no ports: candies say them, deployments pin them. */
import { get } from "../../tree.ts";
import { withoutKeys } from "../edit.ts";
import { mapImages } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

export const imagePorts: LegacyRule = {
  schema: "2026.161.2302",
  name: "image-ports",
  about: "`port` of images and of `defaults` is removed",
  apply: (files, log) =>
    mapImages(files, (image) => {
      const port = get(image, "port");
      if (port === undefined) return image;
      log.change(port.at, "`port` of an image is removed: candies say theirs");
      return withoutKeys(image, "port");
    }),
};
