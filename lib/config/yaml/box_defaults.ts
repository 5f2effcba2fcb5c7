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
 * An image with the defaults of its files; anything else as it is.
 *
 * @param onImage whether its base is an image of the project: then it has the rest from that one
 */
export function withBoxDefaults(
  entity: YamlEntity,
  defaults: Readonly<Record<string, unknown>>,
  onImage: boolean,
): YamlEntity {
  if (entity.table !== "boxes" || entity.value["dataImage"] === true) return entity;
  const fromBase = inherited.map(camelCase);
  const missing = Object.entries(defaults).filter(([name]) =>
    !(name in entity.value) && !(onImage && fromBase.includes(name))
  );
  if (missing.length === 0) return entity;
  return { ...entity, value: { ...entity.value, ...Object.fromEntries(missing) } };
}
