/** `apply --plan FILE`: exactly that, or nothing. */
import { CharlyError } from "../base/errors.ts";
import type { HostPlan } from "./contract.ts";

/** @throws {CharlyError} `plan-file-differs`, `plan-file-unreadable` */
export function checkPlanFile(text: string, plans: readonly HostPlan[]): void {
  const kept = parse(text);
  for (const plan of plans) {
    const then = kept.find((it) => it.host === plan.host);
    if (then === undefined) throw differs(plan.host, "the file holds no plan for it");
    if (then.digest !== plan.plan.digest) {
      throw differs(plan.host, "the configuration or the target's facts are not the same any more");
    }
    // Row by row: two steps may want one resource.
    for (const [index, step] of then.steps.entries()) {
      const now = plan.planned[index];
      const isSame = now?.level === step.level && now.resource === step.resource;
      if (!isSame || !allows(step.state, now.state)) {
        throw differs(
          plan.host,
          `"${step.summary}" was "${step.state}" then and is "${isSame ? now.state : "gone"}" now`,
        );
      }
    }
    const more = plan.planned[then.steps.length];
    if (more !== undefined) {
      throw differs(plan.host, `"${more.summary}" is "${more.state}" now and was not in the plan`);
    }
  }
  const missing = kept.find((it) => !plans.some((plan) => plan.host === it.host));
  if (missing !== undefined) throw differs(missing.host, "it could not be planned now");
}

/** What was to run may be found satisfied meanwhile (by its guard, which only an apply asks); never the other way. */
function allows(then: string, now: string): boolean {
  if (then === now) return true;
  return ["will-run", "will-run-if", "decided-at-step", "drifted"].includes(then) &&
    ["up-to-date", "recorded"].includes(now);
}

interface KeptPlan {
  readonly host: string;
  readonly digest: string;
  readonly steps: readonly {
    readonly level: string;
    readonly resource: string;
    readonly state: string;
    readonly summary: string;
  }[];
}

function parse(text: string): KeptPlan[] {
  try {
    const { hosts } = JSON.parse(text) as { hosts: KeptPlan[] };
    for (const it of hosts) {
      if (typeof it.host !== "string" || typeof it.digest !== "string" || !Array.isArray(it.steps)) {
        throw new TypeError("no plan");
      }
    }
    return hosts;
  } catch (error) {
    throw new CharlyError("read the plan file: it is none", {
      hint: "write one with `charly plan <bundle> --out FILE`",
      code: "plan-file-unreadable",
      exitCode: 2,
      cause: error,
    });
  }
}

function differs(host: string, what: string): CharlyError {
  return new CharlyError(`apply the plan file on ${host}: ${what}`, {
    hint: "write a new plan with `charly plan <bundle> --out FILE`, look at it, apply that",
    code: "plan-file-differs",
  });
}
