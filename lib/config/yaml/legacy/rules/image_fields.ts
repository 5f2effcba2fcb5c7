/** Fields of images of the first months: `pkg`, one `builder` for everything, `builders`, `format_config`. */
import { type Entry, get, type Mapping, textAt, type Tree } from "../../tree.ts";
import { withEntries } from "../edit.ts";
import { mapImages } from "../layers.ts";
import type { LegacyRule, ProjectFiles, RuleLog } from "../rule.ts";

const builderWords = ["pixi", "npm", "cargo", "aur"];
/** What an image never meant, or what says the same elsewhere. */
const gone = ["format_config", "tunnel", "engine", "acme_email", "vm", "libvirt", "port", "ports", "dns", "fqdn"];

export const imageFields: LegacyRule = {
  schema: "2026.112.0521",
  name: "image-fields",
  about:
    "`pkg` is `build`, `builder: x` is a map and x produces all, `builders` is `builder`; fields images lost are named",
  apply: (files, log) => {
    const builders = soleBuilders(files);
    return mapImages(files, (image, { among, name }) => {
      const defaults = among === "defaults";
      return imageOf(image, log, defaults, !defaults && builders.has(name));
    });
  },
};

/** Images that build everything for somebody. */
function soleBuilders(files: ProjectFiles): ReadonlySet<string> {
  const names = new Set<string>();
  mapImages(files, (image) => {
    for (const value of [get(image, "builder"), get(image, "builders")]) {
      if (value?.is === "scalar" && value.value !== null) names.add(value.text);
    }
    return image;
  });
  return names;
}

function imageOf(image: Mapping, log: RuleLog, defaults: boolean, buildsAll: boolean): Mapping {
  const produces = buildsAll && get(image, "produce") === undefined && get(image, "builds") === undefined;
  if (produces) log.change(image.at, "an image that builds for others says what it produces");
  const at = image.at;
  const items = builderWords.map((word) => textAt(word, at));
  const produce: Entry[] = produces ? [{ key: "produce", keyAt: at, value: { is: "list", items, at } }] : [];
  return withEntries(image, [
    ...image.entries.flatMap((entry): Entry[] => {
      const { key, keyAt, value } = entry;
      if (key === "pkg") {
        log.change(keyAt, '"pkg" is "build" now');
        const items = value.is === "list" ? value.items : [value];
        return get(image, "build") === undefined
          ? [{ ...entry, key: "build", value: { is: "list", items, at: value.at } }]
          : [];
      }
      if (key === "status" && !defaults) {
        log.change(keyAt, "the status of an image is that of its candies");
        return [];
      }
      if ((key === "builder" || key === "builders") && value.is === "scalar" && value.value !== null) {
        log.change(keyAt, `"${key}" says for which builds now`);
        return [{ ...entry, key: "builder", value: everyBuilder(value) }];
      }
      if (key === "builders" && value.is === "map" && get(image, "builder") === undefined) {
        log.change(keyAt, '"builders" is "builder" now');
        return [{ ...entry, key: "builder" }];
      }
      if (!gone.includes(key) || (defaults && key === "engine")) return [entry];
      if (key === "format_config") log.change(keyAt, '"format_config" means nothing any more and is removed');
      else log.manual(keyAt, `an image has no "${key}" any more`, hintFor(key));
      return [];
    }),
    ...produce,
  ]);
}

function everyBuilder(value: Tree & { readonly is: "scalar" }): Mapping {
  const entries = builderWords.map((key) => ({ key, keyAt: value.at, value: textAt(value.text, value.at) }));
  return { is: "map", entries, at: value.at };
}

function hintFor(key: string): string {
  if (key === "vm" || key === "libvirt") return "declare a `vm` entity whose source is this image (`kind: bootc`)";
  if (key === "port" || key === "ports") return "ports come from the candies; pin them on the deployment";
  return "write it on the deployment";
}
