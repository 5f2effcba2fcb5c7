/** Trees as YAML text: order, comments and block texts kept. */
import { Document as YamlDocument, isScalar, Pair, Scalar as YamlScalar, YAMLMap, YAMLSeq } from "yaml";
import type { Document, Tree } from "./tree.ts";

/** A document as text. */
export function writeYaml({ root, comment, after }: Document): string {
  const document = new YamlDocument();
  document.contents = nodeOf(root) as never;
  if (comment !== undefined) document.commentBefore = commentOf(comment);
  if (after !== undefined) document.comment = commentOf(after);
  return document.toString({ indent: 4, lineWidth: 0, nullStr: "~" });
}

/** Several documents of one file. */
export function writeAll(documents: readonly Document[]): string {
  return documents.map(writeYaml).join("---\n");
}

function nodeOf(tree: Tree): YamlMapLike {
  const node = plainNode(tree);
  if (tree.above !== undefined) node.commentBefore = commentOf(tree.above);
  if (tree.behind !== undefined) node.comment = commentOf(tree.behind);
  return node;
}

function plainNode(tree: Tree): YamlMapLike {
  if (tree.is === "list") {
    const list = new YAMLSeq();
    list.items.push(...tree.items.map(nodeOf));
    list.flow = tree.items.length === 0;
    return list;
  }
  if (tree.is === "map") {
    const map = new YAMLMap();
    for (const { key, value, comment } of tree.entries) {
      const name = new YamlScalar(key);
      if (comment !== undefined) name.commentBefore = commentOf(comment);
      map.items.push(new Pair(name, nodeOf(value)));
    }
    map.flow = tree.entries.length === 0;
    return map;
  }
  // What a number was written like is only kept where it is the number's own way: `0755` is a text.
  const own = typeof tree.value !== "string" && !tree.quoted &&
    String(tree.value ?? "") === (tree.value === null ? "" : tree.text);
  const scalar = new YamlScalar(own || tree.value === null ? tree.value : tree.text);
  if (isScalar(scalar) && typeof scalar.value === "string") {
    if (scalar.value.includes("\n")) scalar.type = "BLOCK_LITERAL";
    else if (tree.quoted && looksOtherwise(scalar.value)) scalar.type = "QUOTE_DOUBLE";
  }
  return scalar;
}

type YamlMapLike = YAMLMap | YAMLSeq | YamlScalar;

/** A text that a reader of YAML 1.1, or a person in a hurry, would take for something else. */
function looksOtherwise(text: string): boolean {
  return !/^\d+\.\d+\.\d+$/.test(text) &&
    /^(?:y|n|yes|no|on|off|true|false|null|~|[\d.:_+-]+|0x[0-9a-f]+|0o?[0-7]+)$/i.test(text);
}

function commentOf(comment: string): string {
  return comment.split("\n").map((line) => line === "" ? "" : ` ${line}`).join("\n");
}
