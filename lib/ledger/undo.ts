/** The way back, planned from the ledger alone: no configuration, no planner, nothing asked of the target. */
import type { LedgerState } from "./draft.ts";
import { orderUndo } from "./undo_order.ts";
import { hostOf, isRepositoryClaim, isUnder, pathOfResource, pathsOf } from "./paths.ts";
import type { Claim, Prior, Want } from "./record.ts";
import { wayBack } from "./way_back.ts";

/** What `del` may be asked to leave alone, or not to. */
export interface UndoOptions {
  /** Leave units and their files as they are; their claims are given up. */
  readonly keepServices?: boolean;
  /** Leave package sources and signing keys as they are; their claims are given up. */
  readonly keepRepoChanges?: boolean;
  /** Move what was edited since to `kept/` and restore. Decided on the target; carried here for the driver. */
  readonly force?: boolean;
  /** Remove packages without purging their data. */
  readonly keepData?: boolean;
  /** Upgrades: what the new plan wants. Its packages stay, and so do the directories it writes into. */
  readonly planned?: readonly Want[];
}

/** One thing to take back. */
export interface UndoItem {
  readonly deploy: string;
  readonly resource: string;
  /** Absent for implicit parent directories. */
  readonly claim?: Claim;
  /**
   * `base`: what was there before charly returns. `surface`: what the next claim wants returns. `undo`: the author's undo
   * text runs. `drop`: only the claim goes. `release`: it stays on the target and is listed as such.
   */
  readonly how: "base" | "drop" | "surface" | "undo" | "release";
  /** With `base`: what returns; of a block, what the file was before its first block. */
  readonly base?: Prior;
  /** With `surface`: the claim underneath and its deploy. */
  readonly surface?: { readonly deploy: string; readonly claim: Claim };
  /** Packages and trees: refs of their transactions, newest first; each is taken back by itself. */
  readonly transactions?: readonly string[];
  /** Packages other claims still ask for. */
  readonly keepNames?: readonly string[];
  /** Blocks: no other block of ours is left in the file afterwards, so the original inode may return. */
  readonly last?: boolean;
  /** Commands: files its author declared, with what they were before. */
  readonly touched?: readonly { readonly resource: string; readonly path: string; readonly base: Prior }[];
  /** Packages that may go in one transaction with their neighbours carry the same number. */
  readonly group?: number;
  readonly options: UndoOptions;
  /** For people. */
  readonly note?: string;
}

/**
 * Everything a deploy holds, in the order of taking back: by position downwards, directories after what is in them, implicit
 * parents and made directories deepest first, undo commands declared `at: "end"` last.
 */
export function planUndo(state: LedgerState, deploy: string, options: UndoOptions = {}): UndoItem[] {
  const all = state.ledgers[deploy]?.claims.map(({ resource }) => resource) ?? [];
  return planRevert(state, deploy, all, options);
}

/** The same for some of a deploy's resources: what an upgrade takes back. */
export function planRevert(
  state: LedgerState,
  deploy: string,
  resources: readonly string[],
  options: UndoOptions = {},
): UndoItem[] {
  const chosen = new Set(resources);
  const going = (state.ledgers[deploy]?.claims ?? []).filter(({ resource }) => chosen.has(resource));
  const staying = [...stayingClaims(state, deploy, chosen).map(({ want }) => want), ...options.planned ?? []];
  const items = going.map((claim) => planClaim(state, deploy, claim, staying, options));
  return lastBlocks(orderUndo([...items, ...orphanParents(state, deploy, staying, options)]), staying);
}

/** Marks the block after which none of ours is left in its file. */
function lastBlocks(items: readonly UndoItem[], staying: readonly Want[]): UndoItem[] {
  const blockPath = ({ claim, how }: UndoItem): string | undefined =>
    how === "base" && claim?.want.type === "block" ? claim.want.path : undefined;
  const kept = new Set(staying.flatMap((want) => want.type === "block" ? [want.path] : []));
  return items.map((item, index) => {
    const path = blockPath(item);
    if (path === undefined) return item;
    return { ...item, last: !kept.has(path) && !items.slice(index + 1).some((later) => blockPath(later) === path) };
  });
}

/** Claims of every deploy that are not taken back now. */
function stayingClaims(state: LedgerState, deploy: string, going: ReadonlySet<string>): readonly Claim[] {
  return Object.values(state.ledgers).flatMap(({ deploy_id, claims }) =>
    deploy_id === deploy ? claims.filter(({ resource }) => !going.has(resource)) : claims
  );
}

function planClaim(
  state: LedgerState,
  deploy: string,
  claim: Claim,
  staying: readonly Want[],
  options: UndoOptions,
): UndoItem {
  const item = { deploy, resource: claim.resource, claim, options };
  const resource = state.resources[claim.resource];
  if (resource === undefined || !resource.claims.some((other) => other.deploy === deploy)) {
    return { ...item, how: "drop", note: claim.state === "skipped" ? "it was skipped" : "nothing was done" };
  }
  const place = resource.claims.findIndex((other) => other.deploy === deploy);
  const below = resource.claims[place - 1];
  if (place < resource.claims.length - 1) {
    return { ...item, how: "drop", note: `still wanted by ${resource.claims.at(-1)?.deploy}` };
  }
  if (below !== undefined) {
    const next = state.ledgers[below.deploy]?.claims.find((other) => other.resource === claim.resource);
    if (next === undefined || below.digest === resource.claims[place]?.digest) {
      return { ...item, how: "drop", note: `still wanted by ${below.deploy}` };
    }
    return {
      ...item,
      how: "surface",
      surface: { deploy: below.deploy, claim: next },
      note: `${below.deploy} wants it so`,
    };
  }
  const isService = claim.want.type === "unit" || (claim.want.type === "file" && claim.want.reload !== undefined);
  if (options.keepServices && isService) return { ...item, how: "release", note: "services are kept" };
  if (options.keepRepoChanges && isRepositoryClaim(claim)) {
    return { ...item, how: "release", note: "repository changes are kept" };
  }
  const needed = claim.want.type === "dir" && resource.base.was === "absent" &&
    isNeeded(claim.want.path, staying);
  if (needed) return { ...item, how: "drop", note: "what others deployed stands in it" };
  const back = wayBack(claim, keptManager(claim, baseOf(state, claim, resource.base), staying));
  return { ...item, ...back, ...extras(state, claim, staying) };
}

/** While other units of the user stay, so does his manager, whoever made it stay first. */
function keptManager({ want }: Claim, base: Prior, staying: readonly Want[]): Prior {
  const isOfUser = (other: Want) => other.type === "unit" && other.manager === "user";
  if (base.was !== "value" || !isOfUser(want) || !staying.some(isOfUser)) return base;
  return { ...base, value: base.value.replace(/,linger$/, "") };
}

function isNeeded(path: string, staying: readonly Want[]): boolean {
  return staying.some((want) => pathsOf(want).some((other) => isUnder(other, path)));
}

/** A block's base is the file before its first block; the block itself was absent. */
function baseOf(state: LedgerState, claim: Claim, own: Prior): Prior {
  if (claim.want.type !== "block" || own.was !== "absent") return own;
  const host = hostOf(state.resources, claim.want.path);
  return (host === undefined ? undefined : state.resources[host]?.base) ?? own;
}

function extras(state: LedgerState, claim: Claim, staying: readonly Want[]): Partial<UndoItem> {
  const { want } = claim;
  if (want.type === "packages") {
    const names = new Set(
      staying.flatMap((other) => other.type === "packages" && other.format === want.format ? other.names : []),
    );
    return names.size === 0 ? {} : { keepNames: [...names].sort() };
  }
  if (want.type === "command" && want.touches.length > 0) {
    const touched = want.touches.flatMap((path) => {
      // Where a step of ours writes the same file, what the command found of it stands under a name of its own.
      const own = `host:${path}`;
      const id = state.resources[own] === undefined ? hostOf(state.resources, path) : own;
      const resource = id === undefined ? undefined : state.resources[id];
      return id === undefined || resource === undefined || resource.claims.length > 0
        ? []
        : [{ resource: id, path, base: resource.base }];
    });
    return touched.length === 0 ? {} : { touched };
  }
  return {};
}

/** Parents charly made that nothing of ours stands in any more, also those an earlier, interrupted undo left. */
function orphanParents(
  state: LedgerState,
  deploy: string,
  staying: readonly Want[],
  options: UndoOptions,
): UndoItem[] {
  return Object.entries(state.resources).flatMap(([id, resource]) => {
    const path = resource.path ?? pathOfResource(id);
    if (resource.implicit === undefined || resource.claims.length > 0 || path === undefined) return [];
    return isNeeded(path, staying) ? [] : [{
      deploy,
      resource: id,
      how: "base" as const,
      base: resource.base,
      options,
      note: "a parent directory charly made",
    }];
  });
}
