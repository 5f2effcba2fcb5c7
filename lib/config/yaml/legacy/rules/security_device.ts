/** `security.device` was a slip for `devices`, and went unnoticed. */
import { get } from "../../tree.ts";
import { renameKey, withValue } from "../edit.ts";
import { mapEntities } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

export const securityDevice: LegacyRule = {
  schema: "2026.130.1532",
  name: "security-device",
  about: "`security.device` is `devices`",
  apply: (files, log) =>
    mapEntities(files, (entity) => {
      const security = get(entity, "security");
      const device = get(security, "device");
      if (security?.is !== "map" || device === undefined || get(security, "devices") !== undefined) return entity;
      log.change(device.at, '"device" is "devices" now');
      return withValue(entity, "security", renameKey(security, "device", "devices"));
    }),
};
