/** `defaults` that are about images: an image that says nothing itself has them. */
import { camelCase } from "../../base/camel_case.ts";
import type { YamlEntity } from "./entity.ts";
import { Problems } from "./problem.ts";
import { ShapeReader } from "./read_shape.ts";
import type { Shape } from "./shape.ts";
import { boxShape } from "./shapes/box.ts";
import type { Entry } from "./tree.ts";

/** Fields an image has from its defaults, whatever it is built on. */
const always = ["platform", "tag", "registry", "user", "uid", "gid", "user_policy", "init"];
/** Fields an image built on another one has from that one. */
const inherited = ["build", "distro", "builder"];

/** A default as an image has it; nothing when images have no place for it, or when it is not what they would take. */
export function readBoxDefault({ key, value }: Entry): readonly [name: string, value: unknown] | undefined {
  if (![...always, ...inherited].includes(key)) return undefined;
  const shape: Shape | undefined = key === "distro" ? boxShape.data.distro : boxShape.fields.fields[key]?.shape;
  const problems = new Problems();
  const read = shape === undefined ? undefined : new ShapeReader(problems, new Map()).read(shape, value, [key]);
  return read === undefined || problems.failed ? undefined : [camelCase(key), read];
}

/**
 * Images with the defaults of their project.
 *
 * @param entities of one namespace
 */
export function withBoxDefaults(
  entities: readonly YamlEntity[],
  defaults: Readonly<Record<string, unknown>>,
): readonly YamlEntity[] {
  const boxes = new Set(entities.filter(({ table }) => table === "boxes").map(({ name }) => name));
  const names = Object.keys(defaults);
  if (boxes.size === 0 || names.length === 0) return entities;
  const fromBase = inherited.map(camelCase);
  return entities.map((entity) => {
    if (entity.table !== "boxes" || entity.value["dataImage"] === true) return entity;
    const base = entity.value["base"];
    // A base of another namespace, and one of this project by any name, is an image like this one.
    const onAnother = typeof base === "string" && (boxes.has(base) || boxes.has(prefixed(entity.name, base)));
    const missing = names.filter((name) => !(name in entity.value) && !(onAnother && fromBase.includes(name)));
    if (missing.length === 0) return entity;
    return {
      ...entity,
      value: { ...entity.value, ...Object.fromEntries(missing.map((name) => [name, defaults[name]])) },
    };
  });
}

function prefixed(name: string, base: string): string {
  const at = name.lastIndexOf(".");
  return at === -1 ? base : `${name.slice(0, at)}.${base}`;
}
