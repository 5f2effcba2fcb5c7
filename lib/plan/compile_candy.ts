/** One candy → its steps on one machine, in the reference's nine groups. Looks at nothing but its arguments. */
import { CharlyError } from "../base/errors.ts";
import { candyDir as candyRoot, envDir } from "../base/names.ts";
import type { Candy, PackageFormat } from "../entities/candy.ts";
import type { PassiveEntry, PlanEntry } from "../entities/plan_entry.ts";
import { ownBuilders } from "../entities/vocabulary/builders.ts";
import type { Builder } from "../entities/words.ts";
import type { CandyDirectory } from "../steps/candy_files.ts";
import type { StepFacts } from "../steps/define_step.ts";
import { seconds } from "../steps/op.ts";
import { scopeOfUser } from "../steps/scope.ts";
import type { BuilderStep, InstallStep, Scope } from "../steps/step.ts";
import { unitName } from "../steps/unit_text.ts";
import { deferHome, homeToken } from "../steps/variables.ts";
import { matchesDistro, matchingTags } from "./distro.ts";
import { aurStep, packagesStep, packageSteps } from "./package_steps.ts";
import { mapPackage } from "./packages.ts";
import { serviceSteps } from "./service_steps.ts";
import { shellSteps } from "./shell_steps.ts";

/** What compiling a candy depends on beside the candy. */
export interface CandyContext {
  readonly facts: StepFacts;
  readonly directory: CandyDirectory | undefined;
  readonly builderImage: string;
  readonly skipIncompatible: boolean;
}

/** Steps of a candy and what was left out of them. */
export interface CompiledCandy {
  readonly steps: readonly InstallStep[];
  readonly notes: readonly string[];
}

/** Compiles one candy. */
export function compileCandy(name: string, candy: Candy, context: CandyContext): CompiledCandy {
  const { facts } = context;
  const dir = candy.dir ?? `${candyRoot}/${name}`;
  const notes: string[] = [];
  const format = formatFor(name, candy, context, notes);
  const steps: InstallStep[] = [];
  const env = candy.env ?? {};
  if (Object.keys(env).length + (candy.pathAppend?.length ?? 0) > 0) {
    steps.push({
      kind: "ShellHook",
      candy: name,
      envVars: Object.fromEntries(Object.keys(env).sort().map((key) => [key, deferHome(String(env[key] ?? ""))])),
      pathAdd: (candy.pathAppend ?? []).map(deferHome),
      envFile: `${homeToken}/${envDir}/${name}.env`,
    });
  }
  if (format !== undefined) steps.push(...packageSteps(name, candy, facts, format));
  steps.push(...builderSteps(name, candy, dir, format, context));
  const source = format === undefined ? undefined : candy.localpkg?.[format];
  if (format !== undefined && source !== undefined) {
    steps.push({ kind: "LocalPkgInstall", candy: name, pkgbuildRef: source, candyDir: dir, projectDir: ".", format });
  }
  for (const entry of candy.plan ?? []) {
    if (isPassive(entry)) {
      const kept = entry.agentRun ?? entry.agentCheck ?? entry.include;
      if (kept !== undefined) notes.push(`candy "${name}": "${kept}" is kept and not acted on`);
      continue;
    }
    const excluded = (entry.excludeDistro?.length ?? 0) > 0 && matchesDistro(entry.excludeDistro, facts.distro);
    if (excluded || !matchesDistro(entry.distro, facts.distro)) {
      const tags = (excluded ? entry.excludeDistro : entry.distro)?.join(", ");
      notes.push(`candy "${name}": an entry ${excluded ? "not " : ""}for ${tags} is left out here`);
      continue;
    }
    if (entry.context !== undefined && !entry.context.some((it) => it !== "runtime")) {
      notes.push(`candy "${name}": an entry for the running machine is no part of a deploy`);
      continue;
    }
    steps.push(entryStep(name, candy, entry, dir, format, context));
  }
  steps.push(...serviceSteps(name, candy, facts.distro));
  steps.push(...shellSteps(name, candy));
  if ((candy.apk?.length ?? 0) > 0) {
    steps.push({
      kind: "ApkInstall",
      candy: name,
      apkPackages: (candy.apk ?? []).map((apk) => ({
        ...(apk.package === undefined ? {} : { source: "apk-pure" }),
        arch: "x86_64",
        ...apk,
      })),
      candyDir: dir,
    });
  }
  if (candy.reboot === true) steps.push({ kind: "Reboot", candy: name });
  return { steps, notes };
}

/** Whether an entry changes nothing: checks, and what is kept as data. */
function isPassive(entry: PlanEntry): entry is PassiveEntry {
  return (entry.check ?? entry.agentRun ?? entry.agentCheck ?? entry.include) !== undefined;
}

/** The machine's package format; not knowing it matters only to candies with packages. */
function formatFor(name: string, candy: Candy, context: CandyContext, notes: string[]): PackageFormat | undefined {
  const { facts } = context;
  if (facts.format !== undefined) return facts.format;
  const wants = (candy.package?.length ?? 0) > 0 || (candy.plan ?? []).some((entry) => entry.package !== undefined);
  if (!wants) return undefined;
  const what = `candy "${name}": the package manager of ${facts.distro[0] ?? "this machine"} is not known`;
  if (!context.skipIncompatible) {
    throw new CharlyError(what, {
      hint: "install its packages yourself and pass --skip-incompatible",
      code: "unknown-format",
    });
  }
  notes.push(`${what}; its packages are left out`);
  return undefined;
}

function builderSteps(
  name: string,
  candy: Candy,
  dir: string,
  format: PackageFormat | undefined,
  context: CandyContext,
): BuilderStep[] {
  const has = (file: string) => context.directory?.builderFiles.includes(file) === true;
  const step = (builder: string, manifest: string): BuilderStep => ({
    kind: "Builder",
    candy: name,
    builder,
    builderImage: context.builderImage,
    phase: "install",
    artifacts: [],
    candyDir: dir,
    context: { manifest },
  });
  const detected = (["pixi", "npm", "cargo"] as const).flatMap((builder) => {
    const { detectFile = [], requiresSrcDir }: Builder = ownBuilders[builder];
    const manifest = detectFile.find(has);
    return manifest === undefined || (requiresSrcDir === true && !has("src/")) ? [] : [step(builder, manifest)];
  });
  const aur = format === undefined
    ? undefined
    : aurStep(name, candy, context.facts.distro, format, context.builderImage, dir);
  return [
    ...detected,
    ...(aur === undefined ? [] : [aur]),
    ...(candy.externalBuilder === undefined ? [] : [step(candy.externalBuilder, dir)]),
  ];
}

function entryStep(
  name: string,
  candy: Candy,
  entry: Exclude<PlanEntry, PassiveEntry>,
  dir: string,
  format: PackageFormat | undefined,
  context: CandyContext,
): InstallStep {
  const { facts } = context;
  const guards = {
    ...(entry.unless === undefined ? {} : { unless: entry.unless }),
    ...(entry.creates === undefined ? {} : { creates: deferHome(entry.creates) }),
  };
  if (entry.package !== undefined) {
    const here = format ?? "deb";
    return packagesStep(name, here, {
      packages: [mapPackage(entry.package, entry.map, facts.distro, here)],
      id: entry.id ?? entry.package,
      ...guards,
      ...(entry.timeout === undefined ? {} : { timeout: seconds(entry.timeout, name) }),
    });
  }
  if (entry.service !== undefined) {
    const unit = unitName(entry.service);
    return {
      kind: "ServicePackaged",
      candy: name,
      unit,
      targetScope: "system",
      enable: entry.enabled ?? true,
      ...guards,
    };
  }
  if (entry.external !== undefined) {
    const scope: Scope = entry.scope ?? scopeOfUser(resolvedUser(entry));
    const undo = typeof entry.undo === "string" ? { command: entry.undo } : entry.undo;
    return {
      kind: `external:${entry.external}`,
      candy: name,
      payload: entry.payload ?? null,
      scope,
      venue: "host-native",
      ...(scope === "system" && entry.script !== undefined ? { gate: "allow-root-tasks" as const } : {}),
      ...(entry.id === undefined ? {} : { id: entry.id }),
      ...(entry.script === undefined ? {} : { script: entry.script }),
      ...(undo === undefined ? {} : { undo: { text: undo.command, at: undo.at ?? "in-place" } }),
    };
  }
  const destination = entry.mkdir ?? entry.write ?? entry.link ?? entry.setcap ??
    (entry.copy !== undefined || entry.download !== undefined ? entry.to : undefined);
  return {
    kind: "Op",
    candy: name,
    op: entry,
    candyDir: dir,
    ctxPath: "/ctx",
    resolvedUser: resolvedUser(entry),
    ...(destination === undefined ? {} : { to: deferHome(destination) }),
    candyVars: Object.fromEntries(Object.entries(candy.var ?? {}).map(([key, value]) => [key, String(value)])),
    distros: matchingTags(facts.distro),
  };
}

/**
 * Whom an entry runs as. `""` is root; everything but root means "the deploying user", whoever that is. State of the system
 * (capabilities, accounts, kernel parameters) is root's unless said otherwise.
 */
function resolvedUser(entry: PlanEntry & { readonly runAs?: string }): string {
  if (entry.runAs !== undefined) return scopeOfUser(entry.runAs) === "system" ? "root" : entry.runAs;
  const system = entry.setcap ?? entry.user ?? entry.unixGroup ?? entry.kernelParam;
  return system === undefined ? "${USER}" : "root";
}
