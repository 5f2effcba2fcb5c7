/**
 * Small parts the schemas are made of. Every problem they find carries a rule's name and the facts (`params`), never words:
 * `lib/config/issue.ts` turns them into text.
 */
import { z } from "zod";
import type { TextRuleName } from "./text_rules.ts";
import { textRules } from "./text_rules.ts";

/** Ties the fields of a schema to a hand-written interface: a missing, surplus or wrong one is an error at that field. */
export type Shape<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? z.ZodExactOptional<z.ZodType<T[K]>> : z.ZodType<T[K]>;
};

/** What a found problem is, beside zod's own codes. */
export type RuleParams =
  | { readonly rule: "text"; readonly name: TextRuleName }
  | { readonly rule: "key"; readonly name: TextRuleName }
  | { readonly rule: "integer"; readonly min: number; readonly max: number }
  | { readonly rule: "kind"; readonly what: string }
  | {
    readonly rule: "keys";
    readonly what: string;
    readonly found: readonly string[];
    readonly known: readonly string[];
  };

/** An optional field. Not `.optional()`: that would let `undefined` in. */
export const opt = z.exactOptional;
/** A list. */
export const list = z.array;
/** Yes or no. */
export const flag = z.boolean;

/** Texts by kind: making a schema costs more than using one. */
const texts = new Map<TextRuleName, z.ZodType<string>>();

/** What every text must be, whatever else it is: nothing else reaches a target as it was written. */
const anyText = ["text", "wellFormed"] as const;

/** A text of the given kind. */
export function text<T extends string = string>(name: TextRuleName = "text"): z.ZodType<T> {
  let schema = texts.get(name);
  if (schema === undefined) {
    schema = z.string().superRefine((value, context) => {
      const broken = ([name, ...anyText] as const).find((rule) => !textRules[rule].test(value));
      if (broken === undefined) return;
      context.addIssue({ code: "custom", params: { rule: "text", name: broken } satisfies RuleParams });
    });
    texts.set(name, schema);
  }
  return schema as unknown as z.ZodType<T>;
}

/** A whole number. */
export function integer(min = 0, max = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  return z.number().superRefine((value, context) => {
    if (Number.isInteger(value) && value >= min && value <= max) return;
    context.addIssue({ code: "custom", params: { rule: "integer", min, max } satisfies RuleParams });
  });
}

/** A TCP port. */
export const portNumber = (): z.ZodType<number> => integer(1, 65535);

/** The content of a file: NUL too, but only what UTF-8 can hold. */
export function content(): z.ZodType<string> {
  return z.string().superRefine((value, context) => {
    if (textRules.wellFormed.test(value)) return;
    context.addIssue({ code: "custom", params: { rule: "text", name: "wellFormed" } satisfies RuleParams });
  });
}

/** An object with free keys. */
export function map<T>(value: z.ZodType<T>, key: TextRuleName = "text"): z.ZodType<Record<string, T>> {
  return z.record(z.string(), value).superRefine((record, context) => {
    for (const name of Object.keys(record)) {
      const broken = ([key, ...anyText] as const).find((rule) => !textRules[rule].test(name));
      if (broken === undefined) continue;
      context.addIssue({ code: "custom", path: [name], params: { rule: "key", name: broken } satisfies RuleParams });
    }
  });
}

/** Variables of an environment. */
export const environment = (): z.ZodType<Record<string, string>> => map(text("envSize"), "envName");

/** An object with exactly these fields. The message of an unknown one lists the known ones, for "did you mean". */
export function strict<S extends z.core.$ZodShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape).join(",");
  return z.strictObject(shape, { error: (issue) => issue.code === "unrecognized_keys" ? known : undefined });
}

/** One of these words. */
export const oneOf = z.enum;

/** A value that is none of the things it could be. */
function refuse(context: z.core.ParsePayload, params: RuleParams): never {
  context.issues.push({ code: "custom", input: context.value, params });
  return z.NEVER;
}

/** Whether a value is an object with keys. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reports what another schema finds as this value's own. */
function delegate<T>(schema: z.ZodType<T>, value: unknown, context: z.core.ParsePayload): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    context.issues.push({ ...issue, path: [...issue.path], input: issue.input } as z.core.$ZodRawIssue);
  }
  return z.NEVER;
}

/**
 * An object that is told apart by the one key it has of `cases`.
 *
 * @param what what it is, for messages: `verb`
 * @param cases the schema for each key
 */
export function byKey<T>(what: string, cases: Readonly<Record<string, z.ZodType<T>>>): z.ZodType<T> {
  const known = Object.keys(cases);
  return z.unknown().transform((value, context) => {
    if (!isRecord(value)) return refuse(context, { rule: "kind", what: "an object" });
    const found = known.filter((key) => Object.hasOwn(value, key));
    if (found.length !== 1) {
      return refuse(context, { rule: "keys", what, found: found.length === 0 ? Object.keys(value) : found, known });
    }
    return delegate(cases[found[0]!]!, value, context);
  });
}

/**
 * A value that may be several things, told apart by the type of the value.
 *
 * @param what all it may be, for messages
 * @param choose the schema for a value, or nothing; it makes none itself, since it is asked for every value
 */
export function byValue<T>(what: string, choose: (value: unknown) => z.ZodType<T> | undefined): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    const schema = choose(value);
    return schema === undefined ? refuse(context, { rule: "kind", what }) : delegate(schema, value, context);
  });
}
