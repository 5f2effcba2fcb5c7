/** `pkg()`. */
import type { BarePackage, OptionsOf, PackageEntry } from "../../entities/plan_entry.ts";

/** Options of {@link pkg}. */
export type PackageOptions = OptionsOf<PackageEntry>;

/**
 * Installs a package at this point of the plan. Alone it is a step or what {@link check} looks at; with options it is a step.
 *
 * @param name package name
 * @returns `{ package: name }`
 *
 * @example
 * ```ts
 * import { check, pkg } from "@charly/charly";
 *
 * const step = pkg("fd", { map: { debian: "fd-find" } });
 * const probe = check("fd is there", pkg("fd"), { installed: true });
 * if (step.package !== "fd" || probe.check !== "fd is there") throw new Error("unexpected");
 * ```
 */
export function pkg(name: string): BarePackage;
/**
 * The same as a step.
 *
 * @param name package name
 * @param options the entry's other fields
 */
export function pkg(name: string, options: PackageOptions): PackageEntry;
export function pkg(name: string, options: PackageOptions = {}): PackageEntry {
  return { package: name, ...options };
}
