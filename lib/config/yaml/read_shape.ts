/** Reads a tree as a shape says: values as an entity has them, and the place of each. */
import { camelCase } from "../../base/camel_case.ts";
import { conditionsOf } from "../../entities/conditions.ts";
import type { Matchers } from "../../entities/matcher.ts";
import { textRules } from "../../entities/text_rules.ts";
import { nearest, type Problems } from "./problem.ts";
import type { Field, ObjectShape, Shape } from "./shape.ts";
import { type Entry, joinComments, kindOf, type Mapping, type Place, plain, type Scalar, type Tree } from "./tree.ts";

/** Where the parts of an entity stand; keys are {@link pathKey}s. */
export type SourceMap = Map<string, Place>;

/** A path in one text. */
export function pathKey(path: readonly string[]): string {
  return path.join("\0");
}

/** The place of a path, or of the nearest thing around it. */
export function placeOf(map: ReadonlyMap<string, Place>, path: readonly string[]): Place | undefined {
  for (let length = path.length; length >= 0; length--) {
    const found = map.get(pathKey(path.slice(0, length)));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reads values of one entity. */
export class ShapeReader {
  /** Paths that were left out because they are wrong. */
  readonly broken: string[] = [];
  /** Comments by path. */
  readonly comments = new Map<string, string>();

  constructor(
    readonly problems: Problems,
    readonly places: SourceMap,
    /** What an unknown key is: inside a child's field upstream drops it in silence. */
    private readonly unknown: "error" | "warning" = "error",
  ) {}

  /** @returns the value, or `undefined` for what is wrong (reported) */
  read(shape: Shape, tree: Tree, path: readonly string[]): unknown {
    this.places.set(pathKey(path), tree.at);
    this.note(path, tree.above, tree.behind);
    const value = this.#read(shape, tree, path);
    if (value === undefined) this.broken.push(pathKey(path));
    return value;
  }

  /** Keeps comments of a path, behind those it has already. */
  note(path: readonly string[], ...comments: readonly (string | undefined)[]): void {
    const key = pathKey(path);
    const joined = joinComments(this.comments.get(key), ...comments);
    if (joined !== undefined) this.comments.set(key, joined);
  }

  #read(shape: Shape, tree: Tree, path: readonly string[]): unknown {
    switch (shape.is) {
      case "text":
        return this.#text(shape, tree);
      case "number":
        return this.#number(shape, tree);
      case "flag":
        return this.#flag(tree);
      case "scalar":
        return tree.is === "scalar" && tree.value !== null ? tree.value : this.#wrong(tree, "a text or a number");
      case "list":
        return this.#list(shape, tree, path);
      case "map":
        return this.#map(shape.of, tree, path);
      case "object":
        return this.#object(shape, tree, path);
      case "variant":
        return this.#variant(shape, tree, path);
      case "either": {
        const found = tree.is === "scalar" ? shape.scalar : tree.is === "list" ? shape.list : shape.map;
        if (found !== undefined) return this.#read(found, tree, path);
        const words = [shape.scalar && "one value", shape.list && "a list", shape.map && "a map"].filter(Boolean);
        return this.#wrong(tree, words.join(" or "));
      }
      case "data":
        return plain(tree);
      case "matchers": {
        const written = this.#read(shape.of, tree, path) as Matchers | undefined;
        return written === undefined ? undefined : conditionsOf(written, shape.bare);
      }
    }
  }

  #text(shape: Shape & { is: "text" }, tree: Tree): unknown {
    if (tree.is !== "scalar" || tree.value === null) return this.#wrong(tree, "a text");
    const { text, at } = tree;
    if (shape.words !== undefined && !shape.words.includes(text)) {
      const hint = nearest(text, shape.words, `write one of: ${shape.words.map((it) => it || '""').join(", ")}`);
      this.problems.error("bad-value", at, `"${text}" is not allowed here`, hint);
      return undefined;
    }
    if (shape.rule !== undefined && !textRules[shape.rule].test(text)) {
      const { what, hint } = textRules[shape.rule];
      this.problems.error("bad-value", at, `${JSON.stringify(text.slice(0, 60))} is not ${what}`, hint);
      return undefined;
    }
    return text;
  }

  #number({ min, max }: Shape & { is: "number" }, tree: Tree): unknown {
    const value = tree.is === "scalar" ? wholeNumber(tree) : undefined;
    if (value === undefined) return this.#wrong(tree, "a whole number");
    if (value >= min && value <= max) return value;
    const upTo = max === Number.MAX_SAFE_INTEGER ? "" : ` to ${max}`;
    this.problems.error("bad-value", tree.at, `found ${value}`, `write a whole number from ${min}${upTo}`);
    return undefined;
  }

  #flag(tree: Tree): unknown {
    if (tree.is === "scalar" && typeof tree.value === "boolean") return tree.value;
    if (tree.is === "scalar" && (tree.text === "true" || tree.text === "false")) return tree.text === "true";
    return this.#wrong(tree, "true or false");
  }

  #list(shape: Shape & { is: "list" }, tree: Tree, path: readonly string[]): unknown {
    if (tree.is !== "list") {
      if (shape.single === true && !(tree.is === "scalar" && tree.value === null)) {
        const value = this.read(shape.of, tree, [...path, "0"]);
        return value === undefined ? undefined : [value];
      }
      return this.#wrong(tree, "a list");
    }
    const values: unknown[] = [];
    for (const item of tree.items) {
      // What is wrong is left out, so the positions of what follows move up.
      const value = this.read(shape.of, item, [...path, String(values.length)]);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  #map(of: Shape, tree: Tree, path: readonly string[]): unknown {
    if (tree.is !== "map") return this.#wrong(tree, "a map");
    const values: Record<string, unknown> = Object.create(null);
    for (const { key, keyAt, value, comment } of tree.entries) {
      this.note([...path, key], comment);
      const read = this.read(of, value, [...path, key]);
      this.places.set(pathKey([...path, key]), keyAt);
      if (read !== undefined) values[key] = read;
    }
    return values;
  }

  #variant(shape: Shape & { is: "variant" }, tree: Tree, path: readonly string[]): unknown {
    if (tree.is !== "map") return this.#wrong(tree, "a map");
    const chosen = tree.entries.find(({ key }) => key === shape.by);
    if (chosen === undefined) {
      this.problems.error("missing-field", tree.at, `"${shape.by}" is missing`, `add \`${shape.by}\``);
      return undefined;
    }
    const name = this.#text({ is: "text", words: Object.keys(shape.cases) }, chosen.value);
    const found = typeof name === "string" ? shape.cases[name] : undefined;
    return found === undefined ? undefined : this.#object(found, tree, path);
  }

  #object(shape: ObjectShape, tree: Tree, path: readonly string[]): unknown {
    if (tree.is !== "map") return this.#wrong(tree, "a map");
    const values = this.fields(shape, tree.entries, path);
    if (shape.one !== undefined && Object.keys(values).length !== 1) {
      // What is wrong in the one there is has been told.
      if (tree.entries.length !== 1) this.#oneOf(shape.one, tree, Object.keys(shape.fields));
      return undefined;
    }
    for (const [key, { required }] of Object.entries(shape.fields)) {
      if (required !== true || tree.entries.some((entry) => entry.key === key)) continue;
      this.problems.error("missing-field", tree.at, `"${key}" is missing`, `add \`${key}\``);
      return undefined;
    }
    return values;
  }

  /** Reads known fields; an empty one counts as not written. */
  fields(shape: ObjectShape, entries: readonly Entry[], path: readonly string[]): Record<string, unknown> {
    const values: Record<string, unknown> = shape.open === true ? Object.create(null) : {};
    for (const entry of entries) {
      const known: Field | undefined = Object.hasOwn(shape.fields, entry.key) ? shape.fields[entry.key] : undefined;
      const name = known?.as ?? (shape.open === true ? entry.key : camelCase(entry.key));
      const here = [...path, name];
      if (known === undefined && shape.open !== true) {
        this.#unknownField(entry, Object.keys(shape.fields));
        continue;
      }
      if (known === undefined && shape.told !== undefined) {
        this.#keptField(entry, shape.told, Object.keys(shape.fields));
      }
      if (entry.value.is === "scalar" && entry.value.value === null) continue;
      this.note(here, entry.comment);
      const value = known === undefined ? plain(entry.value) : this.read(known.shape, entry.value, here);
      this.places.set(pathKey(here), entry.value.is === "scalar" ? entry.value.at : entry.keyAt);
      if (value !== undefined) values[name] = value;
    }
    return values;
  }

  #unknownField({ key, keyAt }: Entry, known: readonly string[]): void {
    const hint = nearest(key, known, known.length > 20 ? "remove it" : `fields: ${known.join(", ")}`);
    if (this.unknown === "error") this.problems.error("unknown-field", keyAt, `unknown field "${key}"`, hint);
    else this.problems.warn("unknown-field", keyAt, `unknown field "${key}" is not read`, hint);
  }

  #keptField({ key, keyAt }: Entry, told: "near" | "all", known: readonly string[]): void {
    const near = nearest(key, known, "");
    if (told === "near" && near === "") return;
    const hint = near === "" ? "check its spelling: it is taken as it is" : near;
    this.problems.warn("unknown-field", keyAt, `"${key}" is not checked`, hint);
  }

  #oneOf(what: string, { at, entries }: Mapping, known: readonly string[]): void {
    const found = entries.length === 0 ? `has no ${what}` : `has ${entries.length} ${what}s`;
    const hint = entries.length === 0 ? `write one of: ${known.join(", ")}` : `write each ${what} as an item of a list`;
    this.problems.error("bad-value", at, found, hint);
  }

  #wrong(tree: Tree, expected: string): undefined {
    this.problems.error("wrong-type", tree.at, `expected ${expected}, found ${kindOf(tree)}`, `write ${expected}`);
  }
}

/** `80`, and `"80"`: the file's old readers took both. */
function wholeNumber({ value, text }: Scalar): number | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? value : undefined;
  return typeof value === "string" && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
