/** The package cascade: which packages and repositories a candy means on a distribution. */
import type { Candy, DistroSection, PackageFormat, Repo } from "../entities/candy.ts";
import { keyTags, matchingTags } from "./distro.ts";

/** What a candy's sections come down to for one package format. */
export interface PackageSelection {
  readonly format: PackageFormat;
  readonly packages: readonly string[];
  readonly repos: readonly Repo[];
  readonly copr: readonly string[];
  readonly modules: readonly string[];
  readonly options: readonly string[];
  readonly exclude: readonly string[];
}

/** An AUR section: its own format, built rather than installed. */
export interface AurSelection {
  readonly packages: readonly string[];
  readonly options: readonly string[];
  readonly replaces: readonly string[];
}

/**
 * Walks the sections from the least to the most specific: names unite in order, without repeats; repositories, copr, modules,
 * options and excludes come from the most specific section that has them.
 *
 * @param tags of the machine, most specific first
 */
export function selectPackages(candy: Candy, tags: readonly string[], format: PackageFormat): PackageSelection {
  const sections = matchingSections(candy, tags, format);
  const last = <T>(pick: (section: DistroSection) => readonly T[] | undefined): readonly T[] =>
    sections.map(pick).findLast((value) => value !== undefined) ?? [];
  return {
    format,
    packages: union([candy.package, ...sections.map((section) => section.package)].map(names)),
    repos: last((section) => section.repo),
    copr: last((section) => section.copr),
    modules: last((section) => section.module),
    options: last((section) => section.option),
    exclude: last((section) => section.exclude),
  };
}

/** The AUR packages of the sections that match, or nothing. */
export function selectAur(candy: Candy, tags: readonly string[], format: PackageFormat): AurSelection | undefined {
  const found = matchingSections(candy, tags, format).flatMap(({ aur }) => aur ?? []);
  const packages = union(found.map((aur) => aur.package ?? []));
  if (packages.length === 0) return undefined;
  return {
    packages,
    options: found.findLast((aur) => aur.option !== undefined)?.option ?? [],
    replaces: union(found.map((aur) => aur.replace ?? [])),
  };
}

/**
 * The name a package has here.
 *
 * @param map other names by tag or format (`debian-13`, `debian`, `deb`); the most specific one counts
 */
export function mapPackage(
  name: string,
  map: Readonly<Record<string, string>> | undefined,
  tags: readonly string[],
  format: PackageFormat,
): string {
  const entries = Object.entries(map ?? {}).flatMap(([key, value]) => keyTags(key).map((tag) => [tag, value] as const));
  return [...matchingTags(tags), format].map((tag) => entries.find(([key]) => key === tag)?.[1]).find((found) =>
    found !== undefined
  ) ?? name;
}

function matchingSections(candy: Candy, tags: readonly string[], format: PackageFormat): DistroSection[] {
  const chain = [format, ...matchingTags(tags).toReversed()];
  const entries = Object.entries(candy.distro ?? {});
  return chain.flatMap((tag) => entries.filter(([key]) => keyTags(key).includes(tag)).map(([, section]) => section));
}

function names(list: Candy["package"]): readonly string[] {
  return (list ?? []).map((item) => typeof item === "string" ? item : item.name);
}

function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
