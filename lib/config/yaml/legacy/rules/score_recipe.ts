/** Scores and their recipes become check beds: a group that iterates, and the scenarios as its steps. */
import { type Entry, get, type Mapping, type Place, textAt, type Tree } from "../../tree.ts";
import { mapRoots, withEntries, withValue } from "../edit.ts";
import { isKeyed } from "../layers.ts";
import type { LegacyRule, ProjectFiles, RuleLog } from "../rule.ts";

/** Fields of a score, and what `iterate` calls them. */
const iterates: Readonly<Record<string, string>> = {
  pod: "sandbox",
  sandbox: "sandbox",
  plateau_iteration: "plateau_iteration",
  prompt: "prompt",
  note: "note",
  notes: "note",
  env: "env",
  mcp_endpoint: "mcp_endpoint",
};
/** What a score said and nothing reads any more. */
const gone = ["progressive", "target_image", "deployment", "deploy", "validate_ai_artifacts", "tag", "tags", "status"];
const kinds: Readonly<Record<string, string>> = { layer: "candy", image: "box" };

export const scoreRecipe: LegacyRule = {
  schema: "2026.164.0000",
  name: "score-recipe",
  about: "a `score` with its `recipe`s is a check bed with `iterate`, the scenarios are its steps",
  apply: (files, log) => {
    const recipes = recipesOf(files);
    return mapRoots(files, (root) => {
      if (!isKeyed(root)) return root;
      const scores = root.entries.filter(({ key }) => key === "score" || key === "scores");
      const beds = scores.flatMap(({ value }) => value.is === "map" ? value.entries : [])
        .flatMap((entry) => entry.value.is === "map" ? [bedOf(entry, entry.value, recipes, log)] : []);
      const rest = root.entries.filter((entry) => {
        if (scores.includes(entry)) return false;
        if (entry.key !== "recipe" && entry.key !== "recipes") return true;
        for (const { key, keyAt } of entry.value.is === "map" ? entry.value.entries : []) {
          if (!isUsed(key, files)) {
            log.manual(keyAt, `no score uses the recipe "${key}"`, "write its scenarios as steps of a check bed");
          }
        }
        return false;
      });
      if (rest.length === root.entries.length) return root;
      const without = withEntries(root, rest);
      if (beds.length === 0) return without;
      const before = get(without, "check");
      const at = scores[0]!.keyAt;
      const entries = [...before?.is === "map" ? before.entries : [], ...beds];
      return withValue(without, "check", { is: "map", at, entries });
    });
  },
};

function recipesOf(files: ProjectFiles): ReadonlyMap<string, Mapping> {
  const maps = [...files.values()].flat().flatMap(({ root }) => [get(root, "recipe"), get(root, "recipes")]);
  return new Map(
    maps.flatMap((map) => map?.is === "map" ? map.entries : [])
      .flatMap(({ key, value }) => value.is === "map" ? [[key, value] as const] : []),
  );
}

function isUsed(recipe: string, files: ProjectFiles): boolean {
  const maps = [...files.values()].flat().flatMap(({ root }) => [get(root, "score"), get(root, "scores")]);
  return maps.flatMap((map) => map?.is === "map" ? map.entries : []).some(({ value }) =>
    namesOf(value).some((item) => item.is === "scalar" && item.text === recipe)
  );
}

function namesOf(score: Tree): readonly Tree[] {
  const list = get(score, "recipe") ?? get(score, "recipes");
  return list?.is === "list" ? list.items : list === undefined ? [] : [list];
}

function bedOf(
  entry: Entry,
  score: Mapping,
  recipes: ReadonlyMap<string, Mapping>,
  log: RuleLog,
): Entry {
  log.change(entry.keyAt, `the score "${entry.key}" is a check bed now`);
  const iterate: Entry[] = [];
  const fields: Entry[] = [];
  for (const it of score.entries) {
    const now = iterates[it.key];
    if (["recipe", "recipes"].includes(it.key) || gone.includes(it.key)) continue;
    if (it.key === "ai" || it.key === "agent") iterate.push(agentOf(it, log));
    else if (now !== undefined) {
      const empty = it.value.is === "map" && it.value.entries.length === 0;
      if (!empty && !iterate.some(({ key }) => key === now)) iterate.push({ ...it, key: now });
    } else if (it.key === "description") fields.push(it);
    else log.manual(it.keyAt, `a check bed has no "${it.key}"`, "write it into the prompt, or leave it out");
  }
  const at = entry.keyAt;
  const includes: Tree[] = [];
  const scenarios: Tree[] = [];
  for (const item of namesOf(score)) {
    const recipe = item.is === "scalar" ? recipes.get(item.text) : undefined;
    if (item.is !== "scalar" || recipe === undefined) {
      log.manual(item.at, `the recipe of "${entry.key}" is not there`, "write its scenarios as steps");
      continue;
    }
    includes.push(...list(get(recipe, "from")).flatMap((it) => includeOf(it, log)));
    scenarios.push(...list(get(recipe, "scenario") ?? get(recipe, "scenarios")));
  }
  const bed: Entry[] = [...fields, { key: "iterate", keyAt: at, value: { is: "map", at, entries: iterate } }];
  if (includes.length > 0) bed.push({ key: "plan", keyAt: at, value: { is: "list", at, items: includes } });
  if (scenarios.length > 0) bed.push({ key: "scenario", keyAt: at, value: { is: "list", at, items: scenarios } });
  return { ...entry, value: { is: "map", at: score.at, entries: bed } };
}

function agentOf(entry: Entry, log: RuleLog): Entry {
  const [first, ...others] = entry.value.is === "list" ? entry.value.items : [entry.value];
  for (const other of others) log.manual(other.at, "a check bed has one agent", "write a second bed for the other one");
  return { ...entry, key: "agent", value: first ?? entry.value };
}

/** `from: [{ kind: layer, name: sshd, pod: x }]`. */
function includeOf(item: Tree, log: RuleLog): Tree[] {
  const [kind, name, pod] = [get(item, "kind"), get(item, "name"), get(item, "pod")];
  if (item.is !== "map" || kind?.is !== "scalar" || name?.is !== "scalar") return [];
  for (const { key, keyAt } of item.entries) {
    if (["kind", "name", "pod"].includes(key)) continue;
    log.manual(keyAt, `an include takes the whole plan: "${key}" has no form of today`, "write the steps out instead");
  }
  const text = textAt(`${kinds[kind.text] ?? kind.text}:${name.text}`, name.at);
  const field = (key: string, value: Tree, at: Place): Entry => ({ key, keyAt: at, value });
  const venue = pod === undefined ? [] : [field("pod", pod, pod.at)];
  return [{ is: "map", at: item.at, entries: [field("include", text, item.at), ...venue] }];
}

function list(tree: Tree | undefined): readonly Tree[] {
  return tree?.is === "list" ? tree.items : [];
}
