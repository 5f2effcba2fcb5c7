/** Machines: `vms` is `vm`, `cpus` is `cpu`, cloud-init and sources in today's words. */
import { own } from "../../../../base/own.ts";
import { type Entry, get, type Mapping, type Tree } from "../../tree.ts";
import { mapRoots, renameKeys, withEntries } from "../edit.ts";
import { isKeyed, mapEntities } from "../layers.ts";
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
  apply: (files, log) => {
    const machines = mapEntities(files, (entity, { among }) => /^vms?$/.test(among) ? machine(entity, log) : entity);
    return mapRoots(machines, (root) => isKeyed(root) ? renameKeys(root, { vms: "vm" }, log) : root);
  },
};

function machine(vm: Mapping, log: RuleLog): Mapping {
  return withEntries(
    vm,
    renameKeys(vm, inside[""]!, log).entries.flatMap((entry): Entry[] => {
      if (gone.includes(entry.key)) {
        log.manual(entry.keyAt, `a machine has no "${entry.key}"`, "write it on the deployment of the machine");
        return [];
      }
      if (entry.key === "source") entry = { ...entry, value: withoutEmptyDigest(entry.value) };
      return [Object.hasOwn(inside, entry.key) ? { ...entry, value: deep(entry.value, entry.key, log) } : entry];
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
  const map = renameKeys(value, own(inside, key) ?? {}, log);
  return withEntries(
    map,
    map.entries.map((entry) =>
      Object.hasOwn(inside, entry.key) ? { ...entry, value: deep(entry.value, entry.key, log) } : entry
    ),
  );
}
