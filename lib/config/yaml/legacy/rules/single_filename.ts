/** Every manifest is called `charly.yml`. */
import type { Document } from "../../tree.ts";
import type { LegacyRule } from "../rule.ts";

export const singleFilename: LegacyRule = {
  schema: "2026.160.1300",
  name: "single-filename",
  about: "`candy.yml` is `charly.yml`",
  apply: (files, log) =>
    new Map([...files].map(([path, documents]): [string, readonly Document[]] => {
      const now = path.replace(/(^|\/)candy\.yml$/, "$1charly.yml");
      if (now === path || files.has(now)) return [path, documents];
      log.change(documents[0]?.root.at ?? { file: path, line: 1, column: 1 }, `${path} is ${now} now`);
      return [now, documents];
    })),
};
