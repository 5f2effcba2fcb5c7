/**
 * JSON in one form only: keys sorted by code unit, no spaces, absent members left out. Equal values give equal text, so
 * digests and comparisons can be made of it.
 *
 * @param value plain data; `undefined` members are left out, as JSON does
 * @returns the text
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1).map(([key, member]) => [key, sorted(member)]));
}
