/** Package sections by format (`rpm:`, `deb:`) or tag (`debian,ubuntu:`) become `package` and `distro`. */
import { own } from "../../../../base/own.ts";
import { type Entry, get, type Mapping, type Place, type Tree } from "../../tree.ts";
import { withEntries } from "../edit.ts";
import { mapLayers } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";

/** Distributions a format stood for. */
const families: Readonly<Record<string, readonly string[]>> = {
  rpm: ["fedora"],
  deb: ["debian", "ubuntu"],
  pac: ["arch"],
  aur: ["arch"],
};

const tag = /^(?:fedora|debian|ubuntu|arch|archlinux|cachyos|alpine)(?::[0-9][0-9.]*)?$/;

/** What moves along with the packages, in today's words. */
const singular: Readonly<Record<string, string>> = {
  packages: "package",
  repos: "repo",
  options: "option",
  modules: "module",
  replaces: "replace",
};

/** One section as it will be. */
interface Section {
  packages: Tree[];
  others: Entry[];
  at: Place;
}

export const formatSections: LegacyRule = {
  schema: "2026.123.0000",
  name: "format-sections",
  about: "`rpm`, `deb`, `pac`, `aur` and sections of tags become `package` and `distro`",
  apply: (files, log) =>
    mapLayers(files, (layer) => {
      const found = layer.entries.filter(({ key, value }) => tagsOf(key) !== undefined && value.is === "map");
      if (found.length === 0) return layer;
      const sections = new Map<string, Section>();
      for (const { key, keyAt, value } of found) {
        for (const name of tagsOf(key)!) {
          add(sections, name, key === "aur" ? aur(value as Mapping, keyAt) : value as Mapping, keyAt);
        }
        log.change(keyAt, `the section \`${key}\` is \`distro\` now`);
      }
      const shared = sharedPackages(sections);
      const at = found[0]!.keyAt;
      const entries: Entry[] = [];
      if (shared.length > 0) {
        entries.push({ key: "package", keyAt: at, value: { is: "list", items: shared, at } });
      }
      const texts = new Set(shared.map(textOf));
      const distro = [...sections].map(([name, { packages, others, at: keyAt }]): Entry => {
        const own = packages.filter((item) => !texts.has(textOf(item)));
        const list: Entry[] = own.length === 0
          ? []
          : [{ key: "package", keyAt, value: { is: "list", items: own, at: keyAt } }];
        return { key: name, keyAt, value: { is: "map", entries: [...list, ...others], at: keyAt } };
      });
      entries.push({ key: "distro", keyAt: at, value: { is: "map", entries: distro, at } });
      const rest = layer.entries.filter((entry) => !found.includes(entry));
      const before = layer.entries.findIndex((entry) => found.includes(entry));
      return withEntries(layer, [...rest.slice(0, before), ...entries, ...rest.slice(before)]);
    }),
};

/** The distro keys a section's key stands for: `debian:13` is `debian-13`. */
function tagsOf(key: string): readonly string[] | undefined {
  const family = own(families, key);
  if (family !== undefined) return family;
  const tags = key.split(",").map((it) => it.trim());
  return tags.every((it) => tag.test(it)) ? tags.map((it) => it.replace(":", "-")) : undefined;
}

function add(sections: Map<string, Section>, name: string, value: Mapping, at: Place): void {
  const section = sections.get(name) ?? { packages: [], others: [], at };
  sections.set(name, section);
  for (const entry of value.entries) {
    const key = own(singular, entry.key) ?? entry.key;
    if (key === "package" && entry.value.is === "list") {
      const known = new Set(section.packages.map(textOf));
      section.packages.push(...entry.value.items.filter((item) => !known.has(textOf(item))));
    } else if (!section.others.some((other) => other.key === key)) section.others.push({ ...entry, key });
  }
}

/** The packages of `aur:` are a section of their own inside of Arch's. */
function aur(value: Mapping, at: Place): Mapping {
  const entries = value.entries.map((entry) => ({ ...entry, key: own(singular, entry.key) ?? entry.key }));
  return { is: "map", at, entries: [{ key: "aur", keyAt: at, value: { ...value, entries } }] };
}

/** What every one of several distributions installs. */
function sharedPackages(sections: ReadonlyMap<string, Section>): Tree[] {
  const all = [...sections.values()];
  if (all.length < 2 || all.some(({ packages }) => packages.length === 0)) return [];
  const [first, ...others] = all.map(({ packages }) => packages);
  return first!.filter((item) => others.every((packages) => packages.some((it) => textOf(it) === textOf(item))));
}

function textOf(item: Tree): string {
  const name = item.is === "map" ? get(item, "name") : item;
  return name?.is === "scalar" ? name.text : JSON.stringify(item);
}
