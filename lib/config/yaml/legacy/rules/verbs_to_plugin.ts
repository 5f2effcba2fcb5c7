/** The verb of a step is a plug-in's word: `file: x` is `plugin: file` with `plugin_input`. */
import { own } from "../../../../base/own.ts";
import { plugins } from "../../shapes/step.ts";
import { type Entry, get, type Mapping, textAt } from "../../tree.ts";
import { isWord, stepWords } from "../../words.ts";
import { mapRoot, mapRoots, withEntries } from "../edit.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";

/** What a verb was called before. */
const renamed: Readonly<Record<string, string>> = { k8s: "kube", group: "unix_group" };
const companionsRenamed: Readonly<Record<string, string>> = {
  k8s_kind: "kube_kind",
  k8s_context: "kube_context",
  k8s_count: "kube_count",
  k8s_resource: "kube_resource",
  k8s_group: "kube_group",
  k8s_version: "kube_version",
  exit_code: "exit_status",
};

/** Verbs that belong to plug-ins, with the fields that go along. */
const companions: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(plugins).map(([word, { fields }]) => [word, Object.keys(fields)])),
  matching: ["matching", "contains"],
};

/** Verbs that only look: other steps just lose their fields. */
const live = ["adb", "appium", "cdp", "dbus", "kube", "libvirt", "mcp", "record", "spice", "vnc", "wl"];

export const verbsToPlugin: LegacyRule = {
  schema: "2026.173.1615",
  name: "verbs-to-plugin",
  about: "the verb of a step is the word of a plug-in, its fields are `plugin_input`",
  apply: (files, log) =>
    mapRoots(files, (root) => {
      return mapRoot(root, (map) => isStep(map) ? stepOf(map, log) : map);
    }),
};

function isStep(map: Mapping): boolean {
  return map.entries.some(({ key, value }) => isWord(stepWords, key) && value.is === "scalar") &&
    get(map, "plugin") === undefined;
}

function stepOf(step: Mapping, log: RuleLog): Mapping {
  const entries = step.entries.map((entry) => ({
    ...entry,
    key: own(renamed, entry.key) ?? own(companionsRenamed, entry.key) ?? entry.key,
  }));
  // A live verb takes `command` and the like as fields of its own.
  if (entries.some(({ key }) => live.includes(key))) return withEntries(step, entries);
  const install = ["mkdir", "copy", "write", "link", "download", "setcap", "build"];
  if (entries.some(({ key }) => install.includes(key))) return withEntries(step, entries);
  const verb = entries.find(({ key }) => Object.hasOwn(companions, key));
  if (verb === undefined) return withEntries(step, entries);
  log.change(verb.keyAt, `"${verb.key}" is \`plugin: ${verb.key}\` now`);
  const mine = entries.filter(({ key }) => companions[verb.key]!.includes(key));
  const input: Entry = { key: "plugin_input", keyAt: verb.keyAt, value: { is: "map", entries: mine, at: verb.keyAt } };
  return withEntries(
    step,
    entries.flatMap((entry) =>
      entry === verb
        ? [{ ...entry, key: "plugin", value: textAt(verb.key, verb.keyAt) }, input]
        : mine.includes(entry)
        ? []
        : [entry]
    ),
  );
}
