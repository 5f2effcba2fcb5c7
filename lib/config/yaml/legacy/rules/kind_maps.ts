/** Maps of entities by kind become entities by name, in node form. */
import { own } from "../../../../base/own.ts";
import { type Entry, get, type Mapping, textAt } from "../../tree.ts";
import { mapRoots, separateNames, withEntries } from "../edit.ts";
import { isKeyed } from "../layers.ts";
import { nodeForm } from "../node_form.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";

/** Root maps, and the kind of what they hold. */
const kinds: Readonly<Record<string, string>> = {
  box: "candy",
  image: "candy",
  vm: "vm",
  local: "local",
  pod: "pod",
  k8s: "k8s",
  android: "android",
  distro: "distro",
  builder: "builder",
  init: "init",
  resource: "resource",
  sidecar: "sidecar",
  agent: "agent",
  ai: "agent",
};
const defaultBase = "quay.io/fedora/fedora:43";
const deployments = ["deploy", "eval", "check"];
/** Which template a deployment is made from. */
const templates = ["vm", "local", "k8s", "android"];

export const kindMaps: LegacyRule = {
  schema: "2026.169.0002",
  name: "kind-maps",
  about: "maps of entities by kind become entities by name, each with its kind inside",
  apply: (files, log) =>
    separateNames(mapRoots(files, (root) => {
      if (
        !isKeyed(root) || !root.entries.some(({ key }) => Object.hasOwn(kinds, key) || deployments.includes(key))
      ) return root;
      const names = deploymentNames(root);
      const entries = root.entries.flatMap((entry): Entry[] => {
        if (entry.key === "score" || entry.key === "recipe" || entry.key === "benchmark") {
          log.manual(
            entry.keyAt,
            `"${entry.key}" has no form of today`,
            "write a group with `iterate` and `include` steps",
          );
          return [];
        }
        if (entry.value.is !== "map") return [entry];
        const kind = own(kinds, entry.key);
        const isDeploy = deployments.includes(entry.key);
        if (kind === undefined && !isDeploy) return [entry];
        return entry.value.entries.flatMap((it): Entry[] => {
          if (it.value.is !== "map") return emptyOf(it, kind ?? "group");
          if (isDeploy) return [deploymentNode(it, log)];
          // A deployment keeps its name, the template it is made from gives way.
          const value = kind === "candy" ? withBase(it.value, log) : it.value;
          const name = names.has(it.key) && kind !== "candy" ? `${it.key}-${kind}` : it.key;
          log.change(
            it.keyAt,
            name === it.key ? `"${it.key}" is a ${kind} in node form` : `the ${kind} "${it.key}" is "${name}" now`,
          );
          return [{ ...it, key: name, value: nodeForm(kind!, name, value) }];
        });
      });
      return withEntries(root, entries);
    })),
};

/** What an image without a base was built from. */
function withBase(image: Mapping, log: RuleLog): Mapping {
  if (["base", "from", "data_image"].some((key) => get(image, key) !== undefined)) return image;
  log.change(image.at, `the base of the image is written out: ${defaultBase}`);
  return withEntries(image, [{ key: "base", keyAt: image.at, value: textAt(defaultBase, image.at) }, ...image.entries]);
}

function emptyOf(entry: Entry, kind: string): Entry[] {
  const empty: Mapping = { is: "map", entries: [], at: entry.keyAt };
  return [{
    ...entry,
    value: { is: "map", at: entry.keyAt, entries: [{ key: kind, keyAt: entry.keyAt, value: empty }] },
  }];
}

function deploymentNames(root: Mapping): ReadonlySet<string> {
  return new Set(deployments.flatMap((key) => {
    const map = get(root, key);
    return map?.is === "map" ? map.entries.map((entry) => entry.key) : [];
  }));
}

function deploymentNode(entry: Entry, log: RuleLog): Entry {
  const value = entry.value as Mapping;
  const said = get(value, "target");
  const members = ["nested", "peer"].flatMap((key) => {
    const inner = get(value, key);
    return inner?.is === "map"
      ? inner.entries.filter((it) => it.value.is === "map").map((it) => deploymentNode(it, log))
      : [];
  });
  const rest = value.entries.filter(({ key }) => !["target", "nested", "peer"].includes(key));
  const template = rest.find(({ key }) => templates.includes(key));
  const image = rest.find(({ key }) => key === "box" || key === "image");
  const kind = said?.is === "scalar" ? said.text : template?.key ?? (image === undefined ? "group" : "pod");
  const fields = rest.flatMap((field): Entry[] => {
    if (field === image) return [{ ...field, key: "image" }];
    if (field !== template) return [field];
    return field.value.is === "scalar" ? [{ ...field, key: "from" }] : [];
  });
  log.change(entry.keyAt, `"${entry.key}" is a deployment in node form (${kind})`);
  const known = ["pod", "vm", "k8s", "local", "android", "group"].includes(kind) ? kind : "group";
  return { ...entry, value: nodeForm(known, entry.key, withEntries(value, fields), members) };
}
