/** Where layers stand in files of any age: flat, in a `layer:` or a `candy:` wrapper. */
import { basename, dirname } from "node:path";
import { get, type Mapping, type Tree } from "../tree.ts";
import { dataKeys, isWord, kinds, stepWords } from "../words.ts";
import { mapRoots, withEntries, withValue } from "./edit.ts";
import type { ProjectFiles } from "./rule.ts";

/** Which layer a rule has in its hands. */
export interface LayerAt {
  readonly file: string;
  /** Name of the layer: `name:` inside, else its directory's. */
  readonly name: string;
  /** `layer`, or the root key of the map it is in. */
  readonly among: string;
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
      return withValue(root, wrapper, change(inside, { file, name: nameOf(inside, file), among: "layer" }));
    }
    return isLayerFile(file) ? change(root, { file, name: nameOf(root, file), among: "layer" }) : root;
  });
}

/** Maps at the root of a file whose entries are entities of one kind, in the spellings of all generations. */
export const entityMaps = [
  ...["image", "images", "box", "vm", "vms", "local", "pod", "k8s", "android", "deploy", "deployment", "deployments"],
  ...["eval", "check", "sidecar", "sidecars", "ai", "agent", "host"],
];

/** Whether a root key holds a map of entities, and no entity in node form. */
export function isEntityMap(key: string, value: Tree): value is Mapping {
  if (!entityMaps.includes(key) || value.is !== "map" || value.entries.length === 0) return false;
  // `vm: { vm: {…} }` is a map with an entity called vm; in node form the value under the kind says what it is
  return value.entries.every((entry) =>
    entry.value.is === "map" || (entry.value.is === "scalar" && entry.value.value === null)
  );
}

/** Every layer, and every entity of a map at the root of a file, changed. */
export function mapEntities(files: ProjectFiles, change: (entity: Mapping, at: LayerAt) => Mapping): ProjectFiles {
  const layers = mapLayers(files, change);
  return mapRoots(layers, (root, file) => {
    if (!isKeyed(root)) return root;
    return withEntries(
      root,
      root.entries.map((entry) => {
        if (!isEntityMap(entry.key, entry.value)) return entry;
        const entities = entry.value.entries.map((inner) =>
          inner.value.is === "map"
            ? { ...inner, value: change(inner.value, { file, name: inner.key, among: entry.key }) }
            : inner
        );
        return { ...entry, value: withEntries(entry.value, entities) };
      }),
    );
  });
}

/**
 * Every image, and the `defaults` of images, changed. The `images:` of a deploy file are deployments.
 *
 * @param change is told `defaults` in `among` for those
 */
export function mapImages(files: ProjectFiles, change: (image: Mapping, at: LayerAt) => Mapping): ProjectFiles {
  const isDeployFile = (file: string) => /(^|\/)deploy\.ya?ml$/.test(file);
  const images = mapEntities(
    files,
    (entity, at) =>
      ["image", "images", "box"].includes(at.among) && !isDeployFile(at.file) ? change(entity, at) : entity,
  );
  return mapRoots(images, (root, file) => {
    const defaults = get(root, "defaults");
    return defaults?.is === "map" && isKeyed(root) && !isDeployFile(file)
      ? withValue(root, "defaults", change(defaults, { file, name: "defaults", among: "defaults" }))
      : root;
  });
}

/** Keys of files that are not in node form. */
const rootWords = [
  ...entityMaps,
  ...["layer", "layers", "candy", "defaults", "distro", "distros", "builder", "builders", "init", "inits", "resource"],
  ...["score", "scores", "recipe", "recipes", "ai", "agent", "benchmark", "format", "formats"],
];
const directiveWords = ["version", "import", "include", "includes", "discover", "repo", "provides"];

/** Whether a document is keyed by kinds instead of names. */
export function isKeyed(root: Mapping): boolean {
  const keys = root.entries.map(({ key }) => key);
  return keys.some((key) => rootWords.includes(key)) &&
    root.entries.every(({ key, value }) =>
      directiveWords.includes(key) || (rootWords.includes(key) && !isNode(key, value))
    );
}

/** Whether a root entry is an entity in node form that happens to be called like a kind: every child says what it is. */
function isNode(key: string, value: Tree): boolean {
  if (value.is !== "map" || ["defaults", "score", "recipe", "ai"].includes(key)) return false;
  const own = value.entries.filter((entry) => isWord(kinds, entry.key));
  const children = value.entries.filter((entry) => !own.includes(entry));
  return own.length === 1 && !holdsData(own[0]!.value) && children.every((child) => isChild(child.value));
}

/** In node form a kind's value holds no field that is written as a child. */
function holdsData(value: Tree): boolean {
  return value.is === "map" && value.entries.some(({ key }) => isWord(dataKeys, key));
}

/** A child says what it is: a step, one field, or an entity of its own. */
function isChild(value: Tree): boolean {
  if (value.is !== "map") return false;
  const keys = value.entries.map(({ key }) => key);
  if (keys.some((key) => isWord(stepWords, key))) return true;
  return keys.length === 1
    ? isWord(dataKeys, keys[0]!) || isWord(kinds, keys[0]!)
    : keys.some((key) => isWord(kinds, key)) && !keys.some((key) => isWord(dataKeys, key));
}

function nameOf(layer: Mapping, file: string): string {
  const name = get(layer, "name");
  return name?.is === "scalar" && name.text !== "" ? name.text : basename(dirname(file));
}

/** A map without its entries of no value. */
export function compact(map: Mapping): Mapping {
  return withEntries(map, map.entries.filter(({ value }) => !(value.is === "scalar" && value.value === null)));
}
