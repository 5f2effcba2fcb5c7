/** From data to a checked configuration, or to everything that is wrong with it. */
import type { z } from "zod";
import type { Config } from "../entities/config.ts";
import { type TableName, tables } from "../entities/config_schema.ts";
import type { PlanEntry } from "../entities/plan_entry.ts";
import { isRecord } from "../entities/schema_kit.ts";
import { ownWords } from "../entities/vocabulary/mod.ts";
import type { ConfigIssue } from "./issue.ts";
import { declare, type Declared, type Found, tableNames } from "./merge.ts";
import { plainCopy } from "./plain.ts";
import { type Entities, referenceRules } from "./references.ts";
import { boxRules } from "./rules/box.ts";
import { bundleRules } from "./rules/bundle.ts";
import { candyRules } from "./rules/candy.ts";
import { deploymentRules } from "./rules/deployment.ts";
import { includeRules } from "./rules/include.ts";
import { liveRules } from "./rules/live.ts";
import { readinessRules } from "./rules/readiness.ts";
import { reporter } from "./rules/report.ts";
import { taskRules } from "./rules/task.ts";
import { vmRules } from "./rules/vm.ts";
import { check } from "./schema_issues.ts";

export { type ConfigIssue, formatIssues, issueText } from "./issue.ts";

/** A configuration, or what is wrong with it. */
export type ParsedConfig = { readonly config: Config } | { readonly issues: readonly ConfigIssue[] };

/**
 * Checks a configuration: schemas, references between entities, rules between fields. It never throws; every problem is
 * reported at once.
 *
 * @param data what the sandbox sent, or the value `defineConfig` returned
 */
export function parseConfig(data: unknown): ParsedConfig {
  const issues: ConfigIssue[] = [];
  const declared = declare(plainCopy(data, issues), issues);
  const entities = withOwnWords(checkEntities(declared, issues));
  const pathOf = (table: TableName, name: string) => declared.tables[table].get(name)?.path ?? [table, name];
  for (const table of tableNames) {
    for (const [name, entity] of entities[table] as ReadonlyMap<string, { readonly plan?: readonly PlanEntry[] }>) {
      if (entity.plan !== undefined) liveRules(entity.plan, reporter(pathOf(table, name), issues));
    }
  }
  for (const [name, candy] of entities.candies) {
    const path = pathOf("candies", name);
    candyRules(name, candy, path, reporter(path, issues));
  }
  for (const [name, bundle] of entities.bundles) {
    const path = pathOf("bundles", name);
    bundleRules(name, bundle, path, entities.bundles, reporter(path, issues));
  }
  for (const [name, vm] of entities.vms) {
    const path = pathOf("vms", name);
    vmRules(vm, path, reporter(path, issues));
  }
  for (const [name, task] of entities.tasks) taskRules(task, reporter(pathOf("tasks", name), issues));
  for (const [name, box] of entities.boxes) boxRules(name, box, entities, reporter(pathOf("boxes", name), issues));
  referenceRules(entities, pathOf, issues);
  includeRules(entities, pathOf, issues);
  deploymentRules(entities, pathOf, issues);
  defaultRules(declared, entities, issues);
  return issues.length > 0 ? { issues } : { config: configOf(declared, entities) };
}

/** What the project does not declare itself of the words charly knows. */
function withOwnWords(entities: Entities): Entities {
  const words = Object.entries(ownWords).map(([table, own]) => {
    const declared = entities[table as TableName] as ReadonlyMap<string, unknown>;
    return [table, new Map([...declared, ...Object.entries(own).filter(([name]) => !declared.has(name))])];
  });
  return { ...entities, ...Object.fromEntries(words) };
}

/** Checks each entity by its schema. Fields that are wrong are left out, so that the other rules can still see the rest. */
function checkEntities(declared: Declared, issues: ConfigIssue[]): Entities {
  const entities = Object.fromEntries(tableNames.map((table) => {
    const schema = tables[table].schema as z.ZodType<unknown>;
    const checked = [...declared.tables[table]].map(([name, found]) =>
      [name, checkEntity(schema, found, issues)] as const
    );
    return [table, new Map(checked)];
  }));
  return entities as unknown as Entities; // each table was checked by its own schema
}

function checkEntity(schema: z.ZodType<unknown>, { path, value }: Found, issues: ConfigIssue[]): unknown {
  const result = check(schema, value, path);
  if ("value" in result) return result.value;
  issues.push(...result.issues);
  if (!isRecord(value)) return {};
  const broken = new Set(result.issues.map((issue) => issue.path[path.length]));
  const rest = Object.fromEntries(Object.entries(value).filter(([field]) => !broken.has(field)));
  if (!broken.has("plan") || !Array.isArray(value["plan"])) return rest;
  const entries = new Set<string | undefined>(
    result.issues.map((issue) => issue.path[path.length] === "plan" ? issue.path[path.length + 1] : ""),
  );
  if (entries.has(undefined)) return rest;
  return { ...rest, plan: value["plan"].map((entry, index) => entries.has(String(index)) ? undefined : entry) };
}

function defaultRules({ defaults, defaultsPath }: Declared, { bundles }: Entities, issues: ConfigIssue[]): void {
  if (defaults.bundle !== undefined && !bundles.has(defaults.bundle)) {
    const path = [...defaultsPath, "bundle"];
    issues.push({ code: "unknown-name", path, noun: "bundle", name: defaults.bundle, known: [...bundles.keys()] });
  }
  if (defaults.readiness !== undefined) readinessRules(defaults.readiness, reporter(["defaults", "readiness"], issues));
}

function configOf(declared: Declared, entities: Entities): Config {
  const table = <T>(map: ReadonlyMap<string, T>) => Object.assign(Object.create(null), Object.fromEntries(map));
  return {
    ...(declared.project === undefined ? {} : { project: declared.project }),
    ...(Object.fromEntries(tableNames.map((name) => [name, table<unknown>(entities[name])])) as unknown as Omit<
      Config,
      "defaults"
    >),
    defaults: declared.defaults,
  };
}
