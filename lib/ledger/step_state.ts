/** What state a step is in: derived from claim and probe, never stored. */
import type { Claim, Want } from "./record.ts";

/** What a look at the target said; `undefined` where nobody looked. */
export type Verdict = "same" | "differs" | "absent" | "blocked" | "error";

/** Where a step stands before a run. */
export type StepState =
  | "new"
  | "up-to-date"
  /** Nobody looked, or nothing can be looked at: so says the ledger. */
  | "recorded"
  | "drifted"
  | "failed"
  | "unknown"
  | "skipped"
  | "undo-failed"
  | "kept"
  /** Something stands in the way: a directory where a file should be. */
  | "blocked";

/** A state, and whether the next apply runs the step. */
export interface StepStanding {
  readonly state: StepState;
  readonly runs: boolean;
}

/**
 * @param claim what the ledger holds, if anything
 * @param verdict what the probe found
 */
export function stepState(claim: Claim | undefined, verdict: Verdict | undefined): StepStanding {
  if (verdict === "blocked") return { state: "blocked", runs: true };
  if (claim === undefined) return { state: verdict === "same" ? "up-to-date" : "new", runs: verdict !== "same" };
  switch (claim.state) {
    case "done":
      if (verdict === "same") return { state: "up-to-date", runs: false };
      if (verdict === undefined || verdict === "error") return { state: "recorded", runs: false };
      return { state: "drifted", runs: true };
    case "failed":
    case "unknown":
      // Even when it looks right: only a run settles what the ledger says of it, and finds nothing to do.
      return { state: claim.state, runs: true };
    case "skipped":
      return { state: "skipped", runs: true };
    case "undo-failed":
    case "kept":
      return { state: claim.state, runs: true };
  }
}

/** How an act whose end nobody knows is settled. */
export type Resolution =
  /** Look; act again where it differs. */
  | "probe"
  /** Let the package manager finish what it began, look, act again. */
  | "mend-packages"
  /** Act again from the start. */
  | "run"
  /** Ask its guard; where it says no, act again. */
  | "guard"
  /** Never unasked: `--rerun`, `--done` or `--undo`. */
  | "ask"
  /** The machine was started since: done. */
  | "boot";

/** The resolution of an unknown act. */
export function resolveUnknown(want: Want, hasGuard: boolean): Resolution {
  switch (want.type) {
    case "file":
    case "dir":
    case "link":
    case "block":
    case "unit":
    case "cap":
    case "sysctl":
    case "account":
      return "probe";
    case "packages":
      return "mend-packages";
    case "download":
      return "run";
    case "command":
      return hasGuard ? "guard" : want.once ? "ask" : "run";
    case "reboot":
      return "boot";
  }
}

/** What decides whether a command without a guard runs. */
export interface CommandFacts {
  readonly claim?: Claim;
  readonly digest: string;
  /** Numbers of earlier acts of the same candy that run or may run, and whether one of its claims is reverted in this run. */
  readonly runsIf: readonly number[];
  /** An earlier act of the candy is certain to run, or a claim of it is reverted. */
  readonly candyChanged: boolean;
  readonly always?: boolean;
  readonly rerun?: boolean;
}

/** Whether a command runs, and the words for the plan. */
export type CommandNeed =
  | { readonly run: "yes"; readonly reason: string }
  | { readonly run: "if"; readonly of: readonly number[]; readonly reason: string }
  | { readonly run: "no"; readonly reason: string }
  | { readonly run: "ask"; readonly reason: string };

/**
 * When a guardless command is up to date, as image layers do it: its digest was done here, and nothing of its candy before it
 * changes in this run.
 */
export function commandNeedsRun(facts: CommandFacts): CommandNeed {
  const { claim, digest } = facts;
  if (facts.rerun) return { run: "yes", reason: "asked for" };
  if (facts.always) return { run: "yes", reason: "always runs" };
  if (claim === undefined) return { run: "yes", reason: "never done here" };
  const isUnsettled = claim.state === "unknown" || claim.reason === "cut" || claim.reason === "timeout";
  if (isUnsettled && claim.digest === digest && claim.want.type === "command" && claim.want.once) {
    return { run: "ask", reason: "was interrupted, and runs once only: say --rerun, --done or --undo" };
  }
  if (claim.digest !== digest) return { run: "yes", reason: "changed" };
  if (claim.state !== "done") {
    return { run: "yes", reason: isUnsettled ? "was interrupted" : `${claim.state} last time` };
  }
  if (facts.candyChanged) return { run: "yes", reason: "an earlier step of its candy changes" };
  if (facts.runsIf.length > 0) {
    return {
      run: "if",
      of: facts.runsIf,
      reason: `will run if ${facts.runsIf.map((n) => `step ${n}`).join(" or ")} runs`,
    };
  }
  return { run: "no", reason: "up to date (recorded)" };
}
