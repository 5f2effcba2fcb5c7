/** `host=web1`, `env=A=1`: fields of a deployment as words of a command line, as far as words can say them. */
import { CharlyError } from "../../base/errors.ts";
import { nearest } from "../yaml/problem.ts";
import type { Shape } from "../yaml/shape.ts";
import { deploymentShape, groupShape } from "../yaml/shapes/deployment.ts";
import { type Place, type Scalar, textAt, type Tree } from "../yaml/tree.ts";
import { isZero, machineState } from "./overlay.ts";
import type { FieldChange } from "./overlay_write.ts";

/** Fields a kind of deployment has in the overlay, as charly.yml calls them; the tool's own are not among them. */
export function overlayFields(kind: string): Readonly<Record<string, Shape>> {
  const { fields, data } = kind === "group" ? groupShape : deploymentShape;
  const values = Object.entries(fields.fields).map(([key, { shape }]): [string, Shape] => [key, shape]);
  return Object.fromEntries(
    [...values, ...Object.entries(data)].filter(([key]) => !machineState.includes(key) && key !== "version"),
  );
}

/**
 * Fields from words; a field of several values is given several times.
 *
 * @param words `key=value`
 * @param path the overlay, for messages
 * @throws {CharlyError} `bad-field` for a field that is not there, that words cannot say, or that would change nothing
 */
export function fieldChanges(words: readonly string[], kind: string, path: string): readonly FieldChange[] {
  const fields = overlayFields(kind);
  const at = { file: path, line: 1, column: 1 };
  const given = new Map<string, string[]>();
  for (const word of words) {
    const cut = word.indexOf("=");
    if (cut < 1) throw bad(`"${word}" names no value`, "write FIELD=VALUE, for example host=deploy@web1");
    const key = word.slice(0, cut);
    checkField(key, fields, kind);
    given.set(key, [...given.get(key) ?? [], word.slice(cut + 1)]);
  }
  return [...given].map(([key, values]) => ({ key, value: valueOf(key, fields[key]!, values, at, path) }));
}

/** @throws {CharlyError} `bad-field`, with the nearest field */
export function checkField(key: string, fields: Readonly<Record<string, Shape>>, kind: string): void {
  if (Object.hasOwn(fields, key)) return;
  if (machineState.includes(key)) throw bad(`"${key}" is charly's own`, "it is written when the deployment is");
  throw bad(
    `a ${kind} has no "${key}"`,
    nearest(key, Object.keys(fields), `fields: ${Object.keys(fields).join(", ")}`),
  );
}

function valueOf(key: string, shape: Shape, values: readonly string[], at: Place, path: string): Tree {
  const tree = treeOf(key, shape, values, at, path);
  if (!isZero(tree)) return tree;
  const hint = `false, 0 and nothing change nothing: take it out with \`charly bundle reset\`, or change the project`;
  throw bad(`${key} cannot be "${values.join(" ")}" in the overlay`, hint);
}

function treeOf(key: string, shape: Shape, values: readonly string[], at: Place, path: string): Tree {
  const list = shape.is === "list"
    ? shape
    : shape.is === "either" && shape.list?.is === "list"
    ? shape.list
    : undefined;
  if (list !== undefined && isScalar(list.of) && (shape.is === "list" || values.length > 1)) {
    return { is: "list", at, items: values.map((value) => scalarOf(list.of, value, at)) };
  }
  const one = shape.is === "either" ? shape.scalar : shape;
  if (one === undefined || !isScalar(one)) {
    throw bad(`${key} takes more than words can say`, `write it into ${path} by hand`);
  }
  if (values.length > 1) throw bad(`${key} is given ${values.length} times`, "give it once");
  return scalarOf(one, values[0]!, at);
}

const isScalar = (shape: Shape): boolean => ["text", "number", "flag", "scalar"].includes(shape.is);

function scalarOf(shape: Shape, value: string, at: Place): Scalar {
  const flag = shape.is !== "text" && shape.is !== "number" && (value === "true" || value === "false");
  if (flag) return { is: "scalar", value: value === "true", text: value, quoted: false, at };
  const number = shape.is !== "text" && shape.is !== "flag" && /^(?:0|-?[1-9]\d{0,14})$/.test(value);
  return number ? { is: "scalar", value: Number(value), text: value, quoted: false, at } : textAt(value, at);
}

function bad(found: string, hint: string): CharlyError {
  return new CharlyError(`change the overlay: ${found}`, { hint, code: "bad-field", exitCode: 2 });
}
