/** The digest of a plan: what `apply --plan` holds a run to. */
import type { Act, Content, SkippedStep } from "../steps/act.ts";
import { sha256 } from "../steps/content.ts";
import type { StepFacts, TargetKind } from "../steps/define_step.ts";
import { canonicalJson } from "../base/canonical_json.ts";
import type { PlanInstallOptions } from "./gates.ts";
import type { DeployPlan } from "./install_plan.ts";

/** Grows when equal plans would be carried out differently. */
export const planFormat = 1;

/** Everything a digest covers. Forecasts and secret values are no part of it; secret names are. */
export interface DigestInput {
  readonly plan: Omit<DeployPlan, "digest">;
  readonly acts: readonly Act[];
  readonly skipped: readonly SkippedStep[];
  readonly facts: StepFacts & { readonly hostname: string };
  readonly target: TargetKind;
  readonly options: PlanInstallOptions;
}

/** 64 hex digits. Facts that change by themselves (installed programs, glibc) are left out. */
export function planDigest(input: DigestInput): string {
  const { hostname, user, uid, gid, home, loginShell, machine, distro, format, systemd } = input.facts;
  return sha256(canonicalJson({
    format: planFormat,
    // The list of all candies stands in every InstallPlan; here the plans' own order says the same once.
    plan: { ...input.plan, plans: input.plan.plans.map(({ candiesIncluded: _all, ...plan }) => plan) },
    acts: input.acts.map(plainAct),
    skipped: input.skipped,
    facts: { hostname, user, uid, gid, home, loginShell, machine, distro, format, systemd },
    target: input.target,
    options: input.options,
  }));
}

/** An act as plain data: contents by digest and size, never their bytes. */
export function plainAct(act: Act): Readonly<Record<string, unknown>> {
  if (act.type === "file") return { ...act, content: plainContent(act.content) };
  if (act.type === "command" && act.ctx !== undefined) {
    return { ...act, ctx: act.ctx.map((one) => ({ ...one, content: plainContent(one.content) })) };
  }
  return { ...act };
}

function plainContent({ sha256, size, sensitive }: Content): Readonly<Record<string, unknown>> {
  return { sha256, size, ...(sensitive === true ? { sensitive } : {}) };
}
