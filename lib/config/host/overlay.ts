/** How deployments differ on this machine: the per-host overlay, and what it does to the nodes of a project. */
import type { Problems } from "../yaml/problem.ts";
import { directivesOf, parseDocument } from "../yaml/parse_nodes.ts";
import type { Node } from "../yaml/node.ts";
import { runChain } from "../yaml/legacy/chain.ts";
import { isLegacy } from "../yaml/legacy/detect.ts";
import { legacyRules } from "../yaml/legacy/rules.ts";
import { type Document, type Entry, get, type Mapping, type Tree } from "../yaml/tree.ts";
import { isWord, resourceKinds } from "../yaml/words.ts";
import type { HostFiles } from "./host_files.ts";
import { readHostFile } from "./read_host_file.ts";
import { readIfThere } from "./locked_file.ts";

/** The overlay of this machine. */
export interface Overlay {
  readonly path: string;
  /** Its deployments, in the order they are written. */
  readonly nodes: readonly Node[];
}

/** Fields the tool writes for itself: merged and kept, never edited by a user. */
export const machineState: readonly string[] = ["resolved_port", "resolved_image", "vm_state"];

/**
 * Reads the overlay. Nothing when there is none.
 *
 * @param problems takes what is wrong with it; a `deploy.yml` without a `charly.yml` is an error
 */
export function readOverlay(files: HostFiles, problems: Problems): Overlay | undefined {
  const documents = readHostFile(files.overlay, problems);
  if (documents === undefined) {
    reportLeftover(files, problems);
    return undefined;
  }
  return { path: files.overlay, nodes: nodesOf(documents, files.overlay, problems) };
}

/** The deployments of the overlay's documents. */
export function nodesOf(documents: readonly Document[], path: string, problems: Problems): readonly Node[] {
  const nodes = currentOf(documents, path, problems).flatMap((document) => {
    for (const { key, keyAt } of directivesOf(document)) {
      // `provides` is the tool's own and stays where it is.
      if (["version", "provides"].includes(key)) continue;
      problems.warn("stray-key", keyAt, `"${key}" is not read from the overlay`, "write it into the project");
    }
    return parseDocument(document, { externalKinds: [] }, problems);
  });
  return nodes.filter(({ name, kind, at }) => {
    if (isWord(resourceKinds, kind)) return true;
    const message = `the ${kind} "${name}" is not read from the overlay`;
    problems.warn("wrong-place", at, message, "only deployments stand there; write it into the project");
    return false;
  });
}

/** What an overlay of an older form says, in today's words. */
function currentOf(documents: readonly Document[], path: string, problems: Problems): readonly Document[] {
  if (!isLegacy(path, documents)) return documents;
  const { files, changes, manual } = runChain(new Map([[path, documents]]), legacyRules);
  for (const { at, message, hint } of manual) problems.warn("retired", at, message, hint);
  const at = { file: path, line: 1, column: 1 };
  const message = `is of an older form; ${changes.length} things are read as they are written today`;
  problems.warn("retired", at, message, "run `charly migrate --host` to write them so");
  return [...files.values()].flat();
}

function reportLeftover({ oldOverlay, overlay }: HostFiles, problems: Problems): void {
  let there = false;
  try {
    there = readIfThere(oldOverlay) !== undefined;
  } catch {
    there = true; // it is there, and cannot be read
  }
  if (!there) return;
  const message = `is left of an older charly, and ${overlay} is not there`;
  const hint = "run `charly migrate --host` to bring it over, or remove it";
  problems.error("retired", { file: oldOverlay, line: 1, column: 1 }, message, hint);
}

/** A deployment of the project as it is on this machine. */
export interface Overlaid {
  readonly node: Node;
  /** What came from the overlay: `web/host`. */
  readonly changed: readonly string[];
}

/** An overlay that is applied to one deployment after the other, and knows which of its own nobody asked for. */
export class OverlayMerge {
  readonly #left: Map<string, Node>;
  readonly #changed: string[] = [];

  constructor(overlay: Overlay) {
    this.#left = new Map(overlay.nodes.map((node) => [node.name, node]));
  }

  /** Deployments of the overlay the project did not declare, so far. */
  get left(): readonly Node[] {
    return [...this.#left.values()];
  }

  /** Every field that came from the overlay: `web/host`. The tool's own state is not among them. */
  get changed(): readonly string[] {
    return this.#changed;
  }

  /**
   * A deployment with what the overlay says of it and of the members of a group, which go by their own names.
   *
   * @param namespace what stands before the names of its file: nothing, or `alias.`
   */
  apply(node: Node, namespace = ""): Node {
    const name = `${namespace}${node.name}`;
    const found = this.#left.get(name);
    this.#left.delete(name);
    const merged = found === undefined ? node : mergeNodes(node, found, name, this.#changed);
    if (merged.kind !== "group" || merged.members.length === 0) return merged;
    return { ...merged, members: merged.members.map((member) => this.apply(member, namespace)) };
  }
}

/**
 * A deployment with everything another one says: each field that is not empty replaces, a list as a whole, members and children by
 * their names, steps altogether. `false`, `0` and nothing replace nothing: that is how the overlay was always written.
 */
export function mergeNodes(node: Node, over: Node, name: string, changed: string[]): Node {
  const said: string[] = [];
  const fields = mergeEntries(written(node), written(over).filter(({ value }) => !isZero(value)), said);
  const data = new Map(node.data);
  for (const [key, child] of over.data) {
    if (isZero(child.value)) continue;
    data.set(key, child);
    said.push(key);
  }
  if (over.steps.length > 0) said.push("plan");
  // A group is what the overlay calls a deployment whose target it does not say.
  const kind = over.kind === "group" ? node.kind : over.kind;
  if (kind !== node.kind) said.push("target");
  changed.push(...said.filter((key) => !machineState.includes(key)).map((key) => `${name}/${key}`));
  const { shorthand: _written, ...rest } = node;
  return {
    ...rest,
    kind,
    fields: { ...node.fields, entries: fields },
    data,
    steps: over.steps.length > 0 ? over.steps : node.steps,
    members: mergeMembers(node.members, over.members, name, changed),
  };
}

/** `web: { pod: nginx }` is `web: { pod: { image: nginx } }`. */
function written({ kind, fields, shorthand }: Node): readonly Entry[] {
  if (shorthand === undefined) return fields.entries;
  return [{ key: kind === "pod" ? "image" : "from", keyAt: shorthand.at, value: shorthand }, ...fields.entries];
}

function mergeEntries(before: readonly Entry[], over: readonly Entry[], said: string[]): readonly Entry[] {
  said.push(...over.map(({ key }) => key));
  const kept = before.map((entry) => over.find(({ key }) => key === entry.key) ?? entry);
  return [...kept, ...over.filter(({ key }) => !before.some((entry) => entry.key === key))];
}

function mergeMembers(
  members: readonly Node[],
  over: readonly Node[],
  owner: string,
  changed: string[],
): readonly Node[] {
  const named = new Map(over.map((node) => [node.name, node]));
  const kept = members.map((member) => {
    const found = named.get(member.name);
    named.delete(member.name);
    return found === undefined ? member : mergeNodes(member, found, `${owner}.${member.name}`, changed);
  });
  changed.push(...[...named.keys()].map((name) => `${owner}.${name}`));
  return [...kept, ...named.values()];
}

/** What the Go tool's language calls a zero value: it says nothing. */
export function isZero(tree: Tree): boolean {
  if (tree.is === "list") return tree.items.length === 0;
  if (tree.is === "map") return tree.entries.length === 0;
  return tree.value === null || tree.value === false || tree.text === "" || (tree.value === 0 && !tree.quoted);
}

/** Names a deployment refers to, in fields where they are the project's own: nothing of other repositories. */
export function refersTo(node: Node): readonly { readonly table: "from" | "candy"; readonly name: string }[] {
  const from = get({ is: "map", at: node.at, entries: written(node) } satisfies Mapping, "from");
  const candies = node.data.get("add_candy")?.value;
  return [
    ...from?.is === "scalar" ? [{ table: "from" as const, name: from.text }] : [],
    ...(candies?.is === "list" ? candies.items : []).flatMap((item) =>
      item.is === "scalar" && !item.text.startsWith("@") ? [{ table: "candy" as const, name: item.text }] : []
    ),
  ];
}
