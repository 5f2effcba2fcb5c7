/** Plain data after it left the child. */

/** Freezes data at every depth, also below what is frozen already. */
export function freezeData(data: unknown): unknown {
  const open: unknown[] = [data];
  const seen = new Set<object>();
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(Object.freeze(value));
    for (const inner of Object.values(value)) open.push(inner);
  }
  return data;
}

/** Where two values differ first, as a path; undefined when they are the same. The order of keys counts. */
export function firstDifference(a: unknown, b: unknown, path: readonly string[] = []): readonly string[] | undefined {
  if (Object.is(a, b)) return undefined;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return path;
  if (Array.isArray(a) !== Array.isArray(b)) return path;
  const keysA = Object.keys(a);
  const keysB = Object.keys(b);
  for (let index = 0; index < Math.max(keysA.length, keysB.length); index++) {
    const key = keysA[index] ?? keysB[index]!;
    if (keysA[index] !== keysB[index]) return [...path, key];
    const found = firstDifference((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], [
      ...path,
      key,
    ]);
    if (found !== undefined) return found;
  }
  return undefined;
}
