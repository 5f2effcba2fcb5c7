/** Tasks, tests and scenarios become one list of steps: `plan`. */
import { type Entry, get, type Mapping, type Scalar, textAt, type Tree } from "../../tree.ts";
import { withEntries } from "../edit.ts";
import { mapEntities } from "../layers.ts";
import type { LegacyRule } from "../rule.ts";
import { liveVerbs } from "../../../../entities/live_verbs.ts";
import { installVerbs, plugins, runtimeVerbs } from "../../shapes/step.ts";

const verbs: readonly string[] = [
  ...[
    ...Object.keys(installVerbs),
    "plugin",
    ...Object.keys(plugins),
    ...runtimeVerbs,
    ...Object.keys(liveVerbs),
    "k8s",
    "group",
    "matching",
  ],
];
const installing: readonly string[] = Object.keys(installVerbs);
/** Words a step of a scenario began with. */
const prose = ["given", "when", "then", "and", "but", "step", "agent"];

export const planUnify: LegacyRule = {
  schema: "2026.164.0005",
  name: "plan-unify",
  about: "`task`, `eval`, `deploy_eval` and `scenario` become the steps of `plan`",
  apply: (files, log) =>
    mapEntities(files, (layer) => {
      const old = layer.entries.filter(({ key }) => ["task", "eval", "deploy_eval", "scenario"].includes(key));
      if (old.length === 0) return layer;
      const of = (key: string) => old.find((entry) => entry.key === key)?.value;
      const steps = [
        ...items(of("task")).map((task) => stepOf(task, "run")),
        ...items(of("scenario")).flatMap(scenarioSteps),
        ...items(of("eval")).map((test) => stepOf(test, "check")),
        ...items(of("deploy_eval")).map((test) => stepOf(withContext(test), "check")),
      ];
      for (const { key, keyAt } of old) log.change(keyAt, `"${key}" is part of "plan" now`);
      const before = get(layer, "plan");
      const at = old[0]!.keyAt;
      const plan: Entry = {
        key: "plan",
        keyAt: at,
        value: { is: "list", items: [...before?.is === "list" ? before.items : [], ...steps], at },
      };
      const rest = layer.entries.filter((entry) => !old.includes(entry) && entry.key !== "plan");
      return withEntries(layer, steps.length === 0 && before === undefined ? rest : [...rest, plan]);
    }),
};

function items(tree: Tree | undefined): readonly Mapping[] {
  return tree?.is === "list" ? tree.items.filter((item): item is Mapping => item.is === "map") : [];
}

/** A task or a test as a step: the keyword, its prose, and what it says. */
function stepOf(item: Mapping, word: "run" | "check"): Mapping {
  if (["run", "check", "agent-run", "agent-check", "include"].some((key) => get(item, key) !== undefined)) return item;
  const verb = item.entries.find(({ key }) => verbs.includes(key));
  const text = verb === undefined ? "" : `${verb.key}=${firstLine(verb.value)}`;
  return keyed(word, textAt(text, item.at), item.entries);
}

function scenarioSteps(scenario: Mapping): Mapping[] {
  const pod = get(scenario, "pod");
  return ["setup", "step", "steps", "teardown"].flatMap((part) =>
    items(get(scenario, part)).map((item) => {
      const said = item.entries.find(({ key }) => prose.includes(key));
      const act = get(item, "do");
      const others = item.entries.filter((entry) => entry !== said && entry.key !== "do");
      const verb = others.find(({ key }) => verbs.includes(key));
      const text = said?.value.is === "scalar"
        ? said.value
        : textAt(verb === undefined ? "" : `${verb.key}=${firstLine(verb.value)}`, item.at);
      const word = wordOf(
        part,
        verb?.key,
        act?.is === "scalar" ? act.text : said?.key === "agent" ? "instruct" : undefined,
      );
      const venue: Entry[] = pod === undefined || word !== "check" ? [] : [{ key: "pod", keyAt: pod.at, value: pod }];
      return keyed(word, text, [...others, ...venue]);
    })
  );
}

function wordOf(part: string, verb: string | undefined, act: string | undefined): string {
  if (part === "setup" || part === "teardown") return verb === undefined ? "agent-run" : "run";
  if (verb === undefined || act === "instruct") return "agent-check";
  if (act === "act") return "run";
  if (act === "assert") return "check";
  return installing.includes(verb) ? "run" : "check";
}

function keyed(word: string, text: Scalar, entries: readonly Entry[]): Mapping {
  const at = text.at;
  return withEntries({ is: "map", entries: [], at }, [{ key: word, keyAt: at, value: text }, ...entries]);
}

/** Tests of a deployment look at what runs. */
function withContext(item: Mapping): Mapping {
  if (get(item, "context") !== undefined) return item;
  const value: Tree = { is: "list", items: [textAt("runtime", item.at)], at: item.at };
  return withEntries(item, [...item.entries, { key: "context", keyAt: item.at, value }]);
}

function firstLine(tree: Tree): string {
  return tree.is === "scalar" ? tree.text.trim().split("\n")[0]! : "";
}
