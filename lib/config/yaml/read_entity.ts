/** A node becomes an entity: of which table is decided by its kind and by what its value holds. */
import { own } from "../../base/own.ts";
import type { TableName } from "../../entities/config_schema.ts";
import type { YamlEntity } from "./entity.ts";
import { field, type Node } from "./node.ts";
import type { Problems } from "./problem.ts";
import { groupFieldsOf, keptDeployment, readBundle, readLocal } from "./read_bundle.ts";
import { readFields } from "./read_fields.ts";
import type { KindShape } from "./read_fields.ts";
import { boxShape } from "./shapes/box.ts";
import { candyShape } from "./shapes/candy.ts";
import { deploymentShape, groupShape } from "./shapes/deployment.ts";
import { templateShapes } from "./shapes/template.ts";
import { installerShapes, openShape, vocabularyShapes } from "./shapes/vocabulary.ts";
import { candyFieldsOf } from "./reshape_candy.ts";
import { boxFields, sizesOf, variablesOf } from "./reshape.ts";

/** Whom a node belongs to. */
export interface Owner {
  readonly node: Node;
  /** Name of the owner's entity. */
  readonly name: string;
}

/** Where a node stands. */
export interface Surroundings {
  readonly owner?: Owner;
  /** Directory of a layer's files, relative to the project. */
  readonly dir?: string;
  /** What stands before the names of its file: `""` or `alias.`. */
  readonly namespace?: string;
  /** Known to be a deployment, whatever it says: a part of one. */
  readonly deployment?: boolean;
}

/** The table of each kind that is kept. */
const keptTables: Readonly<Record<string, TableName>> = {
  pod: "pods",
  k8s: "k8s",
  android: "androids",
  agent: "agents",
  builder: "builders",
  distro: "distros",
  init: "inits",
  resource: "resources",
  sidecar: "sidecars",
};

/** Whether a candy is an image. */
export function isBox(node: Node): boolean {
  return node.kind === "candy" && (field(node, "base") ?? field(node, "from")) !== undefined;
}

/** Whether a node of a kind with templates is a deployment. */
export function isDeployment(node: Node, owner?: Owner): boolean {
  if (node.shorthand !== undefined || owner !== undefined || node.members.length > 0) return true;
  // A template has none of these: who writes one of them means a deployment, with or without a template.
  return ["from", "image", "host", "disposable", "lifecycle"].some((key) => field(node, key) !== undefined) ||
    node.data.has("add_candy");
}

/**
 * Reads a node and everything inside it.
 *
 * @param name what it is called: the node's key, for a layer its directory's name
 */
export function readEntities(
  node: Node,
  name: string,
  problems: Problems,
  place: Surroundings = {},
): YamlEntity[] {
  const entity = readEntity(node, name, problems, place);
  const inside = node.members.flatMap((member) => {
    const owner = { node, name };
    // What is deployed inside a venue has a path; the members of a group are known by their own names, but for those that an
    // agent makes: every bed may have one of that name.
    const { namespace = "" } = place;
    const made = field(member, "agent_provisioned");
    const own = node.kind === "group" && !(made?.is === "scalar" && made.value === true);
    const inner = own ? `${namespace}${member.name}` : `${name}.${member.name}`;
    return readEntities(member, inner, problems, { owner, namespace });
  });
  return [entity, ...inside];
}

function readEntity(
  node: Node,
  name: string,
  problems: Problems,
  { owner, dir, deployment = false }: Surroundings,
): YamlEntity {
  const entity = (
    table: TableName,
    shape: KindShape,
    change: (values: Record<string, unknown>) => Record<string, unknown> = (values) => values,
  ): YamlEntity => {
    const { values, places, broken, comments } = readFields(node, shape, problems);
    if (node.shorthand !== undefined) places.set(node.kind === "pod" ? "image" : "from", node.shorthand.at);
    const value = change({ ...values, ...shorthandOf(node), ...ownerOf(owner) });
    const comment = node.comment === undefined ? {} : { comment: node.comment };
    return { table, kind: node.kind, name, value, at: node.at, places, broken, comments, ...comment };
  };
  if (isBox(node)) return entity("boxes", boxShape, (values) => boxFields(variablesOf(values, node, problems)));
  if (node.kind === "candy") {
    return entity("candies", candyShape, (values) => ({
      ...candyFieldsOf(node, values, problems),
      ...(dir === undefined ? {} : { dir }),
    }));
  }
  if (node.kind === "group") return entity("groups", groupShape, (values) => groupFieldsOf(node, values, problems));
  const template = own<KindShape>(templateShapes, node.kind);
  if (template !== undefined) {
    if (deployment || isDeployment(node, owner)) {
      const nested = owner !== undefined && owner.node.kind !== "group";
      // What is deployed inside of something that charly does not build yet is kept like it.
      if (nested && keptTables[node.kind] === undefined) {
        return entity(
          "others",
          deploymentShape,
          ({ kind: work, ...values }) => ({
            ...keptDeployment(node, values, problems),
            ...(work === undefined ? {} : { keep: { kind: work } }),
            kind: node.kind,
          }),
        );
      }
      if (node.kind === "local" || node.kind === "vm") {
        return entity("bundles", deploymentShape, (values) => readBundle(node, values, problems));
      }
      return entity(keptTables[node.kind]!, deploymentShape, (values) => keptDeployment(node, values, problems));
    }
    if (node.kind === "vm") return entity("vms", template, sizesOf);
    if (node.kind === "local") return entity("locals", template, (values) => readLocal(node, values, problems));
    return entity(keptTables[node.kind]!, template);
  }
  const words = own<KindShape>(vocabularyShapes, node.kind);
  if (words !== undefined) return entity(keptTables[node.kind]!, words);
  const installer = own<KindShape>(installerShapes, node.kind) ?? openShape;
  return entity("others", installer, (values) => ({ ...values, kind: node.kind }));
}

/** `web: { pod: nginx }`: the image of a pod, what anything else is made from. */
function shorthandOf({ kind, shorthand }: Node): Record<string, unknown> {
  if (shorthand?.is !== "scalar") return {};
  return { [kind === "pod" ? "image" : "from"]: shorthand.text };
}

function ownerOf(owner: Owner | undefined): Record<string, unknown> {
  if (owner === undefined) return {};
  return owner.node.kind === "group" ? { memberOf: owner.name } : { inside: owner.name };
}
