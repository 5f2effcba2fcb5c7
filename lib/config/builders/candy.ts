/** `candy()` and `candies()`. */
import type { Candy } from "../../entities/candy.ts";
import type { Late, Scoped } from "../../entities/late.ts";

/** A candy where the names `C` may be used: a plain object, or what {@link candy} returns. */
export interface CandyEntry<C extends string> extends Candy<C>, Scoped<C> {}

/** What {@link candy} returns: a candy that needs the names `C`, where `R` are in scope. */
export interface LateCandy<C extends string, R extends string> extends Candy<C>, Late<R> {}

/**
 * An installable layer. Written inside {@link defineConfig} it may refer to the candies declared there; written in a
 * module of its own, its needs are checked where it is used.
 *
 * @param fields what the candy brings
 * @returns the fields, unchanged
 *
 * @example
 * ```ts
 * import { candy, defineConfig } from "@charly/charly";
 *
 * export default defineConfig({
 *   candies: {
 *     ripgrep: candy({ version: "2026.300.0900", description: "fast grep", package: ["ripgrep"] }),
 *     tools: candy({ version: "2026.300.0900", description: "what I use", require: ["ripgrep"] }),
 *   },
 * });
 * ```
 */
export function candy<const C extends R = never, R extends string = string>(fields: Candy<C>): LateCandy<C, R> {
  return fields as LateCandy<C, R>;
}

/**
 * A set of candies in a module of its own: it knows its own names, and those it expects of the configuration that takes it in.
 *
 * @param set the candies by name
 * @param _expects names that the configuration has to declare
 * @returns the set, to be spread into `candies`
 *
 * @example
 * ```ts
 * import { candies, candy, defineConfig } from "@charly/charly";
 *
 * const team = candies({
 *   git: candy({ version: "2026.300.0900", description: "git", package: ["git"] }),
 *   gh: candy({ version: "2026.300.0900", description: "GitHub's tool", require: ["git", "base"] }),
 * }, ["base"]);
 *
 * export default defineConfig({
 *   candies: { ...team, base: candy({ version: "2026.300.0900", description: "what everything stands on", package: ["curl"] }) },
 * });
 * ```
 */
export function candies<const C extends string, const X extends string = never>(
  set: { readonly [K in C]: CandyEntry<NoInfer<C | X>> },
  _expects?: readonly X[],
): { readonly [K in C]: CandyEntry<C | X> } {
  return set;
}
