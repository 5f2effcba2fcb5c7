/**
 * The InstallPlan: what the compiler makes of candies for one target, before anything is asked of the machine.
 * One plan per candy; a deploy is an ordered list of plans. `wire.ts` turns it into JSON with the reference's names.
 */
import type { Artifact } from "../entities/candy.ts";
import type { InstallStep } from "../steps/step.ts";

export type * from "../steps/step.ts";

/** What one candy becomes on one target. */
export interface InstallPlan {
  readonly deployId: string;
  readonly box: string;
  readonly version: string;
  readonly distro: string;
  readonly candy: string;
  readonly candiesIncluded: readonly string[];
  readonly addCandies: readonly string[];
  readonly builderImage: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly steps: readonly InstallStep[];
}

/** Everything one bundle means on one target; pure data, deterministic. */
export interface DeployPlan {
  readonly project: string;
  readonly bundle: string;
  readonly deployId: string;
  readonly target: string;
  readonly plans: readonly InstallPlan[];
  readonly artifacts: readonly (Artifact & { readonly candy: string })[];
  /** Secrets any step of the plan may name. */
  readonly secrets: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly default?: string;
    readonly key?: string;
  }[];
  /** SHA-256 over canonical JSON (see digest.ts): what `apply --plan` holds the run to. */
  readonly digest: string;
}
