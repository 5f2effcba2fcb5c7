/** What a rollback did not put back, read off intent and journal. */
import { parseJournal } from "./journal.ts";
import type { RunIntent } from "./record.ts";
import { gatherEvents } from "./run_events.ts";

/** What is not as it was before the run. */
export interface RollbackReport {
  /** Tried, or not come to: still there. */
  readonly left: readonly string[];
  /** No undo was given for it. */
  readonly notUndone: readonly string[];
}

/** @param runs the run as each level recorded it */
export function rollbackReport(
  runs: readonly { readonly intent?: RunIntent; readonly journal: string }[],
): RollbackReport {
  const left: string[] = [];
  const notUndone: string[] = [];
  for (const { intent, journal } of runs) {
    const { acts } = gatherEvents(parseJournal(journal).records);
    const result = (n: number | undefined) => acts.find((act) => act.n === n)?.undone?.result;
    for (const act of acts) {
      const revert = intent?.reverts.find(({ n }) => n === act.n);
      if (revert !== undefined) {
        const taken = act.undone?.result;
        const isTaken = taken === "undone" || taken === "released";
        if (isTaken && result(revert.back) === undefined) notUndone.push(`${revert.resource}: taken back by this run`);
        continue;
      }
      const planned = intent?.acts.find(({ n }) => n === act.n);
      const name = planned?.summary ?? act.undoing ?? "";
      switch (act.undone?.result) {
        case "undone":
        case "gone":
        case "dropped":
          break;
        case "released":
          notUndone.push(planned === undefined ? `${name}: not empty` : name);
          break;
        case "kept":
          left.push(`${name}: ${act.undone.reason}`);
          break;
        case "failed":
          left.push(`${name}: exit ${act.undone.exit}`);
          break;
        case undefined: {
          const changed = act.priors.size > 0 || act.begun;
          if (planned !== undefined && changed && act.end?.state !== "skip") left.push(`${name}: not come to`);
          else if (act.undoing !== undefined) left.push(`${name}: its way back did not come to its end`);
        }
      }
    }
  }
  return { left, notUndone };
}
