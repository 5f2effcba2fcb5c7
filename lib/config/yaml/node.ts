/** What the grammar of `charly.yml` makes of a document: named nodes with a kind, data, steps and members. */
import type { Entry, Mapping, Place, Tree } from "./tree.ts";
import type { DataKey, StepWord } from "./words.ts";

/** One field that was written as a child. */
export interface DataChild {
  readonly key: DataKey;
  readonly value: Tree;
  readonly at: Place;
  /** Comments above it, in either of the two lines it takes. */
  readonly comment?: string;
}

/** One step of an entity's plan. */
export interface StepNode {
  readonly word: StepWord;
  /** The prose, or what is included. */
  readonly prose: Tree;
  /** Every other key. */
  readonly fields: readonly Entry[];
  readonly at: Place;
  readonly comment?: string;
}

/** A named entity. */
export interface Node {
  readonly name: string;
  readonly at: Place;
  /** One of {@link import("./words.ts").kinds}, or a word some plug-in brings. */
  readonly kind: string;
  /** The kind's own fields, in order; none for the shorthand. */
  readonly fields: Mapping;
  /** `web: { pod: nginx }`: the one text that stands for the whole value. */
  readonly shorthand?: Tree;
  readonly data: ReadonlyMap<DataKey, DataChild>;
  readonly steps: readonly StepNode[];
  readonly members: readonly Node[];
  readonly comment?: string;
}

/** The value of a field of a node's kind. */
export function field({ fields }: Node, key: string): Tree | undefined {
  return fields.entries.find((entry) => entry.key === key)?.value;
}
