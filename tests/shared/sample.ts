/** How much of an attack runs: a bounded sample with every test run, all of it with `deno task test:attack`. */

/** Whether everything is asked for. */
export const full: boolean = Deno.env.get("CHARLY_ATTACK") === "full";

/**
 * How often, or how many.
 *
 * @param bounded in a sample, a matter of seconds
 * @param whole in `deno task test:attack`
 */
export function sample(bounded: number, whole: number): number {
  return full ? whole : bounded;
}

/**
 * A spread of the numbers 1 to `count`: all of them in the whole attack, else `bounded` of them, first and last included.
 *
 * @example
 * ```ts
 * places(9, 3); // [1, 5, 9]
 * ```
 */
export function places(count: number, bounded: number): number[] {
  const wanted = full ? count : Math.min(bounded, count);
  if (wanted <= 1) return count < 1 || wanted < 1 ? [] : [count];
  return [...new Set(Array.from({ length: wanted }, (_, n) => 1 + Math.round((n * (count - 1)) / (wanted - 1))))];
}
