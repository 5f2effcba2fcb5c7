/** Names with prefixes: what a name inside an imported file means, and what `alias.name` means outside of it. */
import { own } from "../../base/own.ts";
import type { TableName } from "../../entities/config_schema.ts";
import { keptReferences } from "../kept_references.ts";
import { tableNames } from "../merge.ts";
import { type Entities, type Reference, references } from "../references.ts";
import { includeMeanings } from "../rules/include.ts";
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
  const checked = tables as unknown as Entities;
  const found = Map.groupBy(
    [
      ...[...references(checked), ...keptReferences(checked)].map((it): Named => ({ ...it, to: [it.to] })),
      ...otherReferences(entities),
    ],
    ({ from, name }) => `${from}\0${name}`,
  );
  return entities.map((entity) => {
    const namespace = namespaceOf(entity);
    let { value } = entity;
    for (const { at, to, target, around = ["", ""], isKey } of found.get(`${entity.table}\0${entity.name}`) ?? []) {
      const whole = meaning(target, namespace, aliases, (name) => to.some((table) => tables[table].has(name)));
      if (whole === undefined || whole === target) continue;
      value = withText(value, at, `${around[0]}${whole}${around[1]}`, isKey === true) as Record<string, unknown>;
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

/** A reference to one of several tables. */
interface Named extends Omit<Reference, "to"> {
  readonly to: readonly TableName[];
}

/** References that are no `Reference`: an image may be one of a registry, and the word of an include has several meanings. */
function* otherReferences(entities: readonly YamlEntity[]): Generator<Named> {
  for (const { table, name, value, kind } of entities) {
    const { image, plan } = value;
    if ((kind === "pod" || kind === "k8s") && typeof image === "string") {
      yield { from: table, name, at: ["image"], to: ["boxes"], target: image };
    }
    for (const [index, entry] of (Array.isArray(plan) ? plan : []).entries()) {
      const included = (entry as { readonly include?: unknown } | null)?.include;
      if (typeof included !== "string") continue;
      const [word = "", target = ""] = included.split(/:(.*)/s);
      const to = own(includeMeanings, word) ?? [];
      yield { from: table, name, at: ["plan", String(index), "include"], to, target, around: [`${word}:`, ""] };
    }
  }
}

/** The value with another text at a place, or with another key. */
function withText(value: unknown, [key, ...rest]: readonly string[], text: string, isKey: boolean): unknown {
  if (key === undefined) return text;
  if (Array.isArray(value)) {
    return value.map((item, index) => String(index) === key ? withText(item, rest, text, isKey) : item);
  }
  const fields = value as Record<string, unknown>;
  if (isKey && rest.length === 0) {
    return Object.fromEntries(Object.entries(fields).map(([it, inside]) => [it === key ? text : it, inside]));
  }
  return { ...fields, [key]: withText(fields[key], rest, text, isKey) };
}
