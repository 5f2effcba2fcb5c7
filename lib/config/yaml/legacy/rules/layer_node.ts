/** The `candy:` wrapper of a layer becomes node form: fields in the kind, everything else a child of its own. */
import { basename, dirname } from "node:path";
import { get, type Mapping } from "../../tree.ts";
import { mapRoots } from "../edit.ts";
import { wrapperOf } from "../layers.ts";
import { nodeForm } from "../node_form.ts";
import type { LegacyRule } from "../rule.ts";

export const layerNode: LegacyRule = {
  schema: "2026.169.0001",
  name: "layer-node",
  about: "the `candy:` wrapper becomes an entity with its fields, data and steps as children",
  apply: (files, log) =>
    mapRoots(files, (root, file) => {
      if (wrapperOf(root) !== "candy") return root;
      const candy = get(root, "candy") as Mapping;
      const name = nameOf(candy, file);
      log.change(root.at, `the layer "${name}" is in node form now`);
      const comment = root.entries[0]?.comment;
      const entry = { key: name, keyAt: root.at, value: nodeForm("candy", name, candy) };
      return { is: "map", at: root.at, entries: [comment === undefined ? entry : { ...entry, comment }] };
    }),
};

function nameOf(candy: Mapping, file: string): string {
  const name = get(candy, "name");
  const directory = basename(dirname(file));
  return name?.is === "scalar" && name.text !== "" ? name.text : directory === "." ? "candy" : directory;
}
