/** Compiled plans for people and for programs. */
import type { Act, Reversibility } from "../steps/act.ts";
import { ask } from "../steps/mod.ts";
import { commandsOf } from "./commands.ts";
import type { Compiled } from "./compile.ts";
import { plainAct } from "./digest.ts";
import { toWire, type WirePlan } from "./wire.ts";

/** What the rendering may add to the plan. */
export interface RenderOptions {
  /** State of acts by resource, in the words people read: `will run`, `up to date`, … */
  readonly states?: ReadonlyMap<string, string>;
  /** Print each act's shell text below it. */
  readonly commands?: boolean;
}

/** How many acts undo exactly, as well as it can, and not at all. */
export function countReversibility(acts: readonly Act[]): Readonly<Record<Reversibility, number>> {
  const count = (wanted: Reversibility) => acts.filter(({ reversibility }) => reversibility === wanted).length;
  return { exact: count("exact"), "best-effort": count("best-effort"), none: count("none") };
}

/** `12 exact, 3 best effort, 1 none`. */
export function reversibilityText(acts: readonly Act[]): string {
  const counts = countReversibility(acts);
  return `${counts.exact} exact, ${counts["best-effort"]} best effort, ${counts.none} none`;
}

/**
 * The plan as text: a header, then per candy the reference's summary line and a line per act. Text from the configuration is
 * escaped, so that no plan moves a cursor.
 */
export function renderPlan(compiled: Compiled, options: RenderOptions = {}): string {
  const { plan, acts, skipped } = compiled;
  const lines = [
    `${escape(plan.bundle)} on ${plan.target}: ${acts.length} acts, ${skipped.length} skipped`,
    `undo: ${reversibilityText(acts)}; digest ${plan.digest.slice(0, 12)}`,
  ];
  const actsOf = Map.groupBy(acts, ({ candy }) => candy);
  const skippedOf = Map.groupBy(skipped, ({ candy }) => candy);
  for (const one of plan.plans) {
    const kinds = new Map<string, number>();
    for (const { kind } of one.steps) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const counts = [...kinds].sort(([a], [b]) => a < b ? -1 : 1).map(([kind, count]) => `${kind}=${count}`);
    lines.push(
      "",
      [`Plan: candy=${one.candy}`, `image=${one.box}`, `distro=${one.distro}`, `steps=${one.steps.length}`, ...counts]
        .map(escape).join(" "),
    );
    for (const act of actsOf.get(one.candy) ?? []) lines.push(...actLines(act, options));
    for (const step of skippedOf.get(one.candy) ?? []) {
      lines.push(`  - ${String(step.step).padStart(3)}  ${escape(step.summary)}: skipped, ${escape(step.reason)}`);
    }
  }
  const notes = compiled.notes.map((note) => `note: ${escape(note)}`);
  return [...lines, ...(notes.length === 0 ? [] : ["", ...notes])].join("\n") + "\n";
}

function actLines(act: Act, options: RenderOptions): string[] {
  const state = options.states?.get(act.resource);
  const remarks = [
    ...(act.level === "root" ? ["root"] : []),
    ...(act.reversibility === "exact" ? [] : [`undo ${act.reversibility === "none" ? "none" : "best effort"}`]),
    ...(state === undefined ? [] : [state]),
  ];
  const line = `  + ${String(act.step).padStart(3)}  ${escape(act.summary)}${
    remarks.length === 0 ? "" : ` (${escape(remarks.join(", "))})`
  }`;
  if (options.commands !== true) return [line];
  return [line, ...commandsOf(act).replace(/\n$/, "").split("\n").map((text) => `         | ${escape(text)}`)];
}

/** The plan for programs: wire plans, acts without bytes, and what each step says of itself. */
export function planDocument(compiled: Compiled): Readonly<Record<string, unknown>> {
  const { plan } = compiled;
  return {
    project: plan.project,
    bundle: plan.bundle,
    deploy_id: plan.deployId,
    target: plan.target,
    digest: plan.digest,
    undo: countReversibility(compiled.acts),
    plans: plan.plans.map((one): WirePlan => toWire(one)),
    steps: plan.plans.flatMap((one) => one.steps).map((step, at) => {
      const answers = ask(step);
      const gate = answers.gate();
      return {
        step: at + 1,
        candy: step.candy,
        kind: step.kind,
        summary: answers.describe(),
        scope: answers.scope(),
        venue: answers.venue(),
        ...(gate === undefined ? {} : { gate }),
        reversibility: answers.reversibility(),
      };
    }),
    acts: compiled.acts.map(plainAct),
    skipped: compiled.skipped,
    secrets: plan.secrets.map(({ name, required }) => ({ name, required })),
    notes: compiled.notes,
  };
}

/** Control characters and direction marks as visible escapes. */
function escape(text: string): string {
  return text.replace(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
    (one) => `\\u{${one.codePointAt(0)?.toString(16) ?? "0"}}`,
  );
}
