/** "Did you mean": the known word nearest to a mistyped one. */

/** Nobody mistypes a word this long: comparing takes the product of the lengths. */
const longest = 500;

/**
 * The nearest of `known`, if it is near enough to be meant: at most a third of the letters differ, two at
 * least allowed (one in very short words).
 *
 * @param word what was written
 * @param known what there is
 */
export function closest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  const limit = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    // lengths alone already say how far apart they are at least: long words cost nothing
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const d = distance(wanted, candidate.toLowerCase());
    if (d < bestDistance && d < Math.max(word.length, candidate.length)) [best, bestDistance] = [candidate, d];
  }
  return best;
}

/** Edits (insert, remove, replace, swap neighbours) that turn `a` into `b`. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
