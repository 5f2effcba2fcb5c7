/**
 * Shapes of values in `charly.yml`: one description of a field says how it is read, what a JSON Schema says about it, and
 * what it is called here. Field names are the file's own (`run_as`); entities have them in camelCase.
 */
import type { Bare } from "../../entities/conditions.ts";
import type { TextRuleName } from "../../entities/text_rules.ts";

/** What a value may be. */
export type Shape =
  | { readonly is: "text"; readonly rule?: TextRuleName; readonly words?: readonly string[] }
  | { readonly is: "number"; readonly min: number; readonly max: number }
  | { readonly is: "flag" }
  /** A text, number or truth value, as YAML reads it. */
  | { readonly is: "scalar" }
  /** `single`: one value may stand for a list of one. */
  | { readonly is: "list"; readonly of: Shape; readonly single?: boolean }
  /** A map whose keys are the user's own. */
  | { readonly is: "map"; readonly of: Shape }
  | ObjectShape
  /** By what is written: one value, a list, a map. */
  | { readonly is: "either"; readonly scalar?: Shape; readonly list?: Shape; readonly map?: Shape }
  /** An object whose fields depend on one of them. */
  | { readonly is: "variant"; readonly by: string; readonly cases: Readonly<Record<string, ObjectShape>> }
  /** Kept as it is. */
  | { readonly is: "data" }
  /** What an answer must be like, in any form: read as a list of conditions. `bare`: what a scalar means. */
  | { readonly is: "matchers"; readonly bare: Bare; readonly of: Shape };

/** A map with known keys. */
export interface ObjectShape {
  readonly is: "object";
  readonly fields: Readonly<Record<string, Field>>;
  /** Keys nobody knows are kept, not refused. */
  readonly open?: boolean;
  /** Of the keys that are kept: those that nearly are a known one are told, or all. */
  readonly told?: "near" | "all";
  /** It has exactly one of its fields; this is what one is called. */
  readonly one?: string;
}

/** One field of an object. */
export interface Field {
  readonly shape: Shape;
  readonly required?: boolean;
  /** Its name in the entity; else the camelCase of its own. */
  readonly as?: string;
}

type Fields = Readonly<Record<string, Shape | Field>>;

/** A text that follows a rule. */
export const text = (rule?: TextRuleName): Shape => rule === undefined ? { is: "text" } : { is: "text", rule };
/** One of some words. */
export const word = (...words: readonly string[]): Shape => ({ is: "text", words });
/** A whole number. */
export const number = (min = 0, max: number = Number.MAX_SAFE_INTEGER): Shape => ({ is: "number", min, max });
/** True or false. */
export const flag: Shape = { is: "flag" };
/** A text, number or truth value. */
export const scalar: Shape = { is: "scalar" };
/** Anything. */
export const data: Shape = { is: "data" };
/** A list. */
export const list = (of: Shape): Shape => ({ is: "list", of });
/** A list, or one value that stands for a list of one. */
export const oneOrMany = (of: Shape): Shape => ({ is: "list", of, single: true });
/** A map with free keys. */
export const map = (of: Shape): Shape => ({ is: "map", of });
/** Names and texts. */
export const texts: Shape = list(text());
/** By what is written. */
export const either = (of: { readonly scalar?: Shape; readonly list?: Shape; readonly map?: Shape }): Shape => ({
  is: "either",
  ...of,
});
/** A map with known keys. */
export const object = (fields: Fields): ObjectShape => ({
  is: "object",
  fields: Object.fromEntries(Object.entries(fields).map(([key, it]) => [key, "shape" in it ? it : { shape: it }])),
});
/** An object that must have a field. */
export const required = (shape: Shape): Field => ({ shape, required: true });
/** A field with another name in the entity. */
export const as = (name: string, shape: Shape): Field => ({ shape, as: name });
