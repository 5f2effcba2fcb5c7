/** `layer` is `candy` and `image` is `box`, wherever they are keys; files and directories follow. */
import type { Document } from "../../tree.ts";
import { mapRoot, mapRoots, renameKeys } from "../edit.ts";
import { isKeyed, wrapperOf } from "../layers.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";
import { isTextOfTheUser } from "../user_text.ts";

const renames = {
  layer: "candy",
  image: "box",
  add_layer: "add_candy",
  layer_field: "candy_field",
  layer_file: "candy_file",
  depends_layer: "depends_candy",
};

export const candyBoxRename: LegacyRule = {
  schema: "2026.156.0556",
  name: "candy-box-rename",
  about: "`layer` is `candy`, `image` is `box`, `add_layer` is `add_candy`; `layers/` is `candy/`",
  apply: (files, log) => {
    const old = mapRoots(files, (root) => {
      // In node form `image` is the image of a pod.
      if (!isKeyed(root) && wrapperOf(root) === undefined) return root;
      return mapRoot(root, (map, path) => {
        const isSidecar = path[0]?.startsWith("sidecar") === true;
        return isTextOfTheUser(path) || isSidecar ? map : renameKeys(map, renames, log);
      });
    });
    return new Map(
      [...old].map(([path, documents]): [string, readonly Document[]] => [moved(path, documents, log), documents]),
    );
  },
};

function moved(path: string, documents: readonly Document[], log: RuleLog): string {
  const now = path
    .replace(/(^|\/)layers\/([^/]+)\/layer\.ya?ml$/, "$1candy/$2/candy.yml")
    .replace(/(^|\/)layer\.ya?ml$/, "$1candy.yml");
  if (now !== path) log.change(documents[0]?.root.at ?? { file: path, line: 1, column: 1 }, `${path} is ${now} now`);
  return now;
}
