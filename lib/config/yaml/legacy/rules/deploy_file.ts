/** Deploy files: `images:` of `deploy.yml`, `deployments.images` and the like become `deploy`, with today's fields. */
import { basename } from "node:path";
import { type Entry, get, type Mapping, type Place, textAt, type Tree } from "../../tree.ts";
import { mapRoots, withEntries } from "../edit.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";

const targets: Readonly<Record<string, string>> = { container: "pod", kubernetes: "k8s", host: "local" };

export const deployFile: LegacyRule = {
  schema: "2026.128.0255",
  name: "deploy-file",
  about: "`images` of a deploy file and `deployments` are `deploy`; targets, mounts and ports in today's words",
  apply: (files, log) =>
    mapRoots(files, (root, file) =>
      withEntries(
        root,
        root.entries.map((entry) => {
          const isImages = /^deploy\.ya?ml$/.test(basename(file)) && (entry.key === "images" || entry.key === "image");
          const isOld = entry.key === "deployments" || entry.key === "deployment";
          if (!isImages && !isOld && entry.key !== "deploy") return entry;
          if (entry.value.is !== "map") return entry;
          const nested = isOld ? get(entry.value, "images") ?? get(entry.value, "image") : undefined;
          const map = nested?.is === "map" ? nested : entry.value;
          if (entry.key !== "deploy") log.change(entry.keyAt, `"${entry.key}" is "deploy" now`);
          return { ...entry, key: "deploy", value: withEntries(map, map.entries.map((it) => deployment(it, log))) };
        }),
      )),
};

/** One deployment, and what is inside of it. */
function deployment(entry: Entry, log: RuleLog): Entry {
  const { value } = entry;
  if (value.is !== "map") {
    return value.is === "scalar" && value.value === null
      ? { ...entry, value: { is: "map", entries: [], at: value.at } }
      : entry;
  }
  const vm = /^vm:(.+)$/.exec(entry.key)?.[1];
  const name = vm === undefined ? entry.key : `${vm}-vm`;
  const target = targetOf(entry.key, value);
  const fields = value.entries.flatMap((field): Entry[] => fieldOf(field, log));
  const at = entry.keyAt;
  const add: Entry[] = [];
  const has = (key: string) => fields.some((field) => field.key === key);
  if (!has("target")) add.push({ key: "target", keyAt: at, value: textAt(target, at) });
  if (target === "pod" && !has("image") && !has("box")) {
    add.push({ key: "image", keyAt: at, value: textAt(imageFor(entry.key), at) });
  }
  if (vm !== undefined && !has("vm")) add.push({ key: "vm", keyAt: at, value: textAt(vm, at) });
  if (add.length > 0 || name !== entry.key) log.change(at, `the deployment "${entry.key}" says its target: ${target}`);
  return { ...entry, key: name, value: withEntries(value, [...add, ...fields]) };
}

/** What a deployment without a `target` was. */
function targetOf(name: string, value: Mapping): string {
  const said = get(value, "target");
  if (said?.is === "scalar") return targets[said.text] ?? said.text;
  if (name === "host" || get(value, "host") !== undefined || get(value, "local") !== undefined) return "local";
  if (
    name.startsWith("vm:") || name.endsWith("-vm") || get(value, "vm") !== undefined ||
    get(value, "vm_source") !== undefined
  ) return "vm";
  if (name.endsWith("-k8s") || name === "kubernetes" || get(value, "k8s") !== undefined) return "k8s";
  if (get(value, "android") !== undefined) return "android";
  return "pod";
}

/** `web/blue` and `web-pod` run the image `web`. */
function imageFor(name: string): string {
  return name.replace(/\/.*$/, "").replace(/-pod$/, "");
}

function fieldOf(entry: Entry, log: RuleLog): Entry[] {
  const { key, keyAt, value } = entry;
  const renamed = (now: string, to: Tree = value): Entry[] => {
    log.change(keyAt, `"${key}" is "${now}" now`);
    return [{ ...entry, key: now, value: to }];
  };
  if (key === "target" && value.is === "scalar" && targets[value.text] !== undefined) {
    return renamed("target", textAt(targets[value.text]!, value.at));
  }
  if (key === "fqdn") return renamed("dns");
  if (key === "vm_source") return renamed("vm");
  if (key === "cluster") return renamed("k8s");
  if (key === "children") return renamed("nested", nestedOf(value, log));
  if (key === "nested" || key === "peer") return [{ ...entry, value: nestedOf(value, log) }];
  if (key === "bind_mounts" && value.is === "list") {
    return renamed("volume", { ...value, items: value.items.map((item) => item.is === "map" ? bindOf(item) : item) });
  }
  if (key === "workspace" && value.is === "scalar") return renamed("volume", workspace(value.text, keyAt));
  if (["port", "ports"].includes(key) && isAuto(value)) {
    log.change(keyAt, "`port: [auto]` is what happens anyway and is removed");
    return [];
  }
  return [entry];
}

function nestedOf(value: Tree, log: RuleLog): Tree {
  return value.is === "map" ? withEntries(value, value.entries.map((entry) => deployment(entry, log))) : value;
}

/** `{ name, path, encrypted }`. */
function bindOf(mount: Mapping): Mapping {
  const encrypted = get(mount, "encrypted");
  const type = encrypted?.is === "scalar" && encrypted.value === true ? "encrypted" : "bind";
  const rest = mount.entries.filter(({ key }) => key !== "encrypted").map((entry) =>
    entry.key === "path" && get(mount, "host") === undefined && type === "bind" ? { ...entry, key: "host" } : entry
  );
  return withEntries(mount, [...rest, { key: "type", keyAt: mount.at, value: textAt(type, mount.at) }]);
}

function workspace(host: string, at: Place): Tree {
  const field = (key: string, text: string): Entry => ({ key, keyAt: at, value: textAt(text, at) });
  const entries = [field("name", "workspace"), field("type", "bind"), field("host", host), field("path", "/workspace")];
  return { is: "list", at, items: [{ is: "map", at, entries }] };
}

function isAuto(value: Tree): boolean {
  const items = value.is === "list" ? value.items : [value];
  return items.length === 1 && items[0]!.is === "scalar" && items[0]!.text === "auto";
}
