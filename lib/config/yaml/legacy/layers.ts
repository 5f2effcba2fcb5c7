/** Where layers stand in files of any age: flat, in a `layer:` or a `candy:` wrapper. */
import { basename, dirname } from "node:path";
import { type Document, get, type Mapping } from "../tree.ts";
import { mapRoots, withEntries, withValue } from "./edit.ts";
import type { ProjectFiles } from "./rule.ts";

/** Which layer a rule has in its hands. */
export interface LayerAt {
  readonly file: string;
  /** Name of the layer: `name:` inside, else its directory's. */
  readonly name: string;
}

/** Names a file with one layer had. */
const layerFiles = ["layer.yml", "layer.yaml", "candy.yml"];

/** Whether a file holds one layer and nothing else, to go by its name. */
export function isLayerFile(path: string): boolean {
  return layerFiles.includes(basename(path));
}

/** The wrapper of a layer at the root of a document, unless it is flat or in node form. */
export function wrapperOf(root: Mapping): "layer" | "candy" | undefined {
  for (const key of ["layer", "candy"] as const) {
    const value = get(root, key);
    // In node form `candy` is the name of an entity, and says its kind inside.
    const node = value?.is === "map" &&
      value.entries.some((entry) =>
        entry.value.is === "map" && ["candy", "pod", "vm", "k8s", "local", "android", "group"].includes(entry.key)
      );
    if (value?.is === "map" && !node && root.entries.length === 1) return key;
  }
  return undefined;
}

/** Every layer of every file changed. */
export function mapLayers(files: ProjectFiles, change: (layer: Mapping, at: LayerAt) => Mapping): ProjectFiles {
  return mapRoots(files, (root, file) => {
    const wrapper = wrapperOf(root);
    const inside = wrapper === undefined ? undefined : get(root, wrapper);
    if (wrapper !== undefined && inside?.is === "map") {
      return withValue(root, wrapper, change(inside, { file, name: nameOf(inside, file) }));
    }
    return isLayerFile(file) ? change(root, { file, name: nameOf(root, file) }) : root;
  });
}

/** Every list of work in every layer and image changed: `task`, `eval`, `plan` and the like. */
export function mapFile(
  files: ProjectFiles,
  wanted: (path: string) => boolean,
  change: (document: Document, path: string) => Document,
): ProjectFiles {
  return new Map([...files].map(([path, documents]) => [
    path,
    wanted(path) ? documents.map((document) => change(document, path)) : documents,
  ]));
}

function nameOf(layer: Mapping, file: string): string {
  const name = get(layer, "name");
  return name?.is === "scalar" && name.text !== "" ? name.text : basename(dirname(file));
}

/** A map without its entries of no value. */
export function compact(map: Mapping): Mapping {
  return withEntries(map, map.entries.filter(({ value }) => !(value.is === "scalar" && value.value === null)));
}
