/** What a deploy of the Go tool recorded, as items of an undo: replayed by the driver, journalled, tried again where it failed. */
import { CharlyError } from "../base/errors.ts";
import { adopt } from "../ledger/adopt.ts";
import { findAdopted, foreignRecords, opResource } from "../ledger/go_ops.ts";
import { type GoCandyRecord, type GoDeployRecord, type GoRecords, readGoRecords } from "../ledger/go_records.ts";
import type { Claim, RunIntent } from "../ledger/record.ts";
import type { UndoOptions } from "../ledger/undo.ts";
import type { Level } from "../steps/act.ts";
import type { ReverseOp } from "../steps/reverse_op.ts";
import { reverseOpScript } from "../steps/reverse_op_script.ts";
import type { LevelUndo } from "./assess.ts";
import type { HostSession } from "./session.ts";
import type { StoreRead } from "./store_state.ts";

/** The part of an undo that the Go tool's records ask for. */
export interface AdoptedUndo {
  readonly head: RunIntent["deploy"];
  readonly items: readonly LevelUndo[];
  readonly notes: readonly string[];
}

/** The records beside a store. @throws {CharlyError} `ledger-corrupt`, `ledger-old`, `ledger-newer`, naming the file */
export function goRecordsIn(store: StoreRead | undefined): GoRecords {
  if (store === undefined) return { deploys: [], layers: [] };
  const place = store.root.slice(0, store.root.lastIndexOf("/"));
  return readGoRecords([...store.goRecords].map(([name, text]) => [name, text, `${place}/${name}`]));
}

/** The records that can be read: repairing, where broken ones that are ours are written anew. */
export function readableGoRecords(store: StoreRead): GoRecords {
  const deploys: GoDeployRecord[] = [];
  const layers: GoCandyRecord[] = [];
  for (const [name, text] of store.goRecords) {
    try {
      const read = readGoRecords([[name, text]]);
      deploys.push(...read.deploys);
      layers.push(...read.layers);
    } catch (error) {
      if (!(error instanceof CharlyError)) throw error;
    }
  }
  return { deploys, layers };
}

/**
 * Plans the replay of what the Go tool recorded of a deploy, below everything charly's own ledger holds of it.
 *
 * @param own deploy ids charly's ledger knows
 * @param n the first number that is free
 */
export function adoptedUndo(
  session: HostSession,
  store: StoreRead | undefined,
  wanted: { readonly id: string; readonly bundle?: string },
  own: ReadonlySet<string>,
  options: UndoOptions,
  n: number,
): AdoptedUndo | undefined {
  const records = foreignRecords(goRecordsIn(store), own);
  const deploy = findAdopted(records, wanted.id, wanted.bundle, session.venue === "local");
  if (deploy === undefined) return undefined;
  const isOwn = own.has(deploy.deploy_id);
  const found = adopt(records, deploy.deploy_id, options);
  if (found === undefined) return undefined;
  // What our own claims stood for has its own way back; the environment file of a shared candy is one of those.
  const ops = found.ops.filter(({ op }) => !isOwn || op.kind !== "remove-envd-file");
  if (isOwn && ops.length === 0 && found.released.length === 0) return undefined;
  const at = session.facts;
  const items = [
    ...ops.map(({ candy, op }) => itemOf(deploy, candy, op, at.home, at.tools.includes("bash"), options)),
    ...found.released.map(({ candy, op }) => releasedOf(deploy, candy, op)),
    ...(found.reloads ? reloadsOf(deploy, ops.map(({ op }) => op)) : []),
    recordOf(deploy),
  ].map((item, index) => ({ ...item, n: n + index }));
  return { head: headOf(deploy, session), items, notes: found.notes };
}

function headOf(deploy: GoDeployRecord, session: HostSession): RunIntent["deploy"] {
  return {
    deploy_id: deploy.deploy_id,
    project: "",
    bundle: deploy.image,
    user: session.facts.user,
    target: deploy.target,
    candies: [...deploy.candy, ...deploy.add_candy ?? []],
    candy_versions: {},
    plan_digest: "",
  };
}

function itemOf(
  deploy: GoDeployRecord,
  candy: string,
  op: ReverseOp,
  home: string,
  bash: boolean,
  options: UndoOptions,
): Omit<LevelUndo, "n"> {
  try {
    const { level, script } = reverseOpScript(op, home);
    return undoItem(deploy, candy, opResource(deploy.deploy_id, candy, op), wordsOf(op), level, script, bash, options);
  } catch (error) {
    if (!(error instanceof CharlyError)) throw error;
    if (options.force) return releasedOf(deploy, candy, op);
    // It cannot be replayed: it fails on record, by name, and the rest goes on.
    const text = `printf '%s\\n' "$CHARLY_WHY" >&2; exit 1`;
    const item = undoItem(
      deploy,
      candy,
      opResource(deploy.deploy_id, candy, op),
      wordsOf(op),
      "user",
      text,
      false,
      options,
    );
    return withEnv(item, { CHARLY_WHY: error.message });
  }
}

function undoItem(
  deploy: GoDeployRecord,
  candy: string,
  resource: string,
  summary: string,
  level: Level,
  script: string,
  bash: boolean,
  options: UndoOptions,
): Omit<LevelUndo, "n"> {
  const claim: Claim = {
    resource,
    candy,
    step: 0,
    summary,
    digest: "0".repeat(16),
    reversibility: "best-effort",
    state: "done",
    seq: 0,
    want: {
      type: "command",
      shell: bash ? "bash" : "sh",
      undo: { text: script, at: "in-place" },
      touches: [],
      secrets: [],
      env: {},
    },
  };
  return {
    level,
    item: { deploy: deploy.deploy_id, resource, claim, how: "undo", options, note: "recorded by the Go charly" },
  };
}

function withEnv(item: Omit<LevelUndo, "n">, env: Readonly<Record<string, string>>): Omit<LevelUndo, "n"> {
  const { claim } = item.item;
  if (claim?.want.type !== "command") return item;
  return { ...item, item: { ...item.item, claim: { ...claim, want: { ...claim.want, env } } } };
}

function releasedOf(deploy: GoDeployRecord, candy: string, op: ReverseOp): Omit<LevelUndo, "n"> {
  const resource = opResource(deploy.deploy_id, candy, op);
  const item = undoItem(deploy, candy, resource, wordsOf(op), "user", ":", false, {});
  return { ...item, item: { ...item.item, how: "release", note: "kept as it is" } };
}

/** The record itself, which goes when everything before it is taken back. */
function recordOf(deploy: GoDeployRecord): Omit<LevelUndo, "n"> {
  const item = undoItem(deploy, "", `go:${deploy.deploy_id}::record`, "the Go charly's record", "user", ":", false, {});
  return { ...item, item: { ...item.item, how: "drop" } };
}

/** Unit files went: both managers whose units were touched read theirs again. */
function reloadsOf(deploy: GoDeployRecord, ops: readonly ReverseOp[]): Omit<LevelUndo, "n">[] {
  const kinds = new Set(["service-disable", "service-remove", "remove-dropin", "restore-enabled"]);
  const scopes = new Set(ops.filter(({ kind }) => kinds.has(kind)).map(({ scope }) => (scope ?? 0) === 0));
  return [...scopes].map((system) =>
    undoItem(
      deploy,
      "",
      `go:${deploy.deploy_id}::reload-${system ? "system" : "user"}`,
      `systemctl ${system ? "" : "--user "}daemon-reload`,
      system ? "root" : "user",
      `! command -v systemctl >/dev/null || systemctl ${system ? "" : "--user "}daemon-reload || :`,
      false,
      {},
    )
  );
}

function wordsOf(op: ReverseOp): string {
  return [op.kind, ...op.targets ?? []].join(" ");
}
