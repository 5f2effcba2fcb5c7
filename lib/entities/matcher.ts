/** What an answer must be like: as people write it, and the one form everything else reads. */

/** One text, number or truth value. */
export type MatchValue = string | number | boolean;

/** How an answer is compared. */
export type MatchOp =
  | "equals"
  | "notEquals"
  | "contains"
  | "notContains"
  | "matches"
  | "notMatches"
  | "lt"
  | "le"
  | "gt"
  | "ge";

/** One comparison: the form every matcher has once a configuration is read. */
export interface Condition {
  /** How it is compared. */
  readonly op: MatchOp;
  /** What it is compared with: a text for `contains` and `matches`, a number for `lt` to `ge`. */
  readonly value: MatchValue;
}

/** A scalar means "equals" (for `contains` of a file: "holds this text"). Of several texts every one counts. */
export type Matcher =
  | MatchValue
  | Condition
  | { readonly equals: MatchValue }
  | { readonly notEquals: MatchValue }
  | { readonly contains: string | readonly string[] }
  | { readonly notContains: string | readonly string[] }
  /** A regular expression. */
  | { readonly matches: string }
  | { readonly notMatches: string }
  | { readonly lt: number }
  | { readonly le: number }
  | { readonly gt: number }
  | { readonly ge: number };

/** One matcher, or several that must all hold. */
export type Matchers = Matcher | readonly Matcher[];
