/** What stands at a path in the model, and `.bashrc` with its blocks, in plain TypeScript. */
import type { Tree } from "../tree.ts";
import { createHash } from "node:crypto";

/** A file, a directory or a symbolic link. */
export type Node =
  | { readonly type: "file"; readonly text: string; readonly mode: string }
  | { readonly type: "dir"; readonly mode: string }
  | { readonly type: "link"; readonly to: string };

/** Whether two looks at a path saw the same. */
export function equal(a: Node | undefined, b: Node | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Directories above a path, from the home downwards; the home itself is not one of them. */
export function parentsOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/")).filter((it) => !it.startsWith(".."));
}

/** Whether `path` is the directory or something below it. */
export function isUnder(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

const begin = (name: string) => `# opencharly:begin ${name} (managed by charly; do not edit inside this block)`;
const end = (name: string) => `# opencharly:end ${name}`;

function linesOf(text: string): string[] {
  if (text === "") return [];
  return text.replace(/\n$/, "").split("\n");
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function place(lines: readonly string[], name: string): readonly [number, number] | undefined {
  const first = lines.indexOf(begin(name));
  const last = lines.indexOf(end(name), first);
  return first < 0 || last < 0 ? undefined : [first, last];
}

/** The text with the block in it: in its place, else at the end behind a blank line. */
export function withBlock(text: string, name: string, body: string): string {
  const lines = linesOf(text);
  const block = [begin(name), ...linesOf(body), end(name)];
  const found = place(lines, name);
  if (found !== undefined) return textOf([...lines.slice(0, found[0]), ...block, ...lines.slice(found[1] + 1)]);
  const gap = lines.length > 0 && lines.at(-1) !== "" ? [""] : [];
  return textOf([...lines, ...gap, ...block]);
}

/** The text without the block, and without the blank line that was put in front of it. */
export function withoutBlock(text: string, name: string): string {
  const lines = linesOf(text);
  const found = place(lines, name);
  if (found === undefined) return textOf(lines);
  const before = lines.slice(0, found[0]), after = lines.slice(found[1] + 1);
  if (before.at(-1) === "" && (after.length === 0 || after[0] === "")) before.pop();
  return textOf([...before, ...after]);
}

/** The body of the block, where it is there. */
export function blockBody(text: string, name: string): string | undefined {
  const lines = linesOf(text);
  const found = place(lines, name);
  return found === undefined ? undefined : lines.slice(found[0] + 1, found[1]).join("\n");
}

/** Text without the blank lines at its end, which blocks come and go with. */
export function ends(text: string): string {
  return textOf(linesOf(text)).replace(/(^|\n)([ \t]*\n)+$/, "$1");
}

/** A model's tree beside a real one: what differs, a line each. */
export function diffModel(model: ReadonlyMap<string, Node>, real: Tree): string[] {
  const lines: string[] = [];
  for (const path of [...new Set([...model.keys(), ...[...real.keys()].filter((it) => it !== ".")])].sort()) {
    const wanted = model.get(path), found = real.get(path);
    if (wanted === undefined) lines.push(`${path}: a ${found?.type} nobody expects`);
    else if (found === undefined) lines.push(`${path}: ${describe(wanted)} is missing`);
    else if (describe(wanted) !== seen(found)) {
      lines.push(`${path}: ${describe(wanted)} expected, found ${seen(found)}`);
    }
  }
  return lines;
}

function describe(node: Node): string {
  switch (node.type) {
    case "file":
      return `file ${node.mode} ${createHash("sha256").update(node.text).digest("hex").slice(0, 12)} (${
        JSON.stringify(node.text)
      })`.replace(/ \(.*$/s, "");
    case "dir":
      return `directory ${node.mode}`;
    case "link":
      return `link to ${node.to}`;
  }
}

function seen(entry: NonNullable<ReturnType<Tree["get"]>>): string {
  if (entry.type === "file") return `file ${entry.mode} ${entry.sha256?.slice(0, 12)}`;
  if (entry.type === "link") return `link to ${entry.target}`;
  return `${entry.type} ${entry.mode}`;
}
