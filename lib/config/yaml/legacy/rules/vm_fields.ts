/** Machines: `vms` is `vm`, `cpus` is `cpu`, cloud-init and sources in today's words. */
import { type Entry, get, type Mapping, type Tree } from "../../tree.ts";
import { mapRoots, withEntries } from "../edit.ts";
import { isKeyed } from "../layers.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";

const inside: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "": { cpus: "cpu" },
  cloud_init: { packages: "package", ov_install: "charly_install" },
  source: { image: "box" },
  charly_install: { ov_install_strategy: "strategy" },
};

/** What belongs to the deployment of a machine. */
const gone = ["disposable", "lifecycle"];

export const vmFields: LegacyRule = {
  schema: "2026.128.0300",
  name: "vm-fields",
  about: "`vms` is `vm`, `cpus` is `cpu`; cloud-init and sources in today's words",
  apply: (files, log) =>
    mapRoots(files, (root) => {
      if (!isKeyed(root)) return root;
      return withEntries(
        root,
        root.entries.map((entry) => {
          if (!["vm", "vms"].includes(entry.key) || entry.value.is !== "map") return entry;
          if (entry.key === "vms") log.change(entry.keyAt, '"vms" is "vm" now');
          const machines = entry.value.entries.map((it) =>
            it.value.is === "map" ? { ...it, value: machine(it.value, log) } : it
          );
          return { ...entry, key: "vm", value: withEntries(entry.value, machines) };
        }),
      );
    }),
};

function machine(vm: Mapping, log: RuleLog): Mapping {
  return withEntries(
    vm,
    renamed(vm, "", log).entries.flatMap((entry): Entry[] => {
      if (gone.includes(entry.key)) {
        log.manual(entry.keyAt, `a machine has no "${entry.key}"`, "write it on the deployment of the machine");
        return [];
      }
      if (entry.key === "source") entry = { ...entry, value: withoutEmptyDigest(entry.value) };
      return [entry.key in inside ? { ...entry, value: deep(entry.value, entry.key, log) } : entry];
    }),
  );
}

/** `checksum: { value: "" }` asked for nothing. */
function withoutEmptyDigest(source: Tree): Tree {
  if (source.is !== "map") return source;
  return withEntries(
    source,
    source.entries.filter(({ key, value }) => {
      const digest = key === "checksum" ? get(value, "value") : undefined;
      return !(digest?.is === "scalar" && digest.text === "");
    }),
  );
}

function deep(value: Tree, key: string, log: RuleLog): Tree {
  if (value.is !== "map") return value;
  const map = renamed(value, key, log);
  return withEntries(
    map,
    map.entries.map((entry) => entry.key in inside ? { ...entry, value: deep(entry.value, entry.key, log) } : entry),
  );
}

function renamed(map: Mapping, place: string, log: RuleLog): Mapping {
  const words = inside[place] ?? {};
  return withEntries(
    map,
    map.entries.map((entry) => {
      const now = words[entry.key];
      if (now === undefined || map.entries.some((other) => other.key === now)) return entry;
      log.change(entry.keyAt, `"${entry.key}" is "${now}" now`);
      return { ...entry, key: now };
    }),
  );
}
