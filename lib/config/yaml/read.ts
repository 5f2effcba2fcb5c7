/** From bytes to trees: positions kept, aliases resolved, sizes bounded, every problem reported and nothing thrown. */
import {
  type Alias,
  type Document as YamlDocument,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type ParsedNode,
  type Scalar as YamlScalar,
} from "yaml";
import { Problems } from "./problem.ts";
import type { Document, Entry, Place, Tree } from "./tree.ts";

/** Bounds of one file. */
export interface ReadLimits {
  /** @default {8 MiB} */
  readonly bytes: number;
  /** Nesting. @default {100} */
  readonly depth: number;
  /** Values once every alias is written out. @default {500,000} */
  readonly values: number;
}

/** Far beyond what people write: the largest known file has 0.1 MiB. */
export const defaultReadLimits: ReadLimits = { bytes: 8 * 1024 * 1024, depth: 100, values: 500_000 };

/** What reading gave. */
export interface ReadResult {
  /** The documents that could be read; empty ones are left out. */
  readonly documents: readonly Document[];
  readonly problems: Problems;
}

/**
 * Reads a file.
 *
 * @param bytes its content
 * @param file its name, for messages
 */
export function readYaml(
  bytes: Uint8Array,
  file: string,
  problems: Problems = new Problems(),
  limits: ReadLimits = defaultReadLimits,
): ReadResult {
  const text = decode(bytes, file, problems, limits);
  if (text === undefined) return { documents: [], problems };
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    const parsed = parseAllDocuments(text, { lineCounter: lines, version: "1.2", uniqueKeys: false });
    const documents: Document[] = [];
    for (const document of Array.isArray(parsed) ? parsed : []) {
      if (reportErrors(document, place, problems) || document.contents === null) continue;
      const root = new Converter(place, problems, limits).convert(document.contents as ParsedNode, 0);
      if (root === undefined || (root.is === "scalar" && root.value === null)) continue;
      const comment = document.commentBefore ?? undefined;
      const after = document.comment ?? undefined;
      documents.push({
        root,
        ...(comment === undefined ? {} : { comment: trimmed(comment) }),
        ...(after === undefined ? {} : { after: trimmed(after) }),
      });
    }
    return { documents, problems };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The parser recurses: what is nested far deeper than anybody writes ends its stack.
    problems.error("too-deep", place(0), "is nested too deeply to be read", "flatten it");
    return { documents: [], problems };
  }
}

/** Whether a file is larger than what is read; says so. */
export function refuseSize(size: number, file: string, problems: Problems, limits: ReadLimits): boolean {
  if (size <= limits.bytes) return false;
  const found = `has ${(size / 1024 / 1024).toFixed(1)} MiB; at most ${limits.bytes / 1024 / 1024} MiB are read`;
  problems.error("too-large", { file, line: 1, column: 1 }, found, "split the file");
  return true;
}

function decode(bytes: Uint8Array, file: string, problems: Problems, limits: ReadLimits): string | undefined {
  const at = { file, line: 1, column: 1 };
  if (refuseSize(bytes.length, file, problems, limits)) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    problems.error("not-utf8", at, "is not UTF-8 text", "save it as UTF-8");
    return undefined;
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    const line = text.slice(0, nul).split("\n").length;
    problems.error("not-utf8", { file, line, column: 1 }, "holds a NUL character", "save it as UTF-8 text");
    return undefined;
  }
  return text;
}

function reportErrors(document: YamlDocument.Parsed, place: (offset: number) => Place, problems: Problems): boolean {
  // What follows the first few is mostly the parser's confusion about them.
  for (const { message, pos } of document.errors.slice(0, 3)) {
    const line = message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
    problems.error("syntax", place(pos[0]), `is no YAML: ${line}`, "correct the YAML here");
  }
  return document.errors.length > 0;
}

/** A comment without the blank behind each `#`. */
function trimmed(comment: string): string {
  return comment.replace(/^ /gm, "");
}

function withComments(tree: Tree | undefined, node: ParsedNode): Tree | undefined {
  const { commentBefore, comment } = node;
  if (tree === undefined || (!commentBefore && !comment)) return tree;
  // `{ a: 1 } # this` is written on several lines again, where it would stand behind the last one of them.
  if ((isMap(node) || isSeq(node)) && node.flow === true) {
    return { ...tree, above: [commentBefore, comment].filter(Boolean).map((it) => trimmed(it!)).join("\n") };
  }
  return {
    ...tree,
    ...(commentBefore ? { above: trimmed(commentBefore) } : {}),
    ...(comment ? { behind: trimmed(comment) } : {}),
  };
}

/** Turns the parser's nodes into trees; an alias gives the very tree of its anchor. */
class Converter {
  readonly #anchors = new Map<string, { readonly tree: Tree; readonly values: number } | "open">();
  #values = 0;

  constructor(
    private readonly place: (offset: number) => Place,
    private readonly problems: Problems,
    private readonly limits: ReadLimits,
  ) {}

  convert(node: ParsedNode, depth: number): Tree | undefined {
    const at = this.place(node.range[0]);
    if (depth > this.limits.depth) {
      return this.#refuse("too-deep", at, `is nested deeper than ${this.limits.depth} levels`, "flatten it");
    }
    if (this.#count(1, at)) return undefined;
    if (isAlias(node)) return this.#alias(node, at);
    const anchor = (node as { readonly anchor?: string }).anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, "open");
    const before = this.#values;
    const tree = withComments(this.#value(node, at, depth), node);
    if (anchor !== undefined && tree !== undefined) this.#anchors.set(anchor, { tree, values: this.#values - before });
    return tree;
  }

  #value(node: ParsedNode, at: Place, depth: number): Tree | undefined {
    if (isScalar(node)) return this.#scalar(node, at);
    if (isSeq(node)) {
      const items: Tree[] = [];
      for (const item of node.items) {
        const tree = this.convert(item as ParsedNode, depth + 1);
        if (tree === undefined) return undefined;
        items.push(tree);
      }
      return { is: "list", items, at };
    }
    if (!isMap(node)) return this.#refuse("syntax", at, "is no value charly knows", "write a text, a list or a map");
    const entries: Entry[] = [];
    const keys = new Set<string>(); // the parser's own look at this takes the square of a map's length
    for (const { key, value } of node.items) {
      const entry = this.#entry(key as ParsedNode, value as ParsedNode | null, depth);
      if (entry === undefined) return undefined;
      if (keys.has(entry.key)) {
        this.problems.error(
          "duplicate-key",
          entry.keyAt,
          `the key "${entry.key}" is there twice`,
          "remove or rename one",
        );
      } else entries.push(entry);
      keys.add(entry.key);
    }
    return { is: "map", entries, at };
  }

  #entry(key: ParsedNode, value: ParsedNode | null, depth: number): Entry | undefined {
    const keyAt = this.place(key.range[0]);
    if (!isScalar(key)) return this.#refuse("syntax", keyAt, "a key must be a text", "write a plain word as key");
    const name = this.#text(key);
    const tree = value === null
      ? { is: "scalar", value: null, text: "", quoted: false, at: keyAt } as const
      : this.convert(value, depth + 1);
    if (tree === undefined) return undefined;
    const comment = typeof key.commentBefore !== "string" ? undefined : trimmed(key.commentBefore);
    return { key: name, keyAt, value: tree, ...(comment === undefined ? {} : { comment }) };
  }

  #scalar(node: YamlScalar.Parsed, at: Place): Tree {
    const quoted = node.type !== "PLAIN" && node.type !== undefined;
    const value = node.value;
    return {
      is: "scalar",
      value: typeof value === "number" || typeof value === "boolean" || value === null ? value : String(value),
      text: this.#text(node),
      quoted,
      at,
    };
  }

  #text(node: YamlScalar.Parsed): string {
    return typeof node.value === "string" ? node.value : node.source ?? String(node.value ?? "");
  }

  #alias(node: Alias.Parsed, at: Place): Tree | undefined {
    const anchor = this.#anchors.get(node.source);
    if (anchor === undefined || anchor === "open") {
      const what = anchor === undefined ? "is not there before it" : "holds the alias itself";
      return this.#refuse("syntax", at, `the anchor "${node.source}" ${what}`, "write the value out");
    }
    return this.#count(anchor.values, at) ? undefined : anchor.tree;
  }

  #count(values: number, at: Place): boolean {
    this.#values += values;
    if (this.#values <= this.limits.values) return false;
    this.#refuse(
      "too-large",
      at,
      `has more than ${this.limits.values} values once aliases are written out`,
      "split the file",
    );
    return true;
  }

  /** Only the first refusal of a document is told: all others follow from it. */
  #refused = false;
  #refuse(code: "too-deep" | "too-large" | "syntax", at: Place, message: string, hint: string): undefined {
    if (!this.#refused) this.problems.error(code, at, message, hint);
    this.#refused = true;
    return undefined;
  }
}
