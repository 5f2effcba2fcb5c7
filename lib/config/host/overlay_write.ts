/** Changes of the overlay: one deployment at a time, in node form; comments and everything else in the file stay. */
import { CharlyError } from "../../base/errors.ts";
import { Problems } from "../yaml/problem.ts";
import { readYaml } from "../yaml/read.ts";
import { readEntities } from "../yaml/read_entity.ts";
import { isLegacy } from "../yaml/legacy/detect.ts";
import { type Document, type Entry, get, isEmpty, type Mapping, type Place, textAt, type Tree } from "../yaml/tree.ts";
import { dataKeys, isWord, loaderHead, resourceKinds } from "../yaml/words.ts";
import { writeAll } from "../yaml/write.ts";
import type { HostFiles } from "./host_files.ts";
import { changeFile, readIfThere } from "./locked_file.ts";
import { machineState, nodesOf } from "./overlay.ts";
import { mustLoad } from "./read_host_file.ts";

/** A field to write; nothing takes it out. */
export interface FieldChange {
  readonly key: string;
  readonly value: Tree | undefined;
}

/**
 * Writes fields of one deployment.
 *
 * @param kind its kind in the project, for a deployment the overlay does not have yet
 * @returns whether the file changed
 * @throws {CharlyError} `host-file` when the file does not load, or would not any more: it stays as it is
 */
export async function changeDeployment(
  files: HostFiles,
  name: string,
  kind: string,
  changes: readonly FieldChange[],
): Promise<boolean> {
  if (changes.every(({ value }) => value === undefined) && readIfThere(files.overlay) === undefined) return false;
  return await changeOverlay(files, name, (deployment, at) => {
    const start = deployment ?? { is: "map", at, entries: [entryOf(kind, { is: "map", entries: [], at }, at)] };
    const changed = changes.reduce((node, change) => withField(node, name, kind, change), start);
    return isBare(changed) ? undefined : changed;
  });
}

/**
 * Takes a deployment out, but for what the tool keeps there for itself (`vm_state`, …).
 *
 * @returns whether the file changed
 */
export async function dropDeployment(files: HostFiles, name: string): Promise<boolean> {
  if (readIfThere(files.overlay) === undefined) return false;
  return await changeOverlay(files, name, (deployment) => {
    const kind = deployment === undefined ? undefined : kindOf(deployment);
    if (deployment === undefined || kind?.value.is !== "map") return undefined;
    const kept = kind.value.entries.filter(({ key }) => machineState.includes(key));
    const value: Mapping = { ...kind.value, entries: kept };
    return kept.length === 0 ? undefined : { ...deployment, entries: [{ ...kind, value }] };
  });
}

async function changeOverlay(
  files: HostFiles,
  name: string,
  change: (deployment: Mapping | undefined, at: Place) => Mapping | undefined,
): Promise<boolean> {
  const path = files.overlay;
  return await changeFile(path, (before) => {
    if (before === undefined && readIfThere(files.oldOverlay) !== undefined) throw old(files.oldOverlay);
    const problems = new Problems();
    const documents = before === undefined ? [] : readYaml(new TextEncoder().encode(before), path, problems).documents;
    if (isLegacy(path, documents)) throw old(path);
    nodesOf(documents, path, problems);
    mustLoad(problems, path);
    const after = withDeployment(documents, path, name, change);
    if (after === documents) return before;
    const text = writeAll(after);
    checkText(text, path, name);
    return text;
  });
}

function withDeployment(
  documents: readonly Document[],
  path: string,
  name: string,
  change: (deployment: Mapping | undefined, at: Place) => Mapping | undefined,
): readonly Document[] {
  const at = { file: path, line: 1, column: 1 };
  const index = documents.findIndex(({ root }) => get(root, name) !== undefined);
  const found = get(documents[index]?.root, name);
  const before = found?.is === "map" ? found : undefined;
  const after = change(before, at);
  if (after === before) return documents;
  if (index === -1) {
    const last = documents.at(-1);
    const start: Document = last ??
      { root: { is: "map", at, entries: [entryOf("version", textAt(loaderHead, at), at)] } };
    return [...documents.slice(0, -1), withRoot(start, (entries) => [...entries, entryOf(name, after!, at)])];
  }
  const changed = withRoot(
    documents[index]!,
    (entries) =>
      entries.flatMap((entry) =>
        entry.key !== name ? [entry] : after === undefined ? [] : [{ ...entry, value: after }]
      ),
  );
  return documents.map((document, position) => position === index ? changed : document);
}

function withRoot(document: Document, change: (entries: readonly Entry[]) => readonly Entry[]): Document {
  const { root } = document;
  return root.is === "map" ? { ...document, root: { ...root, entries: change(root.entries) } } : document;
}

/** A deployment in node form with a field where it belongs: scalars in the kind's value, everything else as a child. */
function withField(deployment: Mapping, name: string, projectKind: string, { key, value }: FieldChange): Mapping {
  return isWord(dataKeys, key)
    ? withChild(deployment, `${name}-${key}`, key, value)
    : withValue(deployment, projectKind, key, value);
}

function withChild(deployment: Mapping, child: string, key: string, value: Tree | undefined): Mapping {
  const there = deployment.entries.find((entry) => get(entry.value, key) !== undefined && kindOf(deployment) !== entry);
  const rest = deployment.entries.filter((entry) => entry !== there);
  if (value === undefined) return there === undefined ? deployment : { ...deployment, entries: rest };
  const data: Mapping = { is: "map", at: value.at, entries: [entryOf(key, value, value.at)] };
  const entries = there === undefined
    ? [...deployment.entries, entryOf(child, data, value.at)]
    : deployment.entries.map((entry) => entry === there ? { ...entry, value: data } : entry);
  return { ...deployment, entries };
}

function withValue(deployment: Mapping, projectKind: string, key: string, value: Tree | undefined): Mapping {
  const kind = kindOf(deployment);
  if (kind === undefined) return deployment;
  // A group is what the overlay calls a deployment whose target it does not say: it takes no fields.
  const word = kind.key === "group" ? projectKind : kind.key;
  const shorthand = kind.value.is === "scalar" && !isEmpty(kind.value) ? kind.value : undefined;
  const before: readonly Entry[] = shorthand === undefined
    ? kind.value.is === "map" ? kind.value.entries : []
    : [entryOf(kind.key === "pod" ? "image" : "from", shorthand, shorthand.at)];
  const there = before.some((entry) => entry.key === key);
  if (value === undefined && !there) return deployment;
  const after = value === undefined
    ? before.filter((entry) => entry.key !== key)
    : there
    ? before.map((entry) => entry.key === key ? { ...entry, value } : entry)
    : [...before, entryOf(key, value, value.at)];
  const inside: Mapping = { is: "map", at: kind.value.at, entries: after };
  return {
    ...deployment,
    entries: deployment.entries.map((entry) => entry === kind ? { ...entry, key: word, value: inside } : entry),
  };
}

function kindOf(deployment: Mapping): Entry | undefined {
  return deployment.entries.find(({ key }) => isWord(resourceKinds, key));
}

/** Nothing but a kind that says nothing. */
function isBare(deployment: Mapping): boolean {
  return deployment.entries.length <= 1 && deployment.entries.every(({ value }) => isEmpty(value));
}

function entryOf(key: string, value: Tree, at: Place): Entry {
  return { key, keyAt: at, value };
}

/** What is about to be written is read as it will be: nothing that does not load is ever put there. */
function checkText(text: string, path: string, name: string): void {
  const problems = new Problems();
  const { documents } = readYaml(new TextEncoder().encode(text), path, problems);
  for (const node of nodesOf(documents, path, problems)) {
    if (node.name === name) readEntities(node, name, problems, { deployment: true });
  }
  mustLoad(problems, path);
}

function old(path: string): CharlyError {
  return new CharlyError(`write the overlay: ${path} is of an older form`, {
    hint: "run `charly migrate --host` first",
    code: "host-file",
    exitCode: 2,
  });
}
