/** `box()`. */
import type { Box } from "../../entities/box.ts";
import type { Late, Scoped } from "../../entities/late.ts";

/** The names a box may refer to. */
export interface BoxNames<C, X> {
  /** Candies. */
  readonly candy: C;
  /** Boxes. */
  readonly box: X;
}

/** A box where these names may be used: a plain object, or what {@link box} returns. */
export interface BoxEntry<C extends string, X extends string> extends Box<C, X>, Scoped<BoxNames<C, X>> {}

/** What {@link box} returns: a box that needs the names `C` and `X`, where `RC` and `RX` are in scope. */
export interface LateBox<C extends string, X extends string, RC, RX> extends Box<C, X>, Late<BoxNames<RC, RX>> {}

/**
 * A container image made of candies.
 *
 * @param fields base, candies, formats
 * @returns the fields, unchanged
 *
 * @example
 * ```ts
 * import { box, candy, defineConfig } from "@charly/charly";
 *
 * export default defineConfig({
 *   candies: { ripgrep: candy({ version: "2026.300.0900", description: "fast grep", package: ["ripgrep"] }) },
 *   boxes: {
 *     base: box({ base: "docker.io/library/debian:13", distro: ["debian:13", "debian"], build: ["deb"] }),
 *     tools: box({ base: "base", candy: ["ripgrep"] }),
 *   },
 * });
 * ```
 */
export function box<
  const C extends RC = never,
  const X extends RX = never,
  RC extends string = string,
  RX extends string = string,
>(fields: Box<C, X>): LateBox<C, X, RC, RX> {
  return fields as LateBox<C, X, RC, RX>;
}
