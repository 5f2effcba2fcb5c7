/** How a rule says what it found. */
import type { ConfigIssue } from "../issue.ts";

type Without<I, K extends string> = I extends unknown ? Omit<I, K> : never;

/** Adds a problem at a place below the entity. */
export type Report = (below: readonly (string | number)[], issue: Without<ConfigIssue, "path">) => void;

/**
 * A {@link Report} for one entity.
 *
 * @param path where the entity stands
 * @param issues where problems are added
 */
export function reporter(path: readonly string[], issues: ConfigIssue[]): Report {
  return (below, issue) => void issues.push({ ...issue, path: [...path, ...below.map(String)] } as ConfigIssue);
}

/**
 * Reports the second of two list items with the same key.
 *
 * @param path where the entity stands, for the place of the first one
 * @param field the list's name
 * @param keys the key of each item; undefined ones are not compared
 */
export function noDuplicates(
  report: Report,
  path: readonly string[],
  field: string,
  what: string,
  keys: readonly (string | undefined)[] | undefined,
): void {
  const first = new Map<string, number>();
  keys?.forEach((key, index) => {
    if (key === undefined) return;
    const before = first.get(key);
    if (before === undefined) first.set(key, index);
    else report([field, index], { code: "duplicate", what, name: key, other: [...path, field, String(before)] });
  });
}
