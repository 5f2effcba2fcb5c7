/** What the Go tool's records have to say after a run: ours derived anew, those of its own deploys as far as they were replayed. */
import { goRecordsOf } from "./go_from_ledger.ts";
import { canonicalJson } from "../base/canonical_json.ts";
import type { LedgerState } from "../ledger/draft.ts";
import { foreignOps, markOwn, opResource } from "../ledger/go_ops.ts";
import { type GoCandyRecord, type GoDeployRecord, type GoRecords, goRecordText } from "../ledger/go_records.ts";
import { parseJournal } from "../ledger/journal.ts";
import type { StoreState } from "../ledger/record.ts";
import { gatherEvents } from "../ledger/run_events.ts";
import type { ReverseOp } from "../steps/reverse_op.ts";

/** What a commit knows. */
export interface GoInput {
  /** The records as they are. */
  readonly records: GoRecords;
  /** Stores before the commit, with the journals of its runs. */
  readonly stores: readonly StoreState[];
  /** The same folded. */
  readonly user: LedgerState;
  readonly root?: LedgerState;
}

/** Files below the Go tool's tree: texts to write, names to remove. */
export interface GoChanges {
  readonly write: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** Which records a commit changes. Pure: the same stores give the same records. */
export function goChanges(input: GoInput): GoChanges {
  const { records, stores, user, root } = input;
  const now = [user, ...root === undefined ? [] : [root]];
  const present = new Set(now.flatMap(({ ledgers }) => Object.keys(ledgers)));
  const known = new Set([...present, ...stores.flatMap(ownIds)]);
  const replay = replayed(stores);
  const layers = new Map(records.layers.map((layer) => [layer.candy, layer]));
  const derived = new Map<string, GoCandyRecord>();
  const wanted = new Map<string, GoDeployRecord | GoCandyRecord>();
  for (const id of present) {
    const ours = goRecordsOf({ user, ...(root === undefined ? {} : { root }) }, id);
    if (ours === undefined) continue;
    wanted.set(deployFile(id), ours.deploy);
    for (const layer of ours.layers) derived.set(layer.candy, merged(derived.get(layer.candy), layer));
  }
  for (const candy of new Set([...layers.keys(), ...derived.keys()])) {
    const layer = layerAfter(layers.get(candy), derived.get(candy), { known, present, ...replay });
    if (layer !== undefined) wanted.set(layerFile(candy), layer);
  }
  for (const deploy of records.deploys) {
    const id = deploy.deploy_id;
    const isLeft = [...wanted].some(([file, record]) =>
      file.startsWith("layers/") && "deployed_by" in record && record.deployed_by.includes(id)
    );
    const isOver = replay.done.has(id) || (known.has(id) && !present.has(id));
    if (!present.has(id) && !(isOver && !isLeft)) wanted.set(deployFile(id), deploy);
  }
  return difference(records, wanted);
}

/** Two of our deploys share a candy: both ids, and the ops of both. */
function merged(a: GoCandyRecord | undefined, b: GoCandyRecord): GoCandyRecord {
  if (a === undefined) return b;
  const ops = [...a.reverse_ops ?? [], ...b.reverse_ops ?? []];
  const newer = a.deployed_at > b.deployed_at ? a : b;
  return {
    ...newer,
    deployed_by: [...new Set([...a.deployed_by, ...b.deployed_by])].sort(),
    ...(ops.length === 0 ? {} : { reverse_ops: ops }),
  };
}

interface Around {
  readonly known: ReadonlySet<string>;
  readonly present: ReadonlySet<string>;
  readonly done: ReadonlySet<string>;
  readonly gone: ReadonlySet<string>;
}

/** A candy's record: what the Go tool recorded and nobody has replayed yet, below what we did. */
function layerAfter(
  before: GoCandyRecord | undefined,
  ours: GoCandyRecord | undefined,
  { known, present, done, gone }: Around,
): GoCandyRecord | undefined {
  const ops = before === undefined
    ? []
    : foreignOps(before).filter((op) => !before.deployed_by.some((id) => gone.has(opResource(id, before.candy, op))));
  const stays = (id: string): boolean => {
    if (ours?.deployed_by.includes(id)) return true;
    if (done.has(id)) return false;
    // Its ops are all there is of this candy: until they are replayed, the deploy has it.
    return known.has(id) ? ops.length > 0 : true;
  };
  const ids = [...new Set([...(before?.deployed_by ?? []).filter(stays), ...ours?.deployed_by ?? []])].sort();
  if (ids.length === 0) return undefined;
  if (ours === undefined) {
    const { reverse_ops: _ops, ...rest } = before!;
    if (present.size === 0 && canonicalJson(before?.reverse_ops ?? []) === canonicalJson(ops)) {
      return { ...before!, deployed_by: ids };
    }
    return { ...rest, deployed_by: ids, ...(ops.length === 0 ? {} : { reverse_ops: ops }) };
  }
  const all: ReverseOp[] = [...ops, ...(ours.reverse_ops ?? []).map(markOwn)];
  const { reverse_ops: _own, ...rest } = ours;
  return { ...rest, deployed_by: ids, ...(all.length === 0 ? {} : { reverse_ops: all }) };
}

function ownIds(store: StoreState): string[] {
  return [
    ...Object.keys(store.ledgers),
    ...store.open.flatMap(({ intent }) => intent?.mode === "add" ? [intent.deploy.deploy_id] : []),
  ];
}

/** What the journals say of replayed ops: resources that are taken back, and deploys of which all are. */
function replayed(stores: readonly StoreState[]): { gone: Set<string>; done: Set<string> } {
  const gone = new Set<string>();
  const dels = new Map<string, string[]>();
  for (const { intent, journal } of stores.flatMap(({ open }) => open)) {
    const { opening, acts } = gatherEvents(parseJournal(journal).records);
    if (opening === undefined || intent?.mode !== "del") continue;
    for (const { deploy, resource } of intent.reverts) {
      if (resource.startsWith("go:")) dels.set(deploy, [...dels.get(deploy) ?? [], resource]);
    }
    for (const { undoing, undone } of acts) {
      if (undoing === undefined || !undoing.startsWith("go:")) continue;
      if (undone !== undefined && undone.result !== "failed" && undone.result !== "kept") gone.add(undoing);
    }
  }
  const done = [...dels].filter(([, resources]) => resources.every((resource) => gone.has(resource)));
  return { gone, done: new Set(done.map(([id]) => id)) };
}

function difference(
  records: GoRecords,
  wanted: ReadonlyMap<string, GoDeployRecord | GoCandyRecord>,
): GoChanges {
  const before = new Map<string, GoDeployRecord | GoCandyRecord>([
    ...records.deploys.map((deploy) => [deployFile(deploy.deploy_id), deploy] as const),
    ...records.layers.map((layer) => [layerFile(layer.candy), layer] as const),
  ]);
  const write = [...wanted].filter(([file, record]) => canonicalJson(before.get(file)) !== canonicalJson(record));
  return {
    write: new Map(write.map(([file, record]) => [file, goRecordText(record)])),
    remove: [...before.keys()].filter((file) => !wanted.has(file)),
  };
}

function deployFile(id: string): string {
  return `deploys/${fileName(id)}.json`;
}

function layerFile(candy: string): string {
  return `layers/${fileName(candy)}.json`;
}

/** Candies out of other repositories have slashes in their names. */
function fileName(name: string): string {
  return encodeURIComponent(name).replace(/^\.+/, (dots) => "%2E".repeat(dots.length));
}
