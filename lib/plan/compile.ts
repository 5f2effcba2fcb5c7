/** A bundle and the facts of a machine → its plan and acts. Pure: the same input gives the same bytes. */
import { CharlyError } from "../base/errors.ts";
import { own } from "../base/own.ts";
import type { Bundle, LocalTemplate } from "../entities/bundle.ts";
import type { Candy } from "../entities/candy.ts";
import type { HostFacts } from "../facts/facts.ts";
import type { Act, SkippedStep } from "../steps/act.ts";
import type { CandyFiles } from "../steps/candy_files.ts";
import type { TargetKind } from "../steps/define_step.ts";
import { compileCandy, type CompiledCandy } from "./compile_candy.ts";
import { deployId } from "./deploy_id.ts";
import { planDigest } from "./digest.ts";
import { mergeOptions } from "./options.ts";
import type { PlanInstallOptions } from "./gates.ts";
import type { DeployPlan, InstallPlan } from "./install_plan.ts";
import { lowerPlans } from "./lower.ts";
import { candyName, orderCandies, supervisorCandies } from "./order.ts";
import { declaredSecrets } from "./secrets.ts";

/** As much of a configuration as compiling looks at. */
export interface CompileConfig {
  readonly candies?: Readonly<Record<string, Candy>>;
  readonly locals?: Readonly<Record<string, LocalTemplate>>;
  readonly bundles?: Readonly<Record<string, Bundle>>;
}

/** Everything a plan depends on. */
export interface CompileInput {
  readonly config: CompileConfig;
  /** Name of the project: deploys of two projects are told apart by it. */
  readonly project: string;
  readonly bundle: string;
  readonly facts: HostFacts;
  readonly target: TargetKind;
  /** The call's options; the bundle's and its template's are merged below them. */
  readonly options: PlanInstallOptions;
  /** From `readCandyFiles`. */
  readonly files: CandyFiles;
  /** Takes the place of the bundle's `addCandy`. */
  readonly addCandy?: readonly string[];
}

/** What a bundle means on one machine. */
export interface Compiled {
  readonly plan: DeployPlan;
  /** In the order they are carried out. */
  readonly acts: readonly Act[];
  readonly skipped: readonly SkippedStep[];
  /** Remarks for people. */
  readonly notes: readonly string[];
}

/**
 * Compiles a bundle for one machine.
 *
 * @throws CharlyError for everything the configuration gets wrong: unknown names, cycles, bad paths, missing sources
 */
export function compileBundle(input: CompileInput): Compiled {
  const { config, facts, target } = input;
  const bundle = named(config.bundles, input.bundle, "bundle", "the call");
  const template = bundle.from === undefined
    ? undefined
    : named(config.locals, bundle.from, "local template", `bundle "${input.bundle}"`);
  const options = mergeOptions(input.options, bundle.installOpts, template?.installOpts);
  const addCandies = (input.addCandy ?? bundle.addCandy ?? []).map(candyName);
  const asked = [...(template?.candy ?? []), ...(bundle.candy ?? []), ...addCandies].map(candyName);
  const table = config.candies ?? {};
  const supervised = target === "nested" && !facts.systemd;
  const names = orderCandies(asked, table, { without: supervised ? [] : supervisorCandies });
  const compiled = names.map((name): [string, Candy, CompiledCandy] => {
    const candy = named(table, name, "candy", "the bundle");
    return [
      name,
      candy,
      compileCandy(name, candy, {
        facts,
        directory: own(input.files, name),
        builderImage: options.builderImage ?? "",
        skipIncompatible: options.skipIncompatible === true,
      }),
    ];
  });
  const plans = compiled.map(([name, candy, { steps }]): InstallPlan => ({
    deployId: deployId(input.bundle),
    box: target === "vm" ? "vm-adhoc" : "host-adhoc",
    version: candy.version,
    distro: facts.distro[0] ?? "",
    candy: name,
    candiesIncluded: names,
    addCandies,
    builderImage: options.builderImage ?? "",
    meta: { description: candy.description },
    steps,
  }));
  const secrets = declaredSecrets(compiled.map(([name, candy]) => [name, candy]));
  const { acts, skipped, notes } = lowerPlans(plans, {
    facts,
    target,
    options,
    files: input.files,
    env: { ...template?.env, ...bundle.env },
    candySecrets: secrets.byCandy,
    known: secrets.all.map(({ name }) => name),
  });
  const plan: Omit<DeployPlan, "digest"> = {
    project: input.project,
    bundle: input.bundle,
    deployId: deployId(input.bundle),
    target,
    plans,
    artifacts: compiled.flatMap(([name, candy]) =>
      (candy.artifact ?? []).map((artifact) => ({ ...artifact, candy: name }))
    ),
    secrets: secrets.all,
  };
  const digest = planDigest({ plan, acts, skipped, facts, target, options });
  return {
    plan: { ...plan, digest },
    acts,
    skipped,
    notes: [...compiled.flatMap(([, , one]) => one.notes), ...notes],
  };
}

function named<T>(table: Readonly<Record<string, T>> | undefined, name: string, what: string, asker: string): T {
  const found = table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(table ?? {}).sort();
  throw new CharlyError(`compile: ${asker} names the ${what} ${JSON.stringify(name)}, which is not declared`, {
    hint: known.length === 0 ? `declare a ${what}` : `declared: ${known.slice(0, 12).join(", ")}`,
    code: `unknown-${what.replaceAll(" ", "-")}`,
    exitCode: 2,
  });
}
