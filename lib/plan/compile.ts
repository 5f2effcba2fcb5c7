/** A bundle and the facts of a machine → its plan and acts. Pure: the same input gives the same bytes. */
import { CharlyError } from "../base/errors.ts";
import { own } from "../base/own.ts";
import type { Bundle, LocalTemplate } from "../entities/bundle.ts";
import type { Candy } from "../entities/candy.ts";
import type { HostFacts } from "../facts/facts.ts";
import type { Act, SkippedStep } from "../steps/act.ts";
import type { CandyFiles } from "../steps/candy_files.ts";
import type { TargetKind } from "../steps/define_step.ts";
import { compileCandy } from "./compile_candy.ts";
import { deployId } from "./deploy_id.ts";
import { candyDigest, planDigest } from "./digest.ts";
import { Environment } from "./environment.ts";
import { mergeOptions } from "./options.ts";
import type { PlanInstallOptions } from "./gates.ts";
import type { DeployPlan, InstallPlan } from "./install_plan.ts";
import { lowerCandy } from "./lower.ts";
import { CompileMemory, type Place, type Placed } from "./memory.ts";
import { candyName, supervisorCandies } from "./order.ts";
import { checkSecrets, declaredSecrets, secretNames } from "./secrets.ts";

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
 * @param input everything it depends on
 * @param memory what is kept from the last plan: a candy that is as it was is not compiled again. It changes nothing but the time
 * @throws CharlyError for everything the configuration gets wrong: unknown names, cycles, bad paths, missing sources
 */
export function compileBundle(input: CompileInput, memory: CompileMemory = new CompileMemory()): Compiled {
  const { config, facts, target } = input;
  const bundle = named(config.bundles, input.bundle, "bundle", "the call");
  const template = bundle.from === undefined
    ? undefined
    : named(config.locals, bundle.from, "local template", `bundle "${input.bundle}"`);
  const options = mergeOptions(input.options, bundle.installOpts, template?.installOpts);
  const added = input.addCandy ?? bundle.addCandy ?? [];
  const addCandies = added.map(candyName);
  const asked = [...(template?.candy ?? []), ...(bundle.candy ?? []), ...added];
  const table = config.candies ?? {};
  const supervised = target === "nested" && !facts.systemd;
  const names = memory.order(asked, table, { without: supervised ? [] : supervisorCandies });
  const placed = placeCandies(names, {
    ...input,
    options,
    table,
    env: { ...template?.env, ...bundle.env },
  }, memory);
  const all = [...placed.values()];
  const secrets = declaredSecrets(all.map(({ candy }) => candy));
  const acts = all.flatMap((one) => one.acts);
  checkSecrets(acts, secrets);
  const head = {
    deployId: deployId(input.bundle),
    box: target === "vm" ? "vm-adhoc" : "host-adhoc",
    distro: facts.distro[0] ?? "",
    addCandies,
    builderImage: options.builderImage ?? "",
  };
  const plan: Omit<DeployPlan, "digest" | "plans"> = {
    project: input.project,
    bundle: input.bundle,
    deployId: head.deployId,
    target,
    artifacts: [...placed].flatMap(([name, { candy }]) =>
      (candy.artifact ?? []).map((artifact) => ({ ...artifact, candy: name }))
    ),
    secrets,
  };
  const digest = planDigest({
    head: { ...plan, ...head },
    candies: all.map((one) => one.digest),
    facts,
    target,
    options,
  });
  const plans = [...placed].map(([name, { candy, steps }]): InstallPlan => ({
    ...head,
    version: candy.version,
    candy: name,
    candiesIncluded: names,
    meta: { description: candy.description },
    steps,
  }));
  return {
    plan: { ...plan, plans, digest },
    acts,
    skipped: all.flatMap(({ skipped }) => skipped),
    notes: [...all.flatMap(({ notes }) => notes), ...notesOn(acts)],
  };
}

/** What candies are compiled in. */
interface Surroundings extends Omit<CompileInput, "config"> {
  readonly table: Readonly<Record<string, Candy>>;
  /** The bundle's variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** Each candy behind the ones before it. */
function placeCandies(
  names: readonly string[],
  { table, env, facts, target, options, files }: Surroundings,
  memory: CompileMemory,
): ReadonlyMap<string, Placed> {
  let before = memory.begin({ facts, target, options }, Environment.first(env, facts.home));
  let first = 1;
  const placed = new Map<string, Placed>();
  for (const name of names) {
    const candy = named(table, name, "candy", "the bundle");
    const place = { candy, directory: own(files, name), first, before };
    const one = memory.find(name, place) ??
      memory.settle(name, compilePlaced(name, place, { facts, target, options, files }));
    placed.set(name, one);
    first += one.steps.length;
    before = one.behind;
  }
  memory.keep(placed);
  return placed;
}

function compilePlaced(
  name: string,
  place: Place,
  { facts, target, options, files }: Pick<CompileInput, "facts" | "target" | "options" | "files">,
): Placed {
  const { candy, directory, first, before } = place;
  const compiled = compileCandy(name, candy, {
    facts,
    directory,
    builderImage: options.builderImage ?? "",
    skipIncompatible: options.skipIncompatible === true,
  });
  const { environment, ...lowered } = lowerCandy(compiled.steps, {
    facts,
    target,
    options,
    files,
    secrets: secretNames(candy),
    environment: before,
    first,
  });
  const { version, description } = candy;
  const digest = candyDigest({ candy: name, version, description, steps: compiled.steps, ...lowered, first });
  return { ...place, ...compiled, ...lowered, behind: environment, digest };
}

function notesOn(acts: readonly Act[]): string[] {
  return acts.some((act) => act.type === "packages")
    ? ["packages may start services when they are installed, whatever --with-services says"]
    : [];
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
