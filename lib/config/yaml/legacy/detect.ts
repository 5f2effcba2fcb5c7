/** Whether a file is of an older form: only those go through the chain. */
import { plugins } from "../shapes/step.ts";
import { type Document, get, has, type Mapping } from "../tree.ts";
import { isWord, stepWords } from "../words.ts";
import { isKindDocument } from "./rules/kind_document.ts";
import { isKeyed, isLayerFile, wrapperOf } from "./layers.ts";

/** To go by its name, by what is at its root, or by the verbs of its steps. */
export function isLegacy(path: string, documents: readonly Document[]): boolean {
  return documents.some(({ root }) =>
    root.is === "map" && (
      isLayerFile(path) || wrapperOf(root) !== undefined || isKeyed(root) || isKindDocument(root) ||
      has(root, "include") ||
      has(root, "includes") ||
      get(root, "discover")?.is === "map" || hasOldSteps(root)
    )
  );
}

/** Steps whose verb is not yet the word of a plug-in. */
function hasOldSteps(root: Mapping): boolean {
  return root.entries.some(({ value }) =>
    value.is === "map" &&
    value.entries.some(({ value: child }) =>
      child.is === "map" && child.entries.some(({ key }) => isWord(stepWords, key)) && !has(child, "plugin") &&
      child.entries.some(({ key }) => Object.hasOwn(plugins, key) || key === "k8s" || key === "group")
    )
  );
}
