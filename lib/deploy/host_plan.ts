/** An assessment as people and programs see it. */
import type { GuardOptions, HostPlan, PlannedAct } from "./contract.ts";
import { guardNotes } from "./guard_plan.ts";
import type { Assessment, LevelUndo } from "./assess.ts";
import { toWire } from "../plan/wire.ts";
import { commandsOf } from "../plan/commands.ts";

/** Turns an assessment into the plan that is printed. */
export function hostPlanOf(
  host: string,
  venue: string,
  assessment: Assessment,
  options: {
    readonly live: boolean;
    readonly commands: boolean;
    readonly home?: string;
    readonly guard?: GuardOptions;
  },
): HostPlan {
  const acts = assessment.judged.map((it): PlannedAct => ({
    n: it.n,
    candy: it.act.candy,
    level: it.act.level,
    resource: it.act.resource,
    summary: it.act.summary,
    state: it.state,
    ...(it.reason === undefined ? {} : { reason: it.reason }),
    reversibility: it.act.reversibility,
    ...(options.commands ? { program: commandsOf(it.act) } : {}),
  }));
  let n = acts.length + assessment.early.length + assessment.late.length;
  const skipped = assessment.compiled.skipped.map((it): PlannedAct => ({
    n: ++n,
    candy: it.candy,
    level: "user",
    resource: it.resources?.[0] ?? "",
    summary: it.summary,
    state: "skipped",
    reason: it.reason,
    reversibility: "none",
  }));
  const refused = assessment.rootRefused;
  return {
    host,
    venue,
    plan: assessment.compiled.plan,
    wire: assessment.compiled.plan.plans.map(toWire),
    acts: assessment.compiled.acts,
    planned: [...assessment.early.map(revertLine), ...acts, ...assessment.late.map(revertLine), ...skipped],
    live: options.live,
    ...(options.home === undefined ? {} : { home: options.home }),
    ...(options.guard === undefined
      ? {}
      : { guard: { seconds: options.guard.seconds, notes: guardNotes(assessment) } }),
    warnings: [
      ...assessment.warnings,
      ...mayRunTwice(assessment),
      ...(refused === undefined ? [] : [`${refused.message}; its steps are decided when they run`]),
    ],
  };
}

function revertLine({ n, level, item }: LevelUndo): PlannedAct {
  return {
    n,
    candy: item.claim?.candy ?? "",
    level,
    resource: item.resource,
    summary: `revert: ${item.claim?.summary ?? `remove ${item.resource.replace(/^dir:/, "")}`}`,
    state: "revert",
    ...(item.note === undefined ? {} : { reason: item.note }),
    reversibility: item.claim?.reversibility ?? "exact",
  };
}

/** Commands this run would begin and nobody could tell, if it were cut, whether they had come to their end. */
function mayRunTwice({ judged }: Assessment): string[] {
  const count =
    judged.filter(({ act, included }) =>
      included && act.type === "command" && act.unless === undefined && act.creates === undefined && act.once !== true
    ).length;
  return count === 0 ? [] : [`${count} command${count === 1 ? "" : "s"} without a guard may run twice if interrupted`];
}
