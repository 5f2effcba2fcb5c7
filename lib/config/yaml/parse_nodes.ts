/** The grammar of `charly.yml`: which key of a map says what the map is, depending on where it stands. */
import type { DataChild, Node, StepNode } from "./node.ts";
import { nearest, type Problems } from "./problem.ts";
import { commentsOf, type Document, type Entry, isEmpty, joinComments, kindOf, type Mapping } from "./tree.ts";
import { type DataKey, dataKeys, directives, isWord, kinds, resourceKinds, stepWords } from "./words.ts";

/** What the project adds to the grammar. */
export interface Grammar {
  /** Kinds that plug-ins bring: `kind:<word>` and `deploy:<word>`. */
  readonly externalKinds: readonly string[];
}

/** The keys of a document that are no entities. */
export function directivesOf({ root }: Document): readonly Entry[] {
  return root.is === "map" ? root.entries.filter(({ key }) => isWord(directives, key)) : [];
}

/** The entities of a document; what is wrong is reported and left out. */
export function parseDocument({ root }: Document, grammar: Grammar, problems: Problems): readonly Node[] {
  if (root.is !== "map") {
    problems.error("not-a-map", root.at, `the document is ${kindOf(root)}`, "write a map of names to entities");
    return [];
  }
  const parser = new Parser(grammar, problems);
  const nodes = root.entries.filter(({ key }) => !isWord(directives, key)).flatMap((entry) => parser.entity(entry));
  warnDetached(nodes, problems);
  return nodes;
}

/** What one child of an entity is. */
type Child =
  | { readonly is: "data"; readonly child: DataChild }
  | { readonly is: "step"; readonly step: StepNode }
  | { readonly is: "member"; readonly node: Node };

class Parser {
  readonly #kinds: readonly string[];
  readonly #resources: readonly string[];

  constructor(grammar: Grammar, private readonly problems: Problems) {
    this.#kinds = [...kinds, ...grammar.externalKinds];
    this.#resources = [...resourceKinds, ...grammar.externalKinds];
  }

  /** A top-level key: here a kind's word beats a field of the same spelling. */
  entity(entry: Entry): Node[] {
    const map = this.#map(entry);
    if (map === undefined) return [];
    const step = map.entries.find(({ key }) => isWord(stepWords, key));
    if (step !== undefined) {
      this.problems.error(
        "wrong-place",
        entry.keyAt,
        `"${entry.key}" is a step that belongs to no entity`,
        "indent it below one",
      );
      return [];
    }
    const found = map.entries.filter(({ key }) => this.#kinds.includes(key));
    const kind = this.#one(entry, map, found, [...this.#kinds]);
    return kind === undefined ? [] : [this.#node(entry, map, kind)];
  }

  /** A key inside an entity: here a field's word beats a kind of the same spelling. */
  #child(entry: Entry, owner: string): Child | undefined {
    const map = this.#map(entry);
    if (map === undefined) return undefined;
    const steps = map.entries.filter(({ key }) => isWord(stepWords, key));
    if (steps.length > 1) return this.#two(entry, steps);
    if (steps[0] !== undefined) return { is: "step", step: stepOf(entry, map, steps[0]) };
    const data = map.entries.filter(({ key }) => isWord(dataKeys, key));
    const resources = map.entries.filter(({ key }) => this.#resources.includes(key) && !isWord(dataKeys, key));
    const found = this.#one(entry, map, [...data, ...resources], [...stepWords, ...dataKeys, ...this.#resources]);
    if (found === undefined) return undefined;
    if (isWord(dataKeys, found.key)) return this.#data(entry, map, found, found.key);
    if (!this.#resources.includes(owner)) {
      const hint = `only ${this.#resources.join(", ")} hold other entities; move it to the top level`;
      this.problems.error("wrong-place", entry.keyAt, `a ${owner} cannot hold the ${found.key} "${entry.key}"`, hint);
      return undefined;
    }
    return { is: "member", node: this.#node(entry, map, found) };
  }

  #data(entry: Entry, map: Mapping, found: Entry, key: DataKey): Child {
    for (const other of map.entries) {
      if (other === found) continue;
      const message = `"${other.key}" beside "${key}" is not read`;
      this.problems.warn("stray-key", other.keyAt, message, `write it as a child of its own, or remove it`);
    }
    const comment = joinComments(entry.comment, map.above, found.comment, map.behind);
    return {
      is: "data",
      child: { key, value: found.value, at: entry.keyAt, ...(comment === undefined ? {} : { comment }) },
    };
  }

  #node(entry: Entry, map: Mapping, kind: Entry): Node {
    const data = new Map<DataKey, DataChild>();
    const steps: StepNode[] = [];
    const members: Node[] = [];
    for (const other of map.entries) {
      if (other === kind) continue;
      const child = this.#child(other, kind.key);
      if (child?.is === "step") steps.push(child.step);
      if (child?.is === "member") members.push(child.node);
      if (child?.is !== "data") continue;
      const before = data.get(child.child.key);
      if (before !== undefined) {
        const message = `"${child.child.key}" is there twice; only this one counts, not that of line ${before.at.line}`;
        this.problems.warn("duplicate-data", child.child.at, message, "join the two");
      }
      data.set(child.child.key, child.child);
    }
    const comment = joinComments(
      entry.comment,
      map.above,
      kind.comment,
      kind.value.above,
      kind.value.behind,
      map.behind,
    );
    return {
      ...{ name: entry.key, at: entry.keyAt, kind: kind.key, data, steps, members },
      ...this.#value(entry.key, kind),
      ...(comment === undefined ? {} : { comment }),
    };
  }

  /** The kind's value: fields, or a text that stands for them. */
  #value(name: string, kind: Entry): Pick<Node, "fields" | "shorthand"> {
    const { value } = kind;
    const none: Mapping = { is: "map", entries: [], at: value.at };
    if (value.is === "list") {
      this.problems.error("wrong-type", value.at, `"${kind.key}" of "${name}" is a list`, "write a map of fields");
      return { fields: none };
    }
    if (isEmpty(value)) return { fields: none };
    if (value.is === "scalar") return { fields: none, shorthand: value };
    const fields = value.entries.filter(({ key, keyAt }) => {
      const inside = isWord(dataKeys, key) || isWord(stepWords, key) || key === "plan";
      if (inside) {
        const message = `"${key}" stands inside the ${kind.key} of "${name}"`;
        const hint =
          `write it as a child beside \`${kind.key}\`: \`${name}-${key}: { ${key}: … }\`, or run \`charly migrate\``;
        this.problems.error("wrong-place", keyAt, message, hint);
      }
      return !inside;
    });
    return { fields: { is: "map", entries: fields, at: value.at } };
  }

  #map(entry: Entry): Mapping | undefined {
    if (entry.value.is === "map") return entry.value;
    const hint = "write a map with its kind, or with the field it carries";
    this.problems.error("not-a-map", entry.keyAt, `"${entry.key}" is ${kindOf(entry.value)}`, hint);
    return undefined;
  }

  #one(entry: Entry, map: Mapping, found: readonly Entry[], known: readonly string[]): Entry | undefined {
    if (found.length > 1) return this.#two(entry, found);
    if (found[0] !== undefined) return found[0];
    const near = map.entries.map(({ key }) => nearest(key, known, "")).find((hint) => hint !== "");
    const hint = near ?? "add its kind, the field it carries, or what its step does";
    const message = `nothing in "${entry.key}" says what it is`;
    this.problems.error("no-discriminator", entry.keyAt, message, hint);
    return undefined;
  }

  #two(entry: Entry, found: readonly Entry[]): undefined {
    const words = found.map(({ key }) => `"${key}"`).join(" and ");
    this.problems.error("two-discriminators", entry.keyAt, `"${entry.key}" is both ${words}`, "write two nodes");
  }
}

function stepOf(entry: Entry, map: Mapping, word: Entry): StepNode {
  // The call a step becomes has no place for comments inside of it.
  const comment = joinComments(entry.comment, commentsOf(map));
  return {
    word: word.key as StepNode["word"],
    prose: word.value,
    fields: map.entries.filter((other) => other !== word),
    at: entry.keyAt,
    ...(comment === undefined ? {} : { comment }),
  };
}

/** `web-env: { candy: {} }` beside `web`: its author meant a child of `web`, and wrote an entity that is empty. */
function warnDetached(nodes: readonly Node[], problems: Problems): void {
  const names = new Set(nodes.map(({ name }) => name));
  for (const { name, fields, data, steps, members, shorthand, at } of nodes) {
    if (fields.entries.length > 0 || shorthand !== undefined || steps.length > 0 || members.length > 0) continue;
    const key = dataKeys.find((word) => name.endsWith(`-${word}`) && names.has(name.slice(0, -word.length - 1)));
    if (key === undefined) continue;
    const owner = name.slice(0, -key.length - 1);
    const message = `"${name}" is an entity of its own, not a part of "${owner}"`;
    problems.warn("not-attached", at, message, data.size > 0 ? `indent it below \`${owner}\`` : "remove it");
  }
}
