/** Turns what zod finds into {@link ConfigIssue}s. */
import type { z } from "zod";
import type { RuleParams } from "../entities/schema_kit.ts";
import type { ConfigIssue } from "./issue.ts";

/** What zod calls a type, for people. */
const typeWords: ReadonlyMap<string, string> = new Map([
  ["string", "a text"],
  ["number", "a number"],
  ["boolean", "true or false"],
  ["array", "a list"],
  ["object", "an object"],
  ["record", "an object"],
]);

/**
 * Checks a value.
 *
 * @param schema what it must be
 * @param value data
 * @param path where it stands
 * @returns the value, or what is wrong with it
 */
export function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: readonly string[],
): { readonly value: T } | { readonly issues: readonly ConfigIssue[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return { issues: result.error.issues.flatMap((issue) => translate(issue, value, path)) };
}

function translate(issue: z.core.$ZodIssue, root: unknown, above: readonly string[]): ConfigIssue[] {
  const here = issue.path.map(String);
  const path = [...above, ...here];
  const { there, value } = lookUp(root, here);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((name) => ({
        code: "unknown-field",
        path: [...path, name],
        name,
        known: issue.message.split(","),
      }));
    case "invalid_type":
      if (!there) return [{ code: "missing-field", path }];
      return [{
        code: "wrong-type",
        path,
        expected: typeWords.get(issue.expected) ?? issue.expected,
        found: describe(value),
      }];
    case "invalid_value":
      if (!there) return [{ code: "missing-field", path }];
      return [{ code: "not-one-of", path, found: describe(value), allowed: issue.values.map(String) }];
    case "custom":
      if (!there) return [{ code: "missing-field", path }];
      return [fromRule(issue.params as RuleParams, value, path)];
    default:
      return [{ code: "wrong-type", path, expected: "a text, a number, true or false", found: describe(value) }];
  }
}

function fromRule(params: RuleParams, value: unknown, path: readonly string[]): ConfigIssue {
  switch (params.rule) {
    case "text":
      return { code: "bad-text", path, rule: params.name, found: String(value) };
    case "key":
      return { code: "bad-text", path, rule: params.name, found: path.at(-1) ?? "" };
    case "integer":
      return { code: "bad-number", path, found: describe(value), min: params.min, max: params.max };
    case "kind":
      return { code: "wrong-type", path, expected: params.what, found: describe(value) };
    case "keys":
      return params.found.length > 1 && params.found.every((name) => params.known.includes(name))
        ? { code: "many-keys", path, what: params.what, found: params.found }
        : { code: "no-key", path, what: params.what, found: params.found, known: params.known };
  }
}

/** The value at a path, own properties only. */
function lookUp(root: unknown, path: readonly string[]): { readonly there: boolean; readonly value: unknown } {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
      return { there: false, value: undefined };
    }
    value = (value as Record<string, unknown>)[key];
  }
  return { there: true, value };
}

/** A value in a few words. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
