/** Checks that every name an entity refers to is declared, and that no references go round in a circle. */
import type { Config } from "../entities/config.ts";
import type { TableName } from "../entities/config_schema.ts";
import { findCycles } from "./cycles.ts";
import type { ConfigIssue } from "./issue.ts";
import { keptReferences } from "./kept_references.ts";
import { nouns } from "./merge.ts";

/** Entities by table, each without the fields that are wrong in themselves. */
export type Entities = { readonly [T in TableName]: ReadonlyMap<string, Partial<Config[T][string]>> };

/** One reference. */
export interface Reference {
  readonly from: TableName;
  readonly name: string;
  /** Place below the entity. */
  readonly at: readonly string[];
  readonly to: TableName;
  readonly target: string;
  /** What stands around the name in the text of the place: `builder:` before it, `:13` behind it. */
  readonly around?: readonly [before: string, behind: string];
  /** The name is the last key of the place, not the text there. */
  readonly isKey?: true;
}

/**
 * Checks the references between entities.
 *
 * @param entities all of them
 * @param pathOf where an entity stands
 * @param issues where problems are added
 */
export function referenceRules(
  entities: Entities,
  pathOf: (table: TableName, name: string) => readonly string[],
  issues: ConfigIssue[],
): void {
  const graphs: Partial<Record<TableName, Map<string, string[]>>> = {};
  const places = new Map<string, readonly string[]>();
  const declared: Partial<Record<TableName, readonly string[]>> = {};
  for (const { from, name, at, to, target } of [...references(entities), ...keptReferences(entities)]) {
    const path = [...pathOf(from, name), ...at];
    if (!entities[to].has(target)) {
      const known = declared[to] ??= [...entities[to].keys()];
      issues.push({ code: "unknown-name", path, noun: nouns[to], name: target, known });
    } else if (from === to) {
      if (target === name && from !== "candies") issues.push({ code: "self-reference", path, noun: nouns[to], name });
      // A builder may well be made of the box it builds for: it is needed only where something is to be built.
      if (at[0] === "builder") continue;
      const graph = graphs[from] ??= new Map();
      const targets = graph.get(name);
      if (targets === undefined) graph.set(name, [target]);
      else targets.push(target);
      const edge = JSON.stringify([from, name, target]);
      if (!places.has(edge)) places.set(edge, path);
    }
  }
  for (const table of Object.keys(graphs) as TableName[]) {
    for (const { names, from, to } of findCycles(graphs[table]!)) {
      const path = places.get(JSON.stringify([table, from, to]))!;
      issues.push({ code: "cycle", path, noun: nouns[table], names });
    }
  }
  secretRules(entities, pathOf, issues);
}

/** Every reference from one entity to another. */
export function* references(entities: Entities): Generator<Reference> {
  for (const [name, candy] of entities.candies) {
    for (const field of ["require", "candy", "bakePlugin"] as const) {
      yield* candyReferences("candies", name, field, candy[field]);
    }
  }
  for (const [name, local] of entities.locals) yield* candyReferences("locals", name, "candy", local.candy);
  for (const [name, bundle] of entities.bundles) {
    yield* candyReferences("bundles", name, "candy", bundle.candy);
    yield* candyReferences("bundles", name, "addCandy", bundle.addCandy);
    if (bundle.from !== undefined) yield { from: "bundles", name, at: ["from"], to: "locals", target: bundle.from };
    if (bundle.on?.target === "vm") yield { from: "bundles", name, at: ["on", "vm"], to: "vms", target: bundle.on.vm };
  }
  for (const [name, { source }] of entities.vms) {
    if (source?.kind === "clone") {
      yield { from: "vms", name, at: ["source", "fromVm"], to: "vms", target: source.fromVm };
    }
    if (source?.kind === "bootc" && isName(source.box)) {
      yield { from: "vms", name, at: ["source", "box"], to: "boxes", target: source.box };
    }
  }
  for (const [name, box] of entities.boxes) {
    yield* candyReferences("boxes", name, "candy", box.candy);
    if (box.base !== undefined && isName(box.base)) {
      yield { from: "boxes", name, at: ["base"], to: "boxes", target: box.base };
    }
    for (const [builder, target] of Object.entries(box.builder ?? {})) {
      yield { from: "boxes", name, at: ["builder", builder], to: "boxes", target };
    }
  }
  for (const [name, task] of entities.tasks) {
    for (const [index, target] of (task.needs ?? []).entries()) {
      yield { from: "tasks", name, at: ["needs", String(index)], to: "tasks", target };
    }
  }
}

function* candyReferences(
  from: TableName,
  name: string,
  field: string,
  refs: readonly string[] | undefined,
): Generator<Reference> {
  for (const [index, target] of (refs ?? []).entries()) {
    if (!target.startsWith("@")) yield { from, name, at: [field, String(index)], to: "candies", target };
  }
}

/** A box of the project is a name; what holds a slash or a colon is an image somewhere else. */
function isName(box: string): boolean {
  return !/[/:]/.test(box);
}

/** A command may ask for secrets that some candy declares. */
function secretRules(
  { candies }: Entities,
  pathOf: (table: TableName, name: string) => readonly string[],
  issues: ConfigIssue[],
): void {
  const known = new Set<string>();
  for (const candy of candies.values()) {
    for (const { name } of [...candy.secretRequire ?? [], ...candy.secretAccept ?? []]) known.add(name);
  }
  for (const [name, candy] of candies) {
    for (const [index, entry] of (candy.plan ?? []).entries()) {
      for (const [at, secret] of (entry?.command === undefined ? [] : entry.secret ?? []).entries()) {
        if (known.has(secret)) continue;
        const path = [...pathOf("candies", name), "plan", String(index), "secret", String(at)];
        issues.push({ code: "unknown-name", path, noun: "secret", name: secret, known: [...known] });
      }
    }
  }
}
