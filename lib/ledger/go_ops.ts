/** Ops in the Go tool's records: which are charly's own, and what each is called while it is taken back. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../base/canonical_json.ts";
import type { ReverseOp } from "../steps/reverse_op.ts";
import type { GoCandyRecord, GoDeployRecord, GoRecords } from "./go_records.ts";

/** The Go tool keeps what it finds in `extra`: there charly's ops say whose they are. */
const owner = "charly-deno";

/** The op as charly writes it into a record. */
export function markOwn(op: ReverseOp): ReverseOp {
  return { ...op, extra: { ...op.extra, by: owner } };
}

/** Whether charly wrote the op; the way back of such a step stands in charly's own ledger. */
export function isOwn(op: ReverseOp): boolean {
  return op.extra?.["by"] === owner;
}

/** A candy record's ops without charly's. */
export function foreignOps(layer: GoCandyRecord): readonly ReverseOp[] {
  return (layer.reverse_ops ?? []).filter((op) => !isOwn(op));
}

/** The records without what charly derived: candies that only charly's ledger knows are not in it. */
export function foreignRecords(records: GoRecords, own: ReadonlySet<string>): GoRecords {
  return {
    deploys: records.deploys,
    layers: records.layers.flatMap((layer) => {
      const ops = foreignOps(layer);
      const isOurs = ops.length === 0 && layer.deployed_by.every((id) => own.has(id));
      return isOurs ? [] : [{ ...layer, reverse_ops: ops }];
    }),
  };
}

/** The resource an op goes by in a journal: the same as long as the record says the same. */
export function opResource(deploy: string, candy: string, op: ReverseOp): string {
  const digest = createHash("sha256").update(canonicalJson(op)).digest("hex").slice(0, 16);
  return `go:${deploy}:${candy}:${digest}`;
}

/**
 * The deploy a bundle is known by: its id, else the bundle's name, since older versions put more into the hash.
 *
 * @param here whether the records are those of the machine a user works at, which also name deploys to other machines
 */
export function findAdopted(
  records: GoRecords,
  id: string,
  bundle: string | undefined,
  here: boolean,
): GoDeployRecord | undefined {
  const at = records.deploys.filter((deploy) => !here || isHere(deploy));
  return at.find(({ deploy_id }) => deploy_id === id) ?? at.find(({ image }) => image === bundle);
}

/** Whether a record in a user's own tree is about this machine; those of guests and containers stand there too. */
export function isHere(deploy: GoDeployRecord): boolean {
  return deploy.target === "local" || deploy.target === "host" || deploy.target === "";
}
