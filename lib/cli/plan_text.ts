/** Plans as text and as JSON. */
import type { ActState, HostPlan, PlannedAct } from "../deploy/contract.ts";
import type { Style } from "./style.ts";
import { escapeControls } from "./style.ts";

/** The words for a state. */
const words: Readonly<Record<ActState, string>> = {
  "will-run": "will run",
  "will-run-if": "will run if",
  "up-to-date": "up to date",
  recorded: "up to date (recorded)",
  drifted: "drifted",
  "decided-at-step": "decided at the step",
  "needs-answer": "needs an answer",
  skipped: "skipped",
  revert: "revert",
};

/** Acts of a plan an apply may change something with. */
export function changesOf(plans: readonly HostPlan[]): number {
  return plans.flatMap((plan) => plan.planned).filter(({ state }) =>
    !["up-to-date", "recorded", "skipped"].includes(state)
  ).length;
}

/** What to print of a plan. */
export interface PlanTextOptions {
  /** Also each act's program. */
  readonly commands?: boolean;
  /** Leave out what an apply would not touch: only its number is said. */
  readonly brief?: boolean;
}

/** @param plans one per host; @param style colours */
export function planText(plans: readonly HostPlan[], style: Style, options: PlanTextOptions = {}): string {
  return plans.map((plan) => hostPlanText(plan, style, options)).join("\n\n");
}

function hostPlanText(plan: HostPlan, style: Style, { commands = false, brief = false }: PlanTextOptions): string {
  const { planned } = plan;
  const shown = brief ? planned.filter(({ state }) => state !== "up-to-date" && state !== "recorded") : planned;
  const source = plan.live ? "asked just now" : "from the ledger; --live asks the target";
  const count = (r: PlannedAct["reversibility"]) =>
    planned.filter((act) => act.reversibility === r && act.state !== "skipped").length;
  const undo = `undo: ${count("exact")} exact, ${count("best-effort")} best effort, ${count("none")} none`;
  const lines = [
    `${style.bold(escapeControls(plan.plan.bundle))} on ${style.bold(escapeControls(plan.host))} (${source})`,
    `${planned.length} steps, ${changesOf([plan])} to do; ${undo}; digest ${plan.plan.digest.slice(0, 12)}`,
  ];
  let candy: string | undefined;
  for (const act of shown) {
    if (act.candy !== candy && act.candy !== "") lines.push(`  ${style.bold(escapeControls(act.candy))}`);
    candy = act.candy;
    lines.push(actText({ ...act, summary: underHome(act.summary, plan.home) }, style));
    if (commands && act.program !== undefined) {
      lines.push(
        ...act.program.replace(/\n$/, "").split("\n").map((line) => style.dim(`          | ${escapeControls(line)}`)),
      );
    }
  }
  if (shown.length < planned.length) lines.push(style.dim(`  = ${planned.length - shown.length} up to date`));
  lines.push(...guardLines(plan, style));
  lines.push(...plan.warnings.map((warning) => `${style.yellow("warning:")} ${escapeControls(warning)}`));
  return lines.join("\n");
}

function guardLines({ guard, home }: HostPlan, style: Style): string[] {
  if (guard === undefined) return [];
  return [
    `${
      style.yellow("guard:")
    } the target puts everything back by itself, ${guard.seconds} s after the last step, unless confirmed`,
    ...guard.notes.map((note) => `  ${escapeControls(underHome(note, home))}`),
  ];
}

/** Paths below the home as people write them. */
export function underHome(text: string, home: string | undefined): string {
  if (home === undefined || home === "/" || home === "") return text;
  return text.split(/(?<=\s)/).map((word) => word.startsWith(`${home}/`) ? `~${word.slice(home.length)}` : word).join(
    "",
  );
}

function actText(act: PlannedAct, style: Style): string {
  const quiet = ["up-to-date", "recorded", "skipped"].includes(act.state);
  const mark = { skipped: "-", revert: "<", drifted: "!", "will-run": "+" }[act.state as string] ?? (quiet ? "=" : "?");
  const root = act.level === "root" ? " [root]" : "";
  const reason = act.reason === undefined
    ? ""
    : `${act.state === "will-run-if" ? " " : ": "}${escapeControls(act.reason)}`;
  const undo = quiet || act.reversibility === "exact"
    ? ""
    : `, undo ${act.reversibility === "none" ? "none" : "best effort"}`;
  const line = `  ${mark} ${String(act.n).padStart(3)}  ${escapeControls(act.summary)}${root}  (${
    words[act.state]
  }${reason}${undo})`;
  return quiet ? style.dim(line) : act.state === "drifted" || act.state === "revert" ? style.yellow(line) : line;
}

/** A plan for programs: states, reasons and the compiled plan. Bytes of files stay out. */
export function planJson(plan: HostPlan): Readonly<Record<string, unknown>> {
  return {
    host: plan.host,
    venue: plan.venue,
    live: plan.live,
    bundle: plan.plan.bundle,
    deployId: plan.plan.deployId,
    digest: plan.plan.digest,
    changes: changesOf([plan]),
    steps: plan.planned,
    ...(plan.guard === undefined ? {} : { guard: plan.guard }),
    warnings: plan.warnings,
    plans: plan.wire,
  };
}
