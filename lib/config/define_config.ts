/** `defineConfig()`: the one default export of a `charly.config.ts`. */
import type { InstallOptions } from "../entities/bundle.ts";
import type { Defaults } from "../entities/config.ts";
import type { KeptTables } from "../entities/kept.ts";
import type { CandyRef } from "../entities/late.ts";
import type { BoxEntry } from "./builders/box.ts";
import type { BundleEntry } from "./builders/bundle.ts";
import type { CandyEntry } from "./builders/candy.ts";
import type { ConfigNames, Extension } from "./builders/extension.ts";
import type { TaskEntry } from "./builders/task.ts";
import type { VmEntry } from "./builders/vm.ts";

/** The names of kind `K` that extensions `E` bring. */
export type NamesOf<E extends readonly Extension[], K extends keyof ConfigNames> = E[number] extends Extension<infer N>
  ? N extends ConfigNames ? N[K] : never
  : never;

/** A `local` template where the candy names `C` may be used. */
export interface LocalEntry<C extends string> {
  /** Candies that come before the bundle's own. */
  readonly candy: readonly CandyRef<C>[];
  /** Opt-ins, unless the bundle says otherwise. */
  readonly installOpts?: InstallOptions;
  /** Environment given to every command. */
  readonly env?: Readonly<Record<string, string>>;
  /** One line for people. */
  readonly description?: string;
}

/** What {@link defineConfig} takes. The type parameters are the names of each table. */
export interface ConfigInput<
  C extends string,
  L extends string,
  B extends string,
  V extends string,
  X extends string,
  T extends string,
  E extends readonly Extension[],
> extends Partial<KeptTables> {
  /** Name of the project, part of what its deploys are called by. Its directory's name when absent. */
  readonly project?: string;
  /** Configurations and YAML files to take in; a name declared twice is an error. */
  readonly extend?: E;
  /** Installable layers. */
  readonly candies?: { readonly [K in C]: CandyEntry<NoInfer<C> | NamesOf<NoInfer<E>, "candy">> };
  /** Templates bundles can start from. */
  readonly locals?: { readonly [K in L]: LocalEntry<NoInfer<C> | NamesOf<NoInfer<E>, "candy">> };
  /** Candies on targets. */
  readonly bundles?: {
    readonly [K in B]: BundleEntry<
      NoInfer<C> | NamesOf<NoInfer<E>, "candy">,
      NoInfer<V> | NamesOf<NoInfer<E>, "vm">,
      NoInfer<L> | NamesOf<NoInfer<E>, "local">
    >;
  };
  /** Virtual machines. */
  readonly vms?: {
    readonly [K in V]: VmEntry<NoInfer<V> | NamesOf<NoInfer<E>, "vm">, NoInfer<X> | NamesOf<NoInfer<E>, "box">>;
  };
  /** Container images. */
  readonly boxes?: {
    readonly [K in X]: BoxEntry<NoInfer<C> | NamesOf<NoInfer<E>, "candy">, NoInfer<X> | NamesOf<NoInfer<E>, "box">>;
  };
  /** Work of the project. */
  readonly tasks?: {
    readonly [K in T]: TaskEntry<NoInfer<T> | NamesOf<NoInfer<E>, "task">, NoInfer<B> | NamesOf<NoInfer<E>, "bundle">>;
  };
  /** What holds where nothing else is said. */
  readonly defaults?: Defaults<NoInfer<B> | NamesOf<NoInfer<E>, "bundle">>;
}

/** What {@link defineConfig} returns: the configuration, remembering the names it declares and takes in. */
export interface DefinedConfig<N extends ConfigNames = ConfigNames> extends Extension<N> {
  /** Name of the project. */
  readonly project?: string;
}

/**
 * A whole configuration. Names are checked in the editor: a reference to something that is not declared (here, or in what
 * `extend` takes in) is an error under that name.
 *
 * @param config the tables
 * @returns the configuration, unchanged
 *
 * @example
 * ```ts
 * import { bundle, candy, defineConfig, local, write } from "@charly/charly";
 *
 * const shared = defineConfig({
 *   candies: { git: candy({ version: "2026.300.0900", description: "git", package: ["git"] }) },
 * });
 *
 * export default defineConfig({
 *   extend: [shared],
 *   candies: {
 *     motd: candy({
 *       version: "2026.300.0900",
 *       description: "a greeting",
 *       require: ["git"],
 *       plan: [write("~/motd", { content: "hi\n" })],
 *     }),
 *   },
 *   bundles: { here: bundle({ on: local(), candy: ["motd"] }) },
 *   defaults: { bundle: "here" },
 * });
 * ```
 */
export function defineConfig<
  const C extends string = never,
  const L extends string = never,
  const B extends string = never,
  const V extends string = never,
  const X extends string = never,
  const T extends string = never,
  const E extends readonly Extension[] = [],
>(config: ConfigInput<C, L, B, V, X, T, E>): DefinedConfig<{
  readonly candy: C | NamesOf<E, "candy">;
  readonly local: L | NamesOf<E, "local">;
  readonly bundle: B | NamesOf<E, "bundle">;
  readonly vm: V | NamesOf<E, "vm">;
  readonly box: X | NamesOf<E, "box">;
  readonly task: T | NamesOf<E, "task">;
}> {
  return config;
}
