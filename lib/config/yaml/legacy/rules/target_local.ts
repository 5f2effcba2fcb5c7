/** What was a `host` is `local`: the templates, and the deployments that are made from one. */
import { get, type Mapping } from "../../tree.ts";
import { mapRoots, renameKey, withEntries } from "../edit.ts";
import { isEntityMap, isKeyed, mapEntities } from "../layers.ts";
import type { LegacyRule, ProjectFiles, RuleLog } from "../rule.ts";

export const targetLocal: LegacyRule = {
  schema: "2026.123.0114",
  name: "target-local",
  about: "root `host` is `local`; `host: <template>` of a deployment is `local: <template>`",
  apply: (files, log) => {
    const renamed = mapRoots(files, (root) => {
      const host = get(root, "host");
      if (!isKeyed(root) || host?.is !== "map" || get(root, "local") !== undefined) return root;
      log.change(host.at, '"host" is "local" now');
      return renameKey(root, "host", "local");
    });
    const known = templatesOf(renamed);
    return mapEntities(renamed, (entity, { among }) => deployments.includes(among) ? made(entity, known, log) : entity);
  },
};

const deployments = ["deploy", "deployment", "deployments", "images", "eval", "check"];

function templatesOf(files: ProjectFiles): ReadonlySet<string> {
  const roots = [...files.values()].flat().map(({ root }) => get(root, "local"));
  return new Set(
    roots.flatMap((map) => map !== undefined && isEntityMap("local", map) ? map.entries.map(({ key }) => key) : []),
  );
}

/** A host's name looks like one; anything else that names a template meant the template. */
function made(entity: Mapping, known: ReadonlySet<string>, log: RuleLog): Mapping {
  const inner = ["nested", "peer", "children"].reduce((map, key) => {
    const members = get(map, key);
    if (members?.is !== "map") return map;
    const changed = withEntries(
      members,
      members.entries.map((it) => it.value.is === "map" ? { ...it, value: made(it.value, known, log) } : it),
    );
    return withEntries(map, map.entries.map((it) => it.key === key ? { ...it, value: changed } : it));
  }, entity);
  const host = get(inner, "host");
  if (host?.is !== "scalar" || /[@.:]/.test(host.text) || !known.has(host.text) || get(inner, "local") !== undefined) {
    return inner;
  }
  log.change(host.at, `\`host: ${host.text}\` is the template, \`local: ${host.text}\``);
  return renameKey(inner, "host", "local");
}
