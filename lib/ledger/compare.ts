/** An upgrade: the ledger of a deploy against its new plan, by resource and digest, not by position. */
import { CharlyError } from "../base/errors.ts";
import { checkClaims, checkOwner, type SharingOptions } from "./conflicts.ts";
import type { LedgerState } from "./draft.ts";
import { isRepositoryClaim } from "./paths.ts";
import type { Claim, DeployLedger, IntentAct, RunIntent } from "./record.ts";
import { isTransactional } from "./settle_act.ts";

/** What an upgrade is planned from. */
export interface CompareInput {
  /** Who deploys, what and where to. */
  readonly deploy: RunIntent["deploy"];
  /** This deploy's ledger, or the one of a name it had before (see {@link previousLedger}). */
  readonly old?: DeployLedger;
  /** The new plan, lowered, in its order. */
  readonly acts: readonly IntentAct[];
  /** Resources of steps whose gate is closed now: they are neither applied nor reverted. */
  readonly closed?: readonly { readonly resource: string; readonly gate: string }[];
  readonly state: LedgerState;
  readonly options?: SharingOptions;
}

/** An act that stands already. Its text may be new; the machine is left alone unless it drifted. */
export interface KeptAct {
  readonly claim: Claim;
  /** Absent where a closed gate keeps the claim. */
  readonly act?: IntentAct;
  readonly gate?: string;
}

/** An act to carry out. */
export interface AppliedAct {
  readonly act: IntentAct;
  /** `unsettled`: failed, unknown, skipped or half undone last time. */
  readonly why: "new" | "changed" | "unsettled";
  readonly before?: Claim;
  /** Other deploys that want the very same. */
  readonly sharedWith: readonly string[];
  /** Deploys whose claim this one covers (`--take-over`). */
  readonly covers: readonly string[];
}

/** A claim to take back. */
export interface RevertedClaim {
  readonly claim: Claim;
  /**
   * `gone`: the plan does not name it any more. `changed`: a command's old undo or an old archive, before the new one.
   * `shrunk`: packages its list does not name any more; the claim itself stays.
   */
  readonly why: "gone" | "changed" | "shrunk";
  /** Packages and repositories go after the new plan, the others before it. */
  readonly late: boolean;
}

/** The upgrade. */
export interface Comparison {
  readonly keep: readonly KeptAct[];
  readonly apply: readonly AppliedAct[];
  /** Newest first; those that are not `late` come first. */
  readonly revert: readonly RevertedClaim[];
  /** Acts a later act of the same plan covers: satisfied when that one is. */
  readonly covered: readonly { readonly act: IntentAct; readonly by: IntentAct }[];
  readonly notes: readonly string[];
}

/**
 * The ledger to compare a plan with: the deploy's own, else the one under a name it had before.
 *
 * @param was deploy ids of earlier names
 */
export function previousLedger(
  state: LedgerState,
  deploy: string,
  was: readonly string[] = [],
): DeployLedger | undefined {
  const own = state.ledgers[deploy];
  if (own !== undefined) return own;
  const found = was.flatMap((id) => state.ledgers[id] ?? []);
  if (found.length > 1) {
    throw new CharlyError(
      `rename a bundle: both ${found.map(({ bundle }) => bundle).join(" and ")} are deployed here`,
      {
        hint: "run `charly bundle del` for one of them, or name only one in `was`",
        code: "ambiguous-rename",
      },
    );
  }
  return found[0];
}

/**
 * Compares a plan with the ledger.
 *
 * Throws `other-project`, `candy-versions` or `claimed-elsewhere` where a run would take something from another deploy.
 */
export function compareDeploy(input: CompareInput): Comparison {
  const { old, acts, state, deploy } = input;
  const options = input.options ?? {};
  const notes = [...checkOwner(deploy, old, state, options)];
  const own = new Set([deploy.deploy_id, ...old === undefined ? [] : [old.deploy_id]]);
  const claims = new Map((old?.claims ?? []).map((claim) => [claim.resource, claim]));
  const last = new Map(acts.map((act) => [act.resource, act]));
  const keep: KeptAct[] = [];
  const apply: AppliedAct[] = [];
  const revert: RevertedClaim[] = [];
  const covered: { act: IntentAct; by: IntentAct }[] = [];
  for (const act of acts) {
    const by = last.get(act.resource);
    if (by !== undefined && by !== act) {
      covered.push({ act, by });
      continue;
    }
    const before = claims.get(act.resource);
    const others = checkClaims(act, own, state, options);
    if (before !== undefined && hasShrunk(before, act)) revert.push({ claim: before, why: "shrunk", late: true });
    if (before?.digest === act.digest && before.state === "done") {
      keep.push({ claim: before, act });
      continue;
    }
    const why = before === undefined ? "new" : before.digest === act.digest ? "unsettled" : "changed";
    apply.push({ act, why, ...others, ...(before === undefined ? {} : { before }) });
    if (why === "changed" && before !== undefined && hasOwnUndo(before)) {
      revert.push({ claim: before, why, late: false });
    }
  }
  const gates = new Map((input.closed ?? []).map(({ resource, gate }) => [resource, gate]));
  for (const claim of claims.values()) {
    if (last.has(claim.resource)) continue;
    const gate = gates.get(claim.resource);
    if (gate === undefined) revert.push({ claim, why: "gone", late: goesLate(claim) });
    else {
      keep.push({ claim, gate });
      notes.push(`${claim.summary}: kept as it is, gate ${gate} is closed`);
    }
  }
  revert.sort((a, b) => Number(a.late) - Number(b.late) || b.claim.seq - a.claim.seq);
  return { keep, apply, revert, covered, notes };
}

/** A new text may contradict the old one: what the old one did goes first, where that is known. */
function hasOwnUndo({ want, state }: Claim): boolean {
  if (state === "skipped") return false;
  return want.type === "command" ? want.undo !== undefined : want.type === "download" && isTransactional(want);
}

/** Whether the claim stands for packages that the act does not name; also those a cut run did not come to. */
function hasShrunk({ want, earlier }: Claim, act: IntentAct): boolean {
  const now = act.want;
  if (now.type !== "packages") return false;
  return [want, ...earlier ?? []].some((before) =>
    before.type === "packages" && before.names.some((name) => !now.names.includes(name))
  );
}

/** Packages last, else shared dependencies go and come back. */
function goesLate(claim: Claim): boolean {
  return claim.want.type === "packages" || isRepositoryClaim(claim);
}
