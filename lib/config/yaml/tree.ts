/** A YAML document as charly looks at it: ordered, every key and value with its place. */

/** A place in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Comments that belong to a value, without `#`. */
export interface Commented {
  /** Lines above an item of a list, or above the first key of a map. */
  readonly above?: string;
  /** Behind it on its line, or below its last line. */
  readonly behind?: string;
}

/** A text, number, truth value or nothing. */
export interface Scalar extends Commented {
  readonly is: "scalar";
  /** What YAML 1.2 reads it as. */
  readonly value: string | number | boolean | null;
  /** As it was written, quotes and block indentation taken off. */
  readonly text: string;
  /** Whether it was written in quotes or as a block: then it is a text, whatever it looks like. */
  readonly quoted: boolean;
  readonly at: Place;
}

/** A list. */
export interface List extends Commented {
  readonly is: "list";
  readonly items: readonly Tree[];
  readonly at: Place;
}

/** One key of a map, in the order they were written. */
export interface Entry {
  readonly key: string;
  readonly keyAt: Place;
  readonly value: Tree;
  /** The comment lines above it, without `#`. */
  readonly comment?: string;
}

/** A map: keys are texts and unique. */
export interface Mapping extends Commented {
  readonly is: "map";
  readonly entries: readonly Entry[];
  readonly at: Place;
}

/** A value of a document. */
export type Tree = Scalar | List | Mapping;

/** A document of a file. */
export interface Document {
  readonly root: Tree;
  /** Comment at the top of the document. */
  readonly comment?: string;
  /** Comment below everything. */
  readonly after?: string;
}

/** The value of a key, if there is one. */
export function get(tree: Tree | undefined, key: string): Tree | undefined {
  if (tree?.is !== "map") return undefined;
  return tree.entries.find((entry) => entry.key === key)?.value;
}

/** Whether a map has a key. */
export function has(tree: Tree | undefined, key: string): boolean {
  return tree?.is === "map" && tree.entries.some((entry) => entry.key === key);
}

/** Whether a value is written as nothing: empty, `~`, `null`, or a map without keys. */
export function isEmpty(tree: Tree): boolean {
  return tree.is === "scalar" ? tree.value === null : tree.is === "map" && tree.entries.length === 0;
}

/** Comments as one, in their order; nothing when there is none. */
export function joinComments(...comments: readonly (string | undefined)[]): string | undefined {
  const said = comments.filter((comment) => comment !== undefined && comment !== "");
  return said.length === 0 ? undefined : said.join("\n");
}

/** Every comment of a tree, in the order of the file. */
export function commentsOf(tree: Tree): string | undefined {
  const inside = tree.is === "list"
    ? tree.items.map(commentsOf)
    : tree.is === "map"
    ? tree.entries.flatMap(({ comment, value }) => [comment, commentsOf(value)])
    : [];
  return joinComments(tree.above, ...inside, tree.behind);
}

/** A text of our own at a place of the file. */
export function textAt(text: string, at: Place): Scalar {
  return { is: "scalar", value: text, text, quoted: true, at };
}

/** What a value is, in a word. */
export function kindOf(tree: Tree): string {
  if (tree.is === "map") return "a map";
  if (tree.is === "list") return "a list";
  if (tree.value === null) return "nothing";
  return typeof tree.value === "string" ? "a text" : typeof tree.value === "number" ? "a number" : "true or false";
}

/**
 * A value without places: maps become objects without a prototype, so that `__proto__` is a key like any other.
 *
 * @example
 * ```ts
 * import { readYaml } from "./read.ts";
 * import { plain } from "./tree.ts";
 *
 * const { documents } = readYaml(new TextEncoder().encode("a: [1, x]"), "f.yml");
 * plain(documents[0]!.root); // { a: [1, "x"] }
 * ```
 */
export function plain(tree: Tree): unknown {
  if (tree.is === "scalar") return tree.value;
  if (tree.is === "list") return tree.items.map(plain);
  const object: Record<string, unknown> = Object.create(null);
  for (const { key, value } of tree.entries) object[key] = plain(value);
  return object;
}
