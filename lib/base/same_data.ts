/**
 * Whether two pieces of plain data are equal: same keys, same values, at every depth. The order of keys does not count.
 *
 * @param a plain data
 * @param b plain data
 */
export function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b);
  return !Array.isArray(b) && sameMembers(a as Members, b as Members);
}

type Members = Readonly<Record<string, unknown>>;

// Loops without closures and lists of keys: a compiler compares ten thousand candies with those it knows.
function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!sameData(a[at], b[at])) return false;
  return true;
}

function sameMembers(a: Members, b: Members): boolean {
  let more = 0;
  for (const key in b) if (Object.hasOwn(b, key)) more++;
  for (const key in a) {
    if (!Object.hasOwn(a, key)) continue;
    if (!Object.hasOwn(b, key) || !sameData(a[key], b[key])) return false;
    more--;
  }
  return more === 0;
}
