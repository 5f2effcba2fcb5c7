/** A candy's steps → acts: gates asked, every step lowered in order, with the environment the steps before it have made. */
import type { HostFacts } from "../facts/facts.ts";
import type { Act, SkippedStep } from "../steps/act.ts";
import type { CandyFiles } from "../steps/candy_files.ts";
import type { TargetKind } from "../steps/define_step.ts";
import { ask } from "../steps/mod.ts";
import { hookValues } from "../steps/shell_hook.ts";
import type { InstallStep } from "../steps/step.ts";
import { resolveHome } from "../steps/variables.ts";
import type { Environment } from "./environment.ts";
import { gateOpen, type PlanInstallOptions } from "./gates.ts";

/** What lowering a candy depends on beside its steps. */
export interface LowerInput {
  readonly facts: HostFacts;
  readonly target: TargetKind;
  readonly options: PlanInstallOptions;
  readonly files: CandyFiles;
  /** Names of the secrets the candy declares. */
  readonly secrets: readonly string[];
  /** What the candies before it have made. */
  readonly environment: Environment;
  /** Number of the candy's first step, over all plans from 1. */
  readonly first: number;
}

/** What a candy's steps come to. */
export interface Lowered {
  readonly acts: readonly Act[];
  readonly skipped: readonly SkippedStep[];
  /** What the candies after it find. */
  readonly environment: Environment;
  /** Something in it looked at the environment: in another one it may come to something else. */
  readonly looked: boolean;
}

/** Lowers the steps of one candy. */
export function lowerCandy(steps: readonly InstallStep[], input: LowerInput): Lowered {
  const { facts } = input;
  const acts: Act[] = [];
  const skipped: SkippedStep[] = [];
  const closed = new Set<number>();
  let environment = input.environment;
  let looked = false;
  steps.forEach((step, index) => {
    const number = input.first + index;
    const answers = ask(step);
    const skip = (reason: string, gate?: string) =>
      skipped.push({
        step: number,
        candy: step.candy,
        summary: resolveHome(answers.describe(), facts.home),
        reason,
        ...(gate === undefined ? {} : { gate }),
      });
    const gate = answers.gate();
    if (!gateOpen(gate, input.options)) {
      skip(`gate ${gate} is closed`, gate);
      closed.add(number);
    }
    const sourcing = step.kind === "ShellHook" && environment.before === undefined;
    if (step.kind === "ShellHook") environment = environment.with(step.candy, hookValues(step, facts.home));
    const lowered = answers.lower({
      step: number,
      target: input.target,
      facts,
      files: input.files,
      get env() {
        looked = true;
        return environment;
      },
      get path() {
        looked = true;
        return environment.path;
      },
      secrets: input.secrets,
      sourcing,
    });
    if (!("skipped" in lowered)) acts.push(...lowered);
    else if (!closed.has(number)) skip(lowered.skipped);
  });
  // Closed steps are lowered as well: what they would claim is kept, and no other act is numbered anew because of them.
  const all = distinct(acts);
  if (skipped.length === 0) return { acts: all, skipped, environment, looked };
  const withResources = (it: SkippedStep): SkippedStep => {
    if (it.gate === undefined) return it;
    return { ...it, resources: all.filter(({ step }) => step === it.step).map(({ resource }) => resource) };
  };
  return {
    acts: all.filter(({ step }) => !closed.has(step)),
    skipped: skipped.map(withResources),
    environment,
    looked,
  };
}

/**
 * Equal texts without an id are distinct acts all the same: the second is `…#2`. Their resources name the candy, so that
 * one candy's acts are all there is to look at. Paths may have several writers.
 */
function distinct(acts: readonly Act[]): readonly Act[] {
  if (acts.length < 2) return acts;
  const seen = new Map<string, number>();
  return acts.map((act) => {
    if (!/^(cmd|pkg|external):/.test(act.resource)) return act;
    const count = (seen.get(act.resource) ?? 0) + 1;
    seen.set(act.resource, count);
    return count === 1 ? act : { ...act, resource: `${act.resource}#${count}` };
  });
}
