/** Names with prefixes: what a name inside an imported file means, and what `alias.name` means outside of it. */
import { own } from "../../base/own.ts";
import type { TableName } from "../../entities/config_schema.ts";
import { tableNames } from "../merge.ts";
import { type Entities, type Reference, references } from "../references.ts";
import type { YamlEntity } from "./entity.ts";

/**
 * Gives every reference the whole name of what it means: in the namespace it is written in, else in the one around that, else
 * at the top. A reference to nothing stays as it is written, for whoever reports it.
 *
 * @param namespaceOf `""`, or `alias.` with all aliases above it
 * @param aliases prefixes of what is known by another prefix
 */
export function resolveNames(
  entities: readonly YamlEntity[],
  namespaceOf: (entity: YamlEntity) => string,
  aliases: ReadonlyMap<string, string>,
): readonly YamlEntity[] {
  if (aliases.size === 0 && entities.every((entity) => namespaceOf(entity) === "")) return entities;
  const tables = Object.fromEntries(tableNames.map((table) => [table, new Map<string, unknown>()])) as Record<
    TableName,
    Map<string, unknown>
  >;
  for (const { table, name, value } of entities) tables[table].set(name, value);
  const found = Map.groupBy(
    [...references(tables as unknown as Entities), ...keptReferences(entities)],
    ({ from, name }) => `${from}\0${name}`,
  );
  return entities.map((entity) => {
    const namespace = namespaceOf(entity);
    let { value } = entity;
    for (const { at, to, target } of found.get(`${entity.table}\0${entity.name}`) ?? []) {
      const whole = meaning(target, namespace, aliases, (name) => tables[to].has(name));
      if (whole !== undefined && whole !== target) value = withValue(value, at, whole) as Record<string, unknown>;
    }
    return value === entity.value ? entity : { ...entity, value };
  });
}

function meaning(
  target: string,
  namespace: string,
  aliases: ReadonlyMap<string, string>,
  isThere: (name: string) => boolean,
): string | undefined {
  for (let around = namespace;; around = around.replace(/[^.]*\.$/, "")) {
    const name = canonical(`${around}${target}`, aliases);
    if (isThere(name)) return name;
    if (around === "") return undefined;
  }
}

/** A name with every alias in it replaced, the longest prefix first; aliases that go round in a circle end somewhere. */
function canonical(name: string, aliases: ReadonlyMap<string, string>): string {
  let now = name;
  for (let round = 0; round < 32; round++) {
    let end = now.lastIndexOf(".");
    while (end > 0 && !aliases.has(now.slice(0, end + 1))) end = now.lastIndexOf(".", end - 1);
    if (end <= 0) return now;
    now = `${aliases.get(now.slice(0, end + 1))}${now.slice(end + 1)}`;
  }
  return now;
}

/** What the word of an `include` names. */
const tablesOfIncludes: Readonly<Record<string, TableName>> = {
  candy: "candies",
  box: "boxes",
  pod: "pods",
  vm: "vms",
};

/** References of entities that are only kept: nobody checks them yet, and their names are as good as anybody's. */
function* keptReferences(entities: readonly YamlEntity[]): Generator<Reference> {
  for (const { table, name, value, kind } of entities) {
    const one = function* (field: string, to: TableName): Generator<Reference> {
      const target = value[field];
      if (typeof target === "string") yield { from: table, name, at: [field], to, target };
    };
    if (kind === "pod" || kind === "k8s") yield* one("image", "boxes");
    if (table === "pods" || table === "k8s" || table === "androids") {
      yield* one("from", table);
      const { addCandy } = value;
      for (const [index, target] of (Array.isArray(addCandy) ? addCandy : []).entries()) {
        if (typeof target === "string") {
          yield { from: table, name, at: ["addCandy", String(index)], to: "candies", target };
        }
      }
    }
    const plan = Array.isArray(value["plan"]) ? value["plan"] : [];
    for (const [index, entry] of plan.entries()) {
      const included = (entry as { readonly include?: unknown } | null)?.include;
      if (typeof included !== "string") continue;
      // `candy:<name>`: the word before the name stays.
      const [word = "", target = ""] = included.split(/:(.*)/s);
      const to = own(tablesOfIncludes, word);
      if (to !== undefined) yield { from: table, name, at: ["plan", String(index), "include", `${word}:`], to, target };
    }
  }
}

/** The value with another text at a place; a last key that ends in `:` is what the text begins with. */
function withValue(value: unknown, at: readonly string[], text: string): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return text;
  if (typeof value === "string") return `${key}${text}`;
  if (Array.isArray(value)) {
    return value.map((item, index) => String(index) === key ? withValue(item, rest, text) : item);
  }
  const fields = value as Record<string, unknown>;
  return { ...fields, [key]: withValue(fields[key], rest, text) };
}
