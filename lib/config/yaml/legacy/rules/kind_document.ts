/** A document that says its kind and its name at its root is one entry of the kind's map. */
import { get, type Mapping } from "../../tree.ts";
import { mapRoots } from "../edit.ts";
import type { LegacyRule } from "../rule.ts";

const layers = ["layer", "candy"];

/** `kind`, `name` and `spec`, and nothing else but a version. */
export function isKindDocument(root: Mapping): boolean {
  return get(root, "kind")?.is === "scalar" && get(root, "name")?.is === "scalar" && get(root, "spec")?.is === "map" &&
    root.entries.every(({ key }) => ["kind", "name", "spec", "version"].includes(key));
}

export const kindDocument: LegacyRule = {
  schema: "2026.112.0521",
  name: "kind-document",
  about: "`kind`, `name` and `spec` at the root of a document are an entry of the kind's map",
  apply: (files, log) =>
    mapRoots(files, (root) => {
      if (!isKindDocument(root)) return root;
      const kind = root.entries.find(({ key }) => key === "kind")!;
      const name = root.entries.find(({ key }) => key === "name")!;
      const spec = get(root, "spec") as Mapping;
      const [word, called] = [kind.value, name.value].map((it) => it.is === "scalar" ? it.text : "") as [
        string,
        string,
      ];
      log.change(kind.keyAt, `the ${word} "${called}" is an entry of \`${word}\``);
      const entry = { key: called, keyAt: name.keyAt, value: spec };
      const value: Mapping = layers.includes(word)
        ? { ...spec, entries: [name, ...spec.entries] }
        : { is: "map", at: spec.at, entries: [entry] };
      const others = root.entries.filter(({ key }) => key === "version");
      return { is: "map", at: root.at, entries: [...others, { ...kind, key: word, value }] };
    }),
};
