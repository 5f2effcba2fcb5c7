/** Matchers in the one form everything else reads, and back in the shortest form a person would write. */
import type { Condition, Matcher, Matchers, MatchOp, MatchValue } from "./matcher.ts";

/** What a scalar that stands alone means: it depends on the field. */
export type Bare = "equals" | "contains";

/**
 * Every matcher as a condition, in order; of a list of texts each is one. What is in that form already stays as it is.
 *
 * @param matchers valid ones, with operators in camelCase
 * @param bare what a scalar means
 */
export function conditionsOf(matchers: Matchers, bare: Bare): readonly Condition[] {
  const all = (Array.isArray(matchers) ? matchers : [matchers]) as readonly Matcher[];
  return all.flatMap((matcher): readonly Condition[] => {
    if (typeof matcher !== "object") return [condition(bare, matcher)];
    if ("op" in matcher) return [condition(matcher.op, matcher.value)];
    const [op, value] = Object.entries(matcher)[0] as [MatchOp, MatchValue | readonly MatchValue[]];
    return (Array.isArray(value) ? value : [value]).map((one) => condition(op, one));
  });
}

/** A part of a text is a text, whatever it looks like; a limit is a number, in quotes too. */
function condition(op: MatchOp, value: MatchValue): Condition {
  if (op === "contains" || op === "notContains") return { op, value: String(value) };
  const limit = ["lt", "le", "gt", "ge"].includes(op) && typeof value === "string" && value.trim() !== "";
  return { op, value: limit && Number.isFinite(Number(value)) ? Number(value) : value };
}

/**
 * The shortest way to write conditions: `"x"`, `{ matches: "x" }`, `{ contains: ["a", "b"] }`, or a list.
 * {@link conditionsOf} gives the same conditions back.
 */
export function shortMatchers(conditions: readonly Condition[], bare: Bare): Matchers {
  const [first] = conditions;
  if (first === undefined) return [];
  if (conditions.length === 1) return shortMatcher(first, bare);
  const isText = first.op === "contains" || first.op === "notContains";
  if (isText && conditions.every(({ op }) => op === first.op)) {
    return { [first.op]: conditions.map(({ value }) => value) } as unknown as Matcher;
  }
  return conditions.map((it) => shortMatcher(it, bare));
}

function shortMatcher({ op, value }: Condition, bare: Bare): Matcher {
  return op === bare ? value : { [op]: value } as unknown as Matcher;
}
