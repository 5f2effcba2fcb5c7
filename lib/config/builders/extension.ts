/** What a configuration can take in with `extend`. */
import type { YamlExtension } from "../../entities/config.ts";

/** Key of the phantom property {@link Extension} carries; no value ever has it. */
export const names: unique symbol = Symbol("charly.names");

/** Every name a configuration declares, by table. */
export interface ConfigNames {
  /** Candies. */
  readonly candy: string;
  /** `local` templates. */
  readonly local: string;
  /** Bundles. */
  readonly bundle: string;
  /** Virtual machines. */
  readonly vm: string;
  /** Boxes. */
  readonly box: string;
  /** Tasks. */
  readonly task: string;
}

/** Names nobody knows until the file is read: anything goes, and what is declared is still offered. */
export interface OpenNames {
  /** Candies. */
  readonly candy: string & Record<never, never>;
  /** `local` templates. */
  readonly local: string & Record<never, never>;
  /** Bundles. */
  readonly bundle: string & Record<never, never>;
  /** Virtual machines. */
  readonly vm: string & Record<never, never>;
  /** Boxes. */
  readonly box: string & Record<never, never>;
  /** Tasks. */
  readonly task: string & Record<never, never>;
}

/** In types only: something that brings the names `N`. */
export interface Extension<N = unknown> {
  /** Never there. */
  readonly [names]?: N;
}

/** A YAML file to take in. */
export interface YamlExtensionOf<N> extends YamlExtension, Extension<N> {}

/**
 * Takes in a YAML file of the project: `extend: [fromYaml("./charly.yml")]`. This only marks the place; the loader reads the
 * file. Since its names are unknown to the editor, any name is accepted there and checked on load.
 *
 * @param path path relative to the project
 * @returns `{ yaml: path }`
 *
 * @example
 * ```ts
 * import { candy, defineConfig, fromYaml } from "@charly/charly";
 *
 * export default defineConfig({
 *   extend: [fromYaml("./charly.yml")],
 *   candies: { motd: candy({ version: "2026.300.0900", description: "a greeting", require: ["a-name-of-the-yaml"] }) },
 * });
 * ```
 */
export function fromYaml(path: string): YamlExtensionOf<OpenNames>;
/**
 * The same with names known: they are completed, and one that is not there is an error under that name. `N` is the type
 * that `charly import --names` writes: `import type { YamlNames } from "./charly.names.ts"`.
 *
 * @param path path relative to the project
 */
export function fromYaml<N extends ConfigNames>(path: string): YamlExtensionOf<N>;
export function fromYaml(path: string): YamlExtension {
  return { yaml: path };
}
