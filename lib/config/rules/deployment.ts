/** Rules of deployments and groups: one name each, members that are there, tokens that do not contradict each other. */
import { closest } from "../../base/closest.ts";
import type { TableName } from "../../entities/config_schema.ts";
import type { Lifetime } from "../../entities/deployment.ts";
import type { PlanEntry } from "../../entities/plan_entry.ts";
import { isRecord } from "../../entities/schema_kit.ts";
import type { ConfigIssue } from "../issue.ts";
import { bareName, deploymentTables, type Kept, lifetimes } from "../kept_references.ts";
import type { Entities } from "../references.ts";
import { type Report, reporter } from "./report.ts";

/** Checks what concerns several deployments, or several fields of one. */
export function deploymentRules(
  entities: Entities,
  pathOf: (table: TableName, name: string) => readonly string[],
  issues: ConfigIssue[],
): void {
  const all = [...lifetimes(entities)];
  const tokens = tokensOf(entities, all);
  for (const { from, name, at, fields } of all) {
    const report = reporter([...pathOf(from, name), ...at], issues);
    tokenRules(fields, tokens, report);
    insideRules(fields, entities, report);
    if (isRecord(fields.iterate) && !hasCheck(name, entities, all)) {
      const hint = "add a check to its plan, or to that of a member: the rounds end when the checks hold";
      report(["iterate"], { code: "needs", field: "iterate", needs: "a check", hint });
    }
  }
  for (const [name, { from, box, adb }] of entities.androids) {
    const report = reporter(pathOf("androids", name), issues);
    if (box !== undefined && adb !== undefined) {
      report(["adb"], { code: "excludes", fields: ["box", "adb"], hint: "a phone is emulated, or reached by adb" });
    }
    if (from === undefined && box === undefined && adb === undefined && !isDeployment(entities.androids.get(name)!)) {
      const hint = "name the box that emulates it, or where its adb answers";
      report([], { code: "needs", field: "android", needs: "`box` or `adb`", hint });
    }
  }
  nameRules(entities, pathOf, issues);
}

/** Resources, and what somebody holds. */
function tokensOf({ resources }: Entities, all: readonly Kept[]): readonly string[] {
  return [
    ...new Set([
      ...[...resources.keys()].flatMap((it) => [it, bareName(it)]),
      ...all.flatMap(({ fields }) => heldBy(fields)),
    ]),
  ];
}

function heldBy({ preemptible }: Partial<Lifetime>): readonly string[] {
  return listOf(isRecord(preemptible) ? preemptible["holds"] : preemptible);
}

/** What a bundle keeps aside is no schema's: it may be anything. */
function listOf(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((it) => typeof it === "string");
}

function tokenRules(fields: Partial<Lifetime>, known: readonly string[], report: Report): void {
  const held = heldBy(fields);
  for (const field of ["requiresExclusive", "requiresShared"] as const) {
    listOf(fields[field]).forEach((token, index) => {
      if (held.includes(token)) {
        const hint = `remove "${token}" here: who holds it need not ask for it`;
        report([field, index], { code: "excludes", fields: [field, "preemptible"], hint });
      } else if (field === "requiresShared" && listOf(fields.requiresExclusive).includes(token)) {
        const hint = `"${token}" is used alone or with others: write it into one of the two`;
        report([field, index], { code: "excludes", fields: ["requiresExclusive", "requiresShared"], hint });
      } else if (!known.includes(token) && closest(token, known) !== undefined) {
        // A token may be any word, but one that nearly is another is a slip.
        report([field, index], { code: "unknown-name", noun: "resource", name: token, known });
      }
    });
  }
}

/** What a deployment is brought up inside of is a deployment. */
function insideRules({ inside }: Partial<Lifetime>, entities: Entities, report: Report): void {
  if (typeof inside !== "string") return;
  const venues = (["bundles", ...deploymentTables, "others"] as const).flatMap((it) => [...entities[it].keys()]);
  if (!venues.includes(inside)) {
    report(["inside"], { code: "unknown-name", noun: "deployment", name: inside, known: venues });
  }
}

/** Whether a deployment, or a member of a group, checks something. */
function hasCheck(name: string, entities: Entities, all: readonly Kept[]): boolean {
  const names = new Set([name, ...all.filter(({ fields }) => fields.memberOf === name).map((it) => it.name)]);
  // What is deployed inside of one has its path: `web.db`.
  const counts = (it: string) => [...names].some((one) => it === one || it.startsWith(`${one}.`));
  return (["bundles", ...deploymentTables, "others"] as const).some((table) =>
    [...entities[table] as ReadonlyMap<string, { readonly plan?: readonly PlanEntry[] }>].some(([it, { plan }]) =>
      counts(it) && (plan ?? []).some((entry) => isCheck(entry))
    )
  );
}

function isCheck(entry: PlanEntry | undefined): boolean {
  return entry?.check !== undefined || entry?.agentCheck !== undefined || entry?.include !== undefined;
}

/** A template has none of these. */
function isDeployment(fields: object): boolean {
  return ["from", "image", "host", "disposable", "lifecycle", "addCandy", "inside", "memberOf", "agentProvisioned"]
    .some((name) => Object.hasOwn(fields, name));
}

/** Deployments are asked for by name, whatever they are made of. */
function nameRules(
  entities: Entities,
  pathOf: (table: TableName, name: string) => readonly string[],
  issues: ConfigIssue[],
): void {
  const first = new Map<string, TableName>();
  for (const table of ["bundles", "groups", ...deploymentTables] as const) {
    for (const [name, fields] of entities[table]) {
      if (table !== "bundles" && table !== "groups" && !isDeployment(fields)) continue;
      const other = first.get(name);
      if (other === undefined) first.set(name, table);
      else {
        const path = pathOf(table, name);
        issues.push({ code: "duplicate", path, what: "deployment", name, other: pathOf(other, name) });
      }
    }
  }
}
