/** A deploy of the Go tool, taken over: its recorded ops in the order in which replaying them restores. */
import { envDir } from "../base/names.ts";
import type { ReverseOp } from "../steps/reverse_op.ts";
import type { GoCandyRecord, GoDeployRecord, GoRecords } from "./go_records.ts";

/** One op to replay, and the candy it belongs to. */
export interface AdoptedOp {
  readonly candy: string;
  readonly op: ReverseOp;
}

/** A Go deploy as charly undoes it; its class is best effort. */
export interface AdoptedDeploy {
  readonly deploy: GoDeployRecord;
  /** Last recorded first, with the services' order mended. */
  readonly ops: readonly AdoptedOp[];
  /** Ops that options leave alone. */
  readonly released: readonly AdoptedOp[];
  /** Candy records to write afterwards (still deployed by others), and to delete. */
  readonly rewritten: readonly GoCandyRecord[];
  readonly removed: readonly string[];
  /** Services were changed: both managers want a reload at the end. */
  readonly reloads: boolean;
  readonly notes: readonly string[];
}

/** What an undo of an adopted deploy may leave alone. */
export interface AdoptOptions {
  readonly keepServices?: boolean;
  readonly keepRepoChanges?: boolean;
}

/** What `--keep-services` leaves alone. */
const serviceKinds: ReadonlySet<string> = new Set([
  "service-disable",
  "service-remove",
  "remove-dropin",
  "restore-enabled",
]);
/** What `--keep-repo-changes` leaves alone. */
const repositoryKinds: ReadonlySet<string> = new Set(["remove-repo-file", "copr-disable"]);

/**
 * Takes over one deploy.
 *
 * @param records every record of the tree
 * @param id its deploy id
 * @returns `undefined` when the tree has no such deploy
 */
export function adopt(records: GoRecords, id: string, options: AdoptOptions = {}): AdoptedDeploy | undefined {
  const deploy = records.deploys.find(({ deploy_id }) => deploy_id === id);
  if (deploy === undefined) return undefined;
  const layers = new Map(records.layers.map((layer) => [layer.candy, layer]));
  // Some versions keep one record for the whole deploy, which its candy list does not name.
  const unnamed = records.layers.filter(({ candy, deployed_by }) =>
    deployed_by.includes(id) && !deploy.candy.includes(candy) && !deploy.add_candy?.includes(candy)
  );
  const names = [...new Set([...deploy.candy, ...deploy.add_candy ?? [], ...unnamed.map(({ candy }) => candy)])];
  const ops: AdoptedOp[] = [];
  const released: AdoptedOp[] = [];
  const rewritten: GoCandyRecord[] = [];
  const removed: string[] = [];
  const notes: string[] = [];
  for (const candy of names.toReversed()) {
    const layer = layers.get(candy);
    if (layer === undefined) {
      notes.push(`${candy}: no record says what it did`);
      continue;
    }
    const others = layer.deployed_by.filter((other) => other !== id);
    if (others.length > 0) {
      rewritten.push({ ...layer, deployed_by: others });
      notes.push(`${candy}: stays, ${others.join(", ")} has it too`);
      continue;
    }
    removed.push(candy);
    const environment = { kind: "remove-envd-file", scope: 1, targets: [`~/${envDir}/${candy}.env`] } as const;
    for (const op of [...mended(layer.reverse_ops ?? []), environment]) {
      const isKept = (options.keepServices && serviceKinds.has(op.kind)) ||
        (options.keepRepoChanges && repositoryKinds.has(op.kind));
      (isKept ? released : ops).push({ candy, op });
    }
  }
  const reloads = ops.some(({ op }) => serviceKinds.has(op.kind));
  return { deploy, ops, released, rewritten, removed, reloads, notes };
}

/**
 * Last in, first out; but the Go tool recorded a unit's ops so that replaying them enabled it before it was disabled, or removed
 * its file while it ran. A unit is disabled first, whatever the record says.
 */
function mended(ops: readonly ReverseOp[]): ReverseOp[] {
  const out = ops.toReversed();
  for (let at = 0; at < out.length; at++) {
    const op = out[at];
    if (op === undefined || op.kind !== "service-disable") continue;
    const first = out.findIndex((other, index) =>
      index < at && (other.kind === "restore-enabled" || other.kind === "service-remove") && sharesUnit(op, other)
    );
    if (first >= 0) {
      out.splice(at, 1);
      out.splice(first, 0, op);
    }
  }
  return out;
}

function sharesUnit(a: ReverseOp, b: ReverseOp): boolean {
  const units = new Set((a.targets ?? []).map(unitName));
  return (a.scope ?? 0) === (b.scope ?? 0) && (b.targets ?? []).some((target) => units.has(unitName(target)));
}

/** `nginx`, `nginx.service` and `/etc/systemd/system/nginx.service` are one unit. */
function unitName(target: string): string {
  const name = target.slice(target.lastIndexOf("/") + 1);
  return name.includes(".") ? name : `${name}.service`;
}
