/** Distributions: tags of a machine out of its os-release, which sections of a candy they match, their package format. */
import { own } from "../base/own.ts";
import type { PackageFormat } from "../entities/candy.ts";
import { distroAliases, otherFormats, ownDistros } from "../entities/vocabulary/distros.ts";
import type { Distro } from "../entities/words.ts";

/** Whether a known distribution takes over the package sections of the ones it is like. */
const inherits: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries<Distro>(ownDistros).map(([name, it]) => [name, it.inheritPackages === true ? [it.inherits!] : []]),
);

const formats: Readonly<Record<string, PackageFormat>> = {
  ...otherFormats,
  ...Object.fromEntries(
    Object.entries<Distro>(ownDistros).map(([name, { format }]) => [name, Object.keys(format!)[0] as PackageFormat]),
  ),
};

/** Tags, most specific first: `id:version`, `id`, what it is an alias of, what it is like. */
export function distroTags(osRelease: string): readonly string[] {
  const fields = osReleaseFields(osRelease);
  const id = fields["ID"] ?? "";
  if (id === "") return [];
  const version = fields["VERSION_ID"] ?? "";
  const like = (fields["ID_LIKE"] ?? "").split(/\s+/).filter((word) => word !== "");
  const alias = [id, ...like].flatMap((name) => own(distroAliases, name) ?? []);
  return [...new Set([...(version === "" ? [] : [`${id}:${version}`]), id, ...alias, ...like])];
}

/** Package format of the first tag that has one. */
export function formatOf(tags: readonly string[]): PackageFormat | undefined {
  return tags.map((tag) => formats[tag.replace(/:.*/, "")]).find((format) => format !== undefined);
}

/** Both, as the hello's parser takes them. */
export function distroOf(osRelease: string): { tags: readonly string[]; format: PackageFormat | undefined } {
  const tags = distroTags(osRelease);
  return { tags, format: formatOf(tags) };
}

/**
 * The tags whose sections and conditions apply. A known distribution answers to its own names and those it inherits from
 * (cachyos to arch, ubuntu not to debian); one nobody knows answers to what it says it is like.
 */
export function matchingTags(tags: readonly string[]): readonly string[] {
  const id = tags[0]?.replace(/:.*/, "") ?? "";
  const parents = own(inherits, id);
  if (parents !== undefined) return tags.filter((tag) => [id, ...parents].includes(tag.replace(/:.*/, "")));
  const alias = own(distroAliases, id);
  return alias === undefined ? tags : tags.filter((tag) => [id, alias].includes(tag.replace(/:.*/, "")));
}

/** A key of a candy's `distro` as tags: `debian,ubuntu` is two, `debian-13` is `debian:13`. */
export function keyTags(key: string): string[] {
  return key.split(",").map((part) => part.trim()).filter((part) => part !== "").map((part) =>
    part.replace(/^([^-:]+)-(?=\d)/, "$1:")
  );
}

/** Does a list of tags (as written in `distro`) hold one of the machine's? An absent list holds all. */
export function matchesDistro(wanted: readonly string[] | undefined, tags: readonly string[]): boolean {
  if (wanted === undefined || wanted.length === 0) return true;
  const mine = matchingTags(tags);
  return wanted.flatMap(keyTags).some((tag) => mine.includes(tag));
}

function osReleaseFields(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const match = line.match(/^\s*([A-Z_][A-Z0-9_]*)=(.*?)\s*$/);
    if (match === null) continue;
    const [, name = "", raw = ""] = match;
    fields[name] = /^(["']).*\1$/.test(raw) && raw.length > 1 ? raw.slice(1, -1).replace(/\\(["$`\\])/g, "$1") : raw;
  }
  return fields;
}
