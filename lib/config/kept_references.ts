/** References of what charly keeps: templates, agents, sidecars, groups, distributions, builders. */
import type { Lifetime } from "../entities/deployment.ts";
import type { Entities, Reference } from "./references.ts";

/** Tables of deployments that are templates as well. */
export const deploymentTables = ["pods", "k8s", "androids"] as const;

/** A deployment or a group, wherever it is kept. */
export interface Kept {
  readonly from: "bundles" | "groups" | typeof deploymentTables[number];
  readonly name: string;
  /** Where its fields stand below the entity. */
  readonly at: readonly string[];
  readonly fields: Partial<Lifetime>;
}

/** Every deployment and group, with the fields they share; a bundle keeps most of them aside. */
export function* lifetimes(entities: Entities): Generator<Kept> {
  for (const [name, { keep = {} }] of entities.bundles) yield { from: "bundles", name, at: ["keep"], fields: keep };
  for (const from of [...deploymentTables, "groups"] as const) {
    for (const [name, fields] of entities[from]) yield { from, name, at: [], fields };
  }
}

/** A word of several rows: `debian-13` and `debian:13` are a release of `debian`. */
export function distroName(tag: string, known: { readonly has: (name: string) => boolean }): string {
  return known.has(tag) ? tag : tag.replace(/[-:]\d.*$/, "");
}

/** A name without the prefix of the import it came from. */
export function bareName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** Every reference of the kept tables, and of others to them. */
export function* keptReferences(entities: Entities): Generator<Reference> {
  for (const from of deploymentTables) {
    for (const [name, { from: template, addCandy = [], sidecar }] of entities[from]) {
      if (template !== undefined) yield { from, name, at: ["from"], to: from, target: template };
      for (const [index, target] of addCandy.entries()) {
        if (!target.startsWith("@")) yield { from, name, at: ["addCandy", String(index)], to: "candies", target };
      }
      yield* sidecarReferences(from, name, sidecar);
    }
  }
  for (const [name, { box, from }] of entities.androids) {
    if (box !== undefined && from === undefined && !/[/:]/.test(box)) {
      yield { from: "androids", name, at: ["box"], to: "boxes", target: box };
    }
  }
  for (const { from, name, at, fields } of lifetimes(entities)) {
    // What a bundle keeps aside is no schema's: it may be anything.
    const agent = fields.iterate?.agent as unknown;
    if (typeof agent === "string") yield { from, name, at: [...at, "iterate", "agent"], to: "agents", target: agent };
    const group = fields.memberOf as unknown;
    if (typeof group === "string") yield { from, name, at: [...at, "memberOf"], to: "groups", target: group };
  }
  for (const [name, { inherits }] of entities.distros) {
    if (inherits !== undefined) yield { from: "distros", name, at: ["inherits"], to: "distros", target: inherits };
  }
  for (const [name, { source }] of entities.vms) {
    if (source?.kind !== "bootstrap") continue;
    yield { from: "vms", name, at: ["source", "builder"], to: "builders", target: source.builder };
    const target = distroName(source.distro, entities.distros);
    const around = ["", source.distro.slice(target.length)] as const;
    yield { from: "vms", name, at: ["source", "distro"], to: "distros", target, around };
  }
  for (const [name, { from, init }] of entities.boxes) {
    if (from !== undefined) {
      const target = from.replace(/^builder:/, "");
      const around = [from.slice(0, from.length - target.length), ""] as const;
      yield { from: "boxes", name, at: ["from"], to: "builders", target, around };
    }
    if (init !== undefined) yield { from: "boxes", name, at: ["init"], to: "inits", target: init };
  }
}

/** Sidecars are taken by name, unless they are declared where they are used. */
function* sidecarReferences(
  from: typeof deploymentTables[number],
  name: string,
  sidecar: unknown,
): Generator<Reference> {
  if (Array.isArray(sidecar)) {
    for (const [index, use] of (sidecar as { readonly sidecar: { readonly name: string } }[]).entries()) {
      const target = use.sidecar.name;
      yield { from, name, at: ["sidecar", String(index), "sidecar", "name"], to: "sidecars", target };
    }
    return;
  }
  const overrides = Object.entries((sidecar ?? {}) as Record<string, { readonly image?: string } | null>);
  for (const [target, override] of overrides) {
    if (override?.image !== undefined) continue;
    yield { from, name, at: ["sidecar", target], to: "sidecars", target, isKey: true };
  }
}
