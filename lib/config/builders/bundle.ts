/** `bundle()`. */
import type { Bundle, LocalTarget, NestedTarget, SshTarget } from "../../entities/bundle.ts";
import type { Late, Scoped } from "../../entities/late.ts";
import type { VmTargetEntry } from "./vm_target.ts";

/** Where a bundle goes, where the machine names `V` may be used. */
export type TargetEntry<V extends string = string> = LocalTarget | SshTarget | NestedTarget | VmTargetEntry<V>;

/** The names a bundle may refer to. */
export interface BundleNames<C, V, L> {
  /** Candies. */
  readonly candy: C;
  /** Virtual machines. */
  readonly vm: V;
  /** `local` templates. */
  readonly local: L;
}

/** What {@link bundle} takes: a {@link Bundle} whose target may be a late one. */
export interface BundleFields<C extends string, V extends string, L extends string>
  extends Omit<Bundle<C, V, L>, "on"> {
  /** Where the candies go: `local()`, `ssh("user@host")`, `vmTarget("name")` or `nested(…)`. */
  readonly on: TargetEntry<V>;
}

/** A bundle where these names may be used: a plain object, or what {@link bundle} returns. */
export interface BundleEntry<C extends string, V extends string, L extends string>
  extends BundleFields<C, V, L>, Scoped<BundleNames<C, V, L>> {}

/** What {@link bundle} returns: a bundle that needs the names `C`, `V`, `L`, where the `R…` are in scope. */
export interface LateBundle<C extends string, V extends string, L extends string, RC, RV, RL>
  extends BundleFields<C, V, L>, Late<BundleNames<RC, RV, RL>> {}

/**
 * Candies on a target.
 *
 * @param fields the target and what goes there
 * @returns the fields, unchanged
 *
 * @example
 * ```ts
 * import { bundle, candy, defineConfig, local, ssh } from "@charly/charly";
 *
 * export default defineConfig({
 *   candies: { ripgrep: candy({ version: "2026.300.0900", description: "fast grep", package: ["ripgrep"] }) },
 *   bundles: {
 *     laptop: bundle({ on: local(), candy: ["ripgrep"] }),
 *     web: bundle({ on: ssh(["deploy@web1", "deploy@web2"]), candy: ["ripgrep"], installOpts: { withServices: true } }),
 *   },
 * });
 * ```
 */
export function bundle<
  const C extends RC = never,
  const V extends RV = never,
  const L extends RL = never,
  RC extends string = string,
  RV extends string = string,
  RL extends string = string,
>(fields: BundleFields<C, V, L>): LateBundle<C, V, L, RC, RV, RL> {
  return fields as LateBundle<C, V, L, RC, RV, RL>;
}
