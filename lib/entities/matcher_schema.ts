/** Schema of matchers: any form people write, checked, becomes a list of conditions. */
import { z } from "zod";
import { type Bare, conditionsOf } from "./conditions.ts";
import type { Condition, Matcher, Matchers, MatchOp } from "./matcher.ts";
import { byKey, byValue, isRecord, list, oneOf, strict, text } from "./schema_kit.ts";

const isScalar = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What each operator compares with. */
const values: Readonly<Record<MatchOp, z.ZodType>> = {
  equals: scalar,
  notEquals: scalar,
  contains: text(),
  notContains: text(),
  matches: text(),
  notMatches: text(),
  lt: z.number(),
  le: z.number(),
  gt: z.number(),
  ge: z.number(),
};
const ops = Object.keys(values) as [MatchOp, ...MatchOp[]];

const manyTexts = list(text());
const texts = byValue<string | readonly string[]>(
  "a text or a list of texts",
  (value) => Array.isArray(value) ? manyTexts : typeof value === "string" ? text() : undefined,
);
const written = byKey<Matcher>(
  "matcher",
  Object.fromEntries(ops.map((op) => {
    const several = op === "contains" || op === "notContains";
    return [op, strict({ [op]: several ? texts : values[op] })];
  })) as unknown as Record<string, z.ZodType<Matcher>>,
);
const unknownOp: z.ZodType<unknown> = z.looseObject({ op: oneOf(ops) });
const conditions = Object.fromEntries(
  ops.map((op) => [op, strict({ op: z.literal(op), value: values[op] })]),
) as unknown as Record<MatchOp, z.ZodType<Condition>>;

const matcher = byValue<Matcher>(
  "a text, a number, true, false or a matcher",
  (value) => {
    if (isScalar(value)) return scalar;
    if (!isRecord(value)) return undefined;
    if (!Object.hasOwn(value, "op")) return written;
    return conditions[ops.find((op) => op === value["op"])!] ?? (unknownOp as z.ZodType<Matcher>);
  },
);
const manyMatchers = list(matcher);
const any = byValue<Matchers>(
  "a matcher or a list of matchers",
  (value) => Array.isArray(value) ? manyMatchers : isScalar(value) || isRecord(value) ? matcher : undefined,
);

/** One matcher or a list of them; `bare` is what a scalar means. Gives a list of conditions. */
export function matchers(bare: Bare): z.ZodType<Matchers> {
  return any.transform((value): Matchers => conditionsOf(value, bare));
}
