/** The fields of a node, wherever they are written: in the kind's value or as children. */
import { camelCase } from "../../base/camel_case.ts";
import type { Node } from "./node.ts";
import { nearest, type Problems } from "./problem.ts";
import { pathKey, ShapeReader, type SourceMap } from "./read_shape.ts";
import { readStep } from "./read_step.ts";
import type { ObjectShape, Shape } from "./shape.ts";
import type { DataKey } from "./words.ts";

/** Which fields a kind has. */
export interface KindShape {
  /** In its value. */
  readonly fields: ObjectShape;
  /** As children. */
  readonly data: Partial<Record<DataKey, Shape>>;
}

/** The parts of an entity that could be read. */
export interface ReadFields {
  readonly values: Record<string, unknown>;
  readonly places: SourceMap;
  readonly broken: string[];
  /** Comments by path. */
  readonly comments: ReadonlyMap<string, string>;
}

/** Reads every field of a node, its steps as `plan`. */
export function readFields(node: Node, shape: KindShape, problems: Problems): ReadFields {
  const places: SourceMap = new Map([["", node.at]]);
  const strict = new ShapeReader(problems, places);
  // Upstream drops an unknown key of a child in silence, so real files hold them.
  const lenient = new ShapeReader(problems, places, "warning");
  const values = strict.fields(shape.fields, node.fields.entries, []);
  for (const [key, { value, at, comment }] of node.data) {
    const known = shape.data[key];
    if (known === undefined) {
      const hint = nearest(key, Object.keys(shape.data), "remove it");
      problems.error("unknown-field", at, `a ${node.kind} has no "${key}"`, hint);
      continue;
    }
    const name = camelCase(key);
    lenient.note([name], comment);
    const read = lenient.read(known, value, [name]);
    if (read !== undefined) values[name] = read;
  }
  const steps: string[] = [];
  const plan = node.steps.flatMap((step, index) => {
    const entry = readStep(step, strict, ["plan", String(index)]);
    if (entry === undefined) strict.broken.push(`plan\0${index}`);
    else if (step.comment !== undefined) steps.push(step.comment);
    else steps.push("");
    return entry === undefined ? [] : [entry];
  });
  if (plan.length > 0) values["plan"] = plan;
  // What stands inside of a step is among the step's own.
  const comments = new Map([...strict.comments, ...lenient.comments].filter(([path]) => !path.startsWith("plan\0")));
  for (const [index, comment] of steps.entries()) {
    if (comment !== "") comments.set(pathKey(["plan", String(index)]), comment);
  }
  return { values, places, broken: [...strict.broken, ...lenient.broken], comments };
}
