/** Rules of `include`: what is included is there, and no plan includes itself. */
import type { TableName } from "../../entities/config_schema.ts";
import type { PlanEntry } from "../../entities/plan_entry.ts";
import { findCycles } from "../cycles.ts";
import type { ConfigIssue } from "../issue.ts";
import { nouns, tableNames } from "../merge.ts";
import type { Entities } from "../references.ts";

/** Tables each word of an `include` may mean. */
export const includeMeanings: Readonly<Record<string, readonly TableName[]>> = {
  candy: ["candies", "boxes"],
  box: ["boxes"],
  pod: ["pods"],
  vm: ["vms", "bundles"],
};

/** Checks every `include` of every plan. */
export function includeRules(
  entities: Entities,
  pathOf: (table: TableName, name: string) => readonly string[],
  issues: ConfigIssue[],
): void {
  const graph = new Map<string, string[]>();
  const places = new Map<string, readonly string[]>();
  for (const table of tableNames) {
    for (const [name, entity] of entities[table] as ReadonlyMap<string, { readonly plan?: readonly PlanEntry[] }>) {
      for (const [index, entry] of (entity.plan ?? []).entries()) {
        // An entry that is wrong in itself is undefined.
        const found = /^(\w+):(.+)$/.exec((entry as PlanEntry | undefined)?.include ?? "");
        if (found === null || found[2]!.startsWith("@")) continue;
        const [, word = "", target = ""] = found;
        const tables = includeMeanings[word] ?? [];
        const to = tables.find((it) => entities[it].has(target));
        const path = [...pathOf(table, name), "plan", String(index), "include"];
        if (to === undefined) {
          const known = tables.flatMap((it) => [...entities[it].keys()]);
          issues.push({ code: "unknown-name", path, noun: word, name: target, known });
          continue;
        }
        const [here, there] = [`${table}\0${name}`, `${to}\0${target}`];
        if (here === there) issues.push({ code: "self-reference", path, noun: nouns[table], name });
        graph.set(here, [...graph.get(here) ?? [], there]);
        const edge = `${here}\0${there}`;
        if (!places.has(edge)) places.set(edge, path);
      }
    }
  }
  for (const { names, from, to } of findCycles(graph)) {
    const path = places.get(`${from}\0${to}`)!;
    issues.push({ code: "cycle", path, noun: "plan", names: names.map((it) => it.replace(/^.*\0/, "")) });
  }
}
