/** Tasks and tests in the words of today's steps: `cmd` is `command`, `user` is `run_as`, `scope` is `context`. */
import { own } from "../../../../base/own.ts";
import { type Entry, type Mapping, textAt, type Tree } from "../../tree.ts";
import { mapRoot, mapRoots, withEntries } from "../edit.ts";
import { mapEntities } from "../layers.ts";
import type { LegacyRule, RuleLog } from "../rule.ts";

/** Lists of tests and what they are called now. */
const tests: Readonly<Record<string, string>> = {
  test: "eval",
  tests: "eval",
  deploy_test: "deploy_eval",
  deploy_tests: "deploy_eval",
};
/** What those were called for some days; a `check` that is a text is a step. */
const checks: Readonly<Record<string, string>> = { check: "eval", deploy_check: "deploy_eval" };

export const opUnify: LegacyRule = {
  schema: "2026.164.0001",
  name: "op-unify",
  about: "`cmd` is `command`, `user` of a task is `run_as`, `scope` is `context`; `tests` is `eval`",
  apply: (files, log) => {
    const layers = mapEntities(files, (layer) =>
      withEntries(
        layer,
        layer.entries.map((entry) => {
          const listed = entry.value.is === "list" ? own(checks, entry.key) : undefined;
          const key = listed ?? own(tests, entry.key) ?? (entry.key === "tasks" ? "task" : entry.key);
          if (key !== entry.key) log.change(entry.keyAt, `"${entry.key}" is "${key}" now`);
          return key === "task" ? { ...entry, key, value: tasks(entry.value, log) } : { ...entry, key };
        }),
      ));
    return mapRoots(layers, (root) => {
      return mapRoot(root, (map) => scopes(map, log));
    });
  },
};

const taskWords: Readonly<Record<string, string>> = { cmd: "command", user: "run_as", include: "extract_include" };

function tasks(list: Tree, log: RuleLog): Tree {
  if (list.is !== "list") return list;
  return {
    ...list,
    items: list.items.map((item) =>
      item.is !== "map" ? item : withEntries(
        item,
        item.entries.map((entry) => {
          const now = own(taskWords, entry.key);
          // `include` is a word of downloads only
          if (
            now === undefined || (entry.key === "include" && !item.entries.some(({ key }) => key === "download"))
          ) return entry;
          log.change(entry.keyAt, `"${entry.key}" of a task is "${now}" now`);
          return { ...entry, key: now };
        }),
      )
    ),
  };
}

/** `scope: build` of a test says when it makes sense; a service's scope is something else. */
function scopes(map: Mapping, log: RuleLog): Mapping {
  const contexts: Readonly<Record<string, string>> = { build: "build", deploy: "runtime", runtime: "runtime" };
  return withEntries(
    map,
    map.entries.map((entry): Entry => {
      const context = entry.key === "scope" && entry.value.is === "scalar" ? contexts[entry.value.text] : undefined;
      if (context === undefined) return entry;
      log.change(entry.keyAt, `\`scope\` is \`context: [${context}]\` now`);
      const { at } = entry.value;
      return { ...entry, key: "context", value: { is: "list", items: [textAt(context, at)], at } };
    }),
  );
}
