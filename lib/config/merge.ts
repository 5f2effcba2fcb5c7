/** Takes a configuration and everything it takes in apart into entities, each with the place it was written at. */
import type { z } from "zod";
import { sameData } from "../base/same_data.ts";
import type { Defaults } from "../entities/config.ts";
import { outerSchema, type TableName, tables } from "../entities/config_schema.ts";
import { isRecord } from "../entities/schema_kit.ts";
import { textRules } from "../entities/text_rules.ts";
import type { ConfigIssue } from "./issue.ts";
import { check } from "./schema_issues.ts";

/** An entity as it was written. */
export interface Found {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Everything that was declared. */
export interface Declared {
  readonly project?: string;
  readonly defaults: Defaults;
  /** Where the default bundle was named. */
  readonly defaultsPath: readonly string[];
  readonly tables: Readonly<Record<TableName, ReadonlyMap<string, Found>>>;
}

type Outer = z.output<typeof outerSchema>;

/** Names of all tables. */
export const tableNames = Object.keys(tables) as readonly TableName[];

/** What one entity of a table is called. */
export const nouns: Readonly<Record<TableName, string>> = {
  candies: "candy",
  locals: "local template",
  bundles: "bundle",
  vms: "VM",
  boxes: "box",
  tasks: "task",
  pods: "pod",
  k8s: "Kubernetes deployment",
  androids: "phone",
  groups: "group",
  agents: "agent",
  distros: "distribution",
  builders: "builder",
  inits: "init system",
  resources: "resource",
  sidecars: "sidecar",
  others: "entity",
};

/**
 * Takes a configuration apart. A name declared in two places is reported with both of them, unless both say the same (one
 * configuration taken in on two ways).
 *
 * @param data plain data
 * @param issues where problems are added
 */
export function declare(data: unknown, issues: ConfigIssue[]): Declared {
  const found = Object.fromEntries(tableNames.map((table) => [table, new Map()])) as unknown as Record<
    TableName,
    Map<string, Found>
  >;
  let project: string | undefined;
  const defaults: { -readonly [K in keyof Defaults]: Defaults[K] } = {};
  let defaultsPath: readonly string[] = ["defaults"];

  function take(value: unknown, path: readonly string[]): void {
    if (isRecord(value) && Object.keys(value).length === 1 && typeof value["yaml"] === "string" && path.length > 0) {
      issues.push({ code: "yaml-extension", path, file: value["yaml"] });
      return;
    }
    const outer = partOf(value, path, issues);
    project ??= outer.project;
    for (const table of tableNames) addTable(table, outer[table], [...path, table]);
    addDefaults(outer.defaults, [...path, "defaults"], path.length === 0);
    outer.extend?.forEach((other, index) => take(other, [...path, "extend", String(index)]));
  }

  function addTable(table: TableName, entities: Record<string, unknown> | undefined, path: readonly string[]): void {
    for (const [name, value] of Object.entries(entities ?? {})) {
      const here = { path: [...path, name], value };
      const before = found[table].get(name);
      if (before === undefined) found[table].set(name, here);
      else if (!sameData(before.value, value)) {
        issues.push({ code: "duplicate", path: here.path, what: nouns[table], name, other: before.path });
      }
    }
  }

  function addDefaults(more: Defaults | undefined, path: readonly string[], own: boolean): void {
    if (more === undefined) return;
    if (more.readiness !== undefined) defaults.readiness = { ...more.readiness, ...defaults.readiness };
    if (more.bundle === undefined) return;
    if (defaults.bundle === undefined) [defaults.bundle, defaultsPath] = [more.bundle, path];
    else if (!own && defaultsPath[0] === "extend" && defaults.bundle !== more.bundle) {
      issues.push({ code: "default-bundle", path: [...path, "bundle"] });
    }
  }

  take(data, []);
  for (const table of tableNames) checkNames(table, found[table], issues);
  return { ...(project === undefined ? {} : { project }), defaults, defaultsPath, tables: found };
}

/** The parts of one configuration that are what they should be; the others are reported. */
function partOf(value: unknown, path: readonly string[], issues: ConfigIssue[]): Outer {
  const result = check(outerSchema as z.ZodType<Outer>, value, path);
  if ("value" in result) return result.value;
  issues.push(...result.issues);
  if (!isRecord(value)) return {};
  const broken = new Set(result.issues.map((issue) => issue.path[path.length]));
  return Object.fromEntries(Object.entries(value).filter(([field]) => !broken.has(field))) as Outer;
}

function checkNames(table: TableName, entities: ReadonlyMap<string, Found>, issues: ConfigIssue[]): void {
  const byLetters = new Map<string, string>();
  for (const [name, { path }] of entities) {
    const rule = tables[table].name;
    if (!textRules[rule].test(name)) issues.push({ code: "bad-text", path, rule, found: name });
    if ((table === "vms" || table === "bundles") && !textRules.notEphemeral.test(name)) {
      issues.push({ code: "bad-text", path, rule: "notEphemeral", found: name });
    }
    const letters = name.normalize("NFC");
    const other = byLetters.get(letters);
    if (other === undefined) byLetters.set(letters, name);
    else issues.push({ code: "same-letters", path, what: nouns[table], name, other });
  }
}
