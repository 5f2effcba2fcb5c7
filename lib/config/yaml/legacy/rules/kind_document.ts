/** Documents of one entity, `kind: image`, `name: web`, `spec: {…}`, become maps by kind. */
import { type Entry, get, type Mapping } from "../../tree.ts";
import { mapRoots, withEntries } from "../edit.ts";
import type { LegacyRule } from "../rule.ts";

/** Kinds, and the root key of the map their entities are in. */
const maps: Readonly<Record<string, string>> = {
  layer: "layer",
  candy: "candy",
  image: "image",
  box: "box",
  deployment: "deploy",
  deploy: "deploy",
  host: "local",
  ...Object.fromEntries(
    [
      "local",
      "vm",
      "pod",
      "k8s",
      "android",
      "agent",
      "ai",
      "sidecar",
      "distro",
      "builder",
      "init",
      "resource",
      "recipe",
    ]
      .map((kind) => [kind, kind]),
  ),
  score: "score",
};

/** Whether a document is one entity that says its kind beside its name. */
export function isKindDocument(root: Mapping): boolean {
  const kind = get(root, "kind");
  return kind?.is === "scalar" && Object.hasOwn(maps, kind.text) && get(root, "name")?.is === "scalar" &&
    get(root, "spec")?.is === "map";
}

export const kindDocument: LegacyRule = {
  schema: "2026.112.0520",
  name: "kind-document",
  about: "a document with `kind`, `name` and `spec` is an entry of the map of its kind",
  apply: (files, log) =>
    mapRoots(files, (root) => {
      const [kind, name, spec] = [get(root, "kind"), get(root, "name"), get(root, "spec")];
      if (!isKindDocument(root) || kind?.is !== "scalar" || name?.is !== "scalar" || spec?.is !== "map") return root;
      const map = maps[kind.text]!;
      log.change(kind.at, `the ${kind.text} "${name.text}" stands under \`${map}\` now`);
      const rest = root.entries.filter(({ key }) => !["kind", "name", "spec"].includes(key));
      // A layer is alone under its wrapper, and carries its name inside.
      const value: Mapping = map === "layer" || map === "candy"
        ? withEntries(spec, [{ key: "name", keyAt: name.at, value: name }, ...spec.entries])
        : { is: "map", at: spec.at, entries: [{ key: name.text, keyAt: name.at, value: spec }] };
      const entry: Entry = { key: map, keyAt: kind.at, value };
      const wrapped = map === "layer" || map === "candy";
      return withEntries(root, wrapped ? [entry] : [...rest, entry]);
    }),
};
