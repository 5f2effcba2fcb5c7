/** TypeScript as a small tree, printed the way a person would break its lines; `deno fmt` has the last word. */

import type { CommentBook } from "./comment_book.ts";

/** A piece of code. */
export type Code =
  | { readonly is: "raw"; readonly text: string }
  /** `open`: a line for each field, however short. */
  | { readonly is: "object"; readonly fields: readonly Property[]; readonly open?: boolean }
  /** `comments`: lines above some of the items. */
  | { readonly is: "array"; readonly items: readonly Code[]; readonly comments?: readonly (string | undefined)[] }
  | { readonly is: "call"; readonly name: string; readonly args: readonly Code[] };

/** One property of an object. */
export interface Property {
  readonly key: string;
  /** The key again: `{ git }`. */
  readonly value: Code;
  /** Lines above it. */
  readonly comment?: string;
}

const width = 110;

/** A value of plain data as code; texts of several lines become template literals. */
export function literal(value: unknown): Code {
  if (typeof value === "string") return { is: "raw", text: textLiteral(value) };
  if (Array.isArray(value)) return { is: "array", items: value.map(literal) };
  if (typeof value === "object" && value !== null) {
    return { is: "object", fields: Object.entries(value).map(([key, it]) => ({ key, value: literal(it) })) };
  }
  return { is: "raw", text: String(value) };
}

/** The same with the comments that belong to its parts; what is taken is out of the book. */
export function commentedLiteral(value: unknown, comments: CommentBook, path: readonly string[]): Code {
  if (Array.isArray(value)) {
    const said = value.map((_, index) => comments.take([...path, String(index)]));
    const items = value.map((item, index) => commentedLiteral(item, comments, [...path, String(index)]));
    return { is: "array", items, comments: said };
  }
  if (typeof value !== "object" || value === null) return literal(value);
  const fields = Object.entries(value).map(([key, it]): Property => {
    const comment = comments.take([...path, key]);
    const code = commentedLiteral(it, comments, [...path, key]);
    return { key, value: code, ...(comment === undefined ? {} : { comment }) };
  });
  return { is: "object", fields };
}

/** A call. */
export function call(name: string, ...args: readonly Code[]): Code {
  return { is: "call", name, args };
}

/** A text in quotes, or in backticks when it has several lines. */
export function textLiteral(text: string): string {
  // deno-lint-ignore no-control-regex -- whatever an editor would not show is escaped
  const plain = !/[\x00-\x09\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]/u.test(text);
  const lines = text.replace(/\n$/, "").includes("\n");
  if (!lines || !plain) {
    return JSON.stringify(text).replace(/[\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escaped);
  }
  return `\`${text.replace(/[\\`]|\$(?=\{)/g, "\\$&")}\``;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A key as it is written: quoted only where it must be. */
export function keyText(key: string): string {
  if (key === "__proto__") return '["__proto__"]'; // written plainly it would be no key
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? key : JSON.stringify(key);
}

/** Prints code whose first line begins after `indent` blanks. */
export function print(code: Code, indent = 0): string {
  const flat = flatText(code);
  if (flat !== undefined && flat.length + indent <= width) return flat;
  const inner = " ".repeat(indent + 2);
  const outer = " ".repeat(indent);
  switch (code.is) {
    case "raw":
      return code.text;
    case "array":
      if (code.items.length === 0) return "[]";
      return `[\n${
        code.items.map((item, index) => {
          const comment = code.comments?.[index];
          const above = comment === undefined ? "" : commentLines(comment, indent + 2);
          return `${above}${inner}${print(item, indent + 2)},\n`;
        }).join("")
      }${outer}]`;
    case "object":
      if (code.fields.length === 0) return "{}";
      return `{\n${code.fields.map((field) => property(field, indent + 2)).join("")}${outer}}`;
    case "call": {
      const last = code.args.at(-1);
      const first = code.args.slice(0, -1).map(flatText);
      // The last argument takes the lines, as long as what stands before it fits on the first one.
      const hugs = last !== undefined && (last.is === "object" || last.is === "array" || code.args.length === 1);
      if (hugs && first.every((text) => text !== undefined)) {
        const head = `${code.name}(${first.map((text) => `${text}, `).join("")}`;
        if (head.length + indent <= width) return `${head}${print(last, indent)})`;
      }
      return `${code.name}(\n${code.args.map((arg) => `${inner}${print(arg, indent + 2)},\n`).join("")}${outer})`;
    }
  }
}

function property({ key, value, comment }: Property, indent: number): string {
  const blanks = " ".repeat(indent);
  const above = comment === undefined ? "" : commentLines(comment, indent);
  if (value.is === "raw" && value.text === key) return `${above}${blanks}${key},\n`;
  return `${above}${blanks}${keyText(key)}: ${print(value, indent)},\n`;
}

/** Lines of a comment. */
export function commentLines(comment: string, indent = 0): string {
  const blanks = " ".repeat(indent);
  // Whatever ends a line ends a comment, and what follows would be code.
  return comment.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => {
    const shown = line.replace(/[\u202a-\u202e\u2066-\u2069]/g, escaped);
    return `${blanks}//${shown === "" ? "" : ` ${shown}`}\n`;
  }).join("");
}

/** On one line, unless it holds a line break or a comment. */
function flatText(code: Code): string | undefined {
  switch (code.is) {
    case "raw":
      return code.text.includes("\n") ? undefined : code.text;
    case "array": {
      if (code.comments?.some((comment) => comment !== undefined) === true) return undefined;
      const items = code.items.map(flatText);
      return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
    }
    case "object": {
      if (code.fields.length === 0) return "{}";
      if (code.open === true) return undefined;
      const fields = code.fields.map(({ key, value, comment }) => {
        const text = comment === undefined ? flatText(value) : undefined;
        if (text === undefined) return undefined;
        return text === key ? key : `${keyText(key)}: ${text}`;
      });
      return fields.includes(undefined) ? undefined : `{ ${fields.join(", ")} }`;
    }
    case "call": {
      const args = code.args.map(flatText);
      return args.includes(undefined) ? undefined : `${code.name}(${args.join(", ")})`;
    }
  }
}
