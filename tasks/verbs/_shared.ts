/** What several verbs do alike: load the project, pick the bundle, share flags. */
import { seconds } from "../../lib/base/duration.ts";
import { CharlyError } from "../../lib/base/errors.ts";
import { closest } from "../../lib/base/closest.ts";
import type { CliProject, VerbContext } from "../../lib/cli/context.ts";
import { tellProject } from "../../lib/cli/project_text.ts";
import type { ArgSpecs, FlagSpecs } from "../../lib/cli/define_verb.ts";
import type { AddOptions, DelOptions, HostOptions, Outcome, PlanOptions } from "../../lib/deploy/contract.ts";
import { keptError } from "./_kept.ts";

/** Any verb's context. */
export type AnyContext = Pick<VerbContext<ArgSpecs, FlagSpecs>, "globals" | "services" | "cwd" | "signal" | "out">;

/** Flags of verbs that evaluate a configuration with care. */
export const loadFlags = {
  integrity: { kind: "text", brief: "Refuse a remote configuration with another digest", placeholder: "sha256-…" },
  verifyDeterministic: { kind: "switch", brief: "Evaluate the configuration twice and compare" },
} as const satisfies FlagSpecs;

/** Flags a plan depends on. */
export const planFlags = {
  ...loadFlags,
  addCandy: {
    kind: "text",
    brief: "Add this candy instead of the bundle's addCandy (repeatable)",
    placeholder: "candy",
    repeat: true,
    offer: "candy",
  },
  nodeOnly: { kind: "switch", brief: "Leave out nested and peer members" },
  withServices: { kind: "switch", brief: "Open the gate: enable and start services" },
  allowRepoChanges: { kind: "switch", brief: "Open the gate: add package repositories" },
  allowRootTasks: { kind: "switch", brief: "Open the gate: run commands as root" },
  skipIncompatible: { kind: "switch", brief: "Leave out candies the target cannot take, instead of failing" },
  verify: { kind: "switch", brief: "Run the bundle's checks afterwards" },
  builderImage: { kind: "text", brief: "Image that builders run in", placeholder: "image" },
  live: { kind: "switch", brief: "Run guards (`unless`) already for the plan" },
  rerun: {
    kind: "number",
    brief: "Run this step again even when it is up to date (repeatable)",
    placeholder: "step",
    repeat: true,
  },
  requireUndo: { kind: "switch", brief: "Refuse a plan with steps that nothing can undo" },
  parallel: { kind: "number", brief: "Hosts at once (default 20)", placeholder: "n" },
} as const satisfies FlagSpecs;

/** Flags of an apply. */
export const addFlags = {
  ...planFlags,
  dryRun: { kind: "switch", brief: "Show the plan and stop" },
  format: { kind: "choice", brief: "Format of the plan with --dry-run", values: ["table", "json"] },
  serial: { kind: "number", brief: "Hosts per wave; the next wave waits for the last", placeholder: "n" },
  maxFail: { kind: "text", brief: "Begin no further host after this many failures (3, or 25%)", placeholder: "n|n%" },
  onFailure: { kind: "choice", brief: "What a failed step leads to", values: ["stop", "rollback"] },
  guard: {
    kind: "text",
    brief: "The target puts this run back by itself, unless a new connection confirms it within this time",
    placeholder: "60s",
  },
  guardCheck: {
    kind: "text",
    brief: "With --guard: must succeed on the target over the new connection before it is confirmed",
    placeholder: "command",
  },
  onDrift: { kind: "choice", brief: "When the target changed since the plan", values: ["stop", "apply"] },
  done: {
    kind: "number",
    brief: "This interrupted step did its work: record it (repeatable)",
    placeholder: "step",
    repeat: true,
  },
  undo: {
    kind: "number",
    brief: "Take back what this interrupted step did (repeatable)",
    placeholder: "step",
    repeat: true,
  },
  adopt: { kind: "switch", brief: "Take over a deploy that another project owns" },
  takeOver: { kind: "switch", brief: "Stack over files that another bundle claims" },
  disposable: { kind: "switch", brief: "The target may be rebuilt from nothing without asking" },
  lifecycle: {
    kind: "choice",
    brief: "What the deploy is for",
    values: ["scratch", "dev", "test", "qa", "staging", "prod", "custom"],
  },
} as const satisfies FlagSpecs;

/** Flags of an undo. */
export const delFlags = {
  dryRun: { kind: "switch", brief: "Show what would be undone and stop" },
  keepServices: { kind: "switch", brief: "Leave units enabled and running" },
  keepRepoChanges: { kind: "switch", brief: "Leave package repositories in place" },
  keepData: { kind: "switch", brief: "Remove packages without purging their data" },
  force: { kind: "switch", brief: "Move files edited since to kept/ and restore what was there before" },
  adopt: { kind: "switch", brief: "Undo a deploy that another project owns" },
  parallel: { kind: "number", brief: "Hosts at once (default 20)", placeholder: "n" },
} as const satisfies FlagSpecs;

/** The project of the current directory, or of `--config`; what reading it had to say is said. */
export async function projectOf(
  { globals, services, cwd, out }: AnyContext,
  flags: { readonly integrity?: string | undefined; readonly verifyDeterministic?: boolean } = {},
): Promise<CliProject> {
  const project = await services.project({
    cwd,
    ...(globals.config === undefined ? {} : { config: globals.config }),
    ...(flags.integrity === undefined ? {} : { integrity: flags.integrity }),
    ...(flags.verifyDeterministic ? { verifyDeterministic: true } : {}),
  });
  tellProject(out, project);
  return project;
}

/**
 * The project, or nothing where there is none: undo and status work from the ledger alone. A `--config` that cannot be
 * read stays an error; so does a configuration that is there and broken, unless `tolerant`.
 */
export async function projectIfAny(context: AnyContext): Promise<CliProject | undefined> {
  try {
    return await projectOf(context);
  } catch (error) {
    if (context.globals.config !== undefined || !(error instanceof CharlyError)) throw error;
    if (error.code !== "no-config") context.out.warn(`${error.message}; going on with the ledger alone`);
    return undefined;
  }
}

/**
 * The bundle that was named, else `defaults.bundle`, else the only one.
 *
 * @throws CharlyError with exit code 2 when it is not declared, or when there is a choice
 */
export function bundleOf(project: CliProject, name: string | undefined): string {
  const names = Object.keys(project.config.bundles);
  if (name !== undefined) {
    if (names.includes(name)) return name;
    const kept = keptError(project, name);
    if (kept !== undefined) throw kept;
    const near = closest(name, names);
    throw new CharlyError(`find bundle: "${name}" is not declared`, {
      hint: near === undefined ? `declared bundles: ${names.join(", ") || "none"}` : `did you mean ${near}?`,
      code: "unknown-bundle",
      exitCode: 2,
    });
  }
  const only = project.config.defaults?.bundle ?? (names.length === 1 ? names[0] : undefined);
  if (only !== undefined) return only;
  throw new CharlyError(
    names.length === 0 ? "choose bundle: the configuration declares none" : "choose bundle: there are several",
    {
      hint: names.length === 0 ? "add one under `bundles`" : `name one of: ${names.join(", ")}`,
      code: "bundle-needed",
      exitCode: 2,
    },
  );
}

/**
 * Candies named on the command line: those without a `/` are the configuration's own.
 *
 * @throws CharlyError with exit code 2 when one is not declared
 */
export function checkCandies(project: CliProject, names: readonly string[]): void {
  const known = Object.keys(project.config.candies);
  const unknown = names.find((name) => !name.includes("/") && !known.includes(name));
  if (unknown === undefined) return;
  const near = closest(unknown, known);
  throw new CharlyError(`find candy: "${unknown}" is not declared`, {
    hint: near === undefined ? `declared candies: ${known.join(", ") || "none"}` : `did you mean ${near}?`,
    code: "unknown-candy",
    exitCode: 2,
  });
}

/** Options every engine call takes. */
export function hostOptions(
  { globals, signal }: AnyContext,
  flags: { readonly parallel?: number | undefined } = {},
): HostOptions {
  return {
    signal,
    ...(globals.host.length > 0 ? { host: globals.host } : {}),
    ...(flags.parallel === undefined ? {} : { parallel: flags.parallel }),
  };
}

type Given<F extends FlagSpecs> = import("../../lib/cli/define_verb.ts").FlagsOf<F>;

/** What a plan depends on, from flags. `-y` opens the three gates and is thereby part of the plan. */
export function planOptions(context: AnyContext, flags: Given<typeof planFlags>): PlanOptions {
  const open = context.globals.yes;
  return {
    ...hostOptions(context, flags),
    install: {
      ...(flags.withServices || open ? { withServices: true } : {}),
      ...(flags.allowRepoChanges || open ? { allowRepoChanges: true } : {}),
      ...(flags.allowRootTasks || open ? { allowRootTasks: true } : {}),
      ...(flags.skipIncompatible ? { skipIncompatible: true } : {}),
      ...(flags.verify ? { verify: true } : {}),
      ...(flags.builderImage === undefined ? {} : { builderImage: flags.builderImage }),
    },
    ...(flags.addCandy.length > 0 ? { addCandy: flags.addCandy } : {}),
    ...(flags.nodeOnly ? { nodeOnly: true } : {}),
    ...(flags.live ? { live: true } : {}),
    ...(flags.rerun.length > 0 ? { rerun: flags.rerun } : {}),
    ...(flags.requireUndo ? { requireUndo: true } : {}),
  };
}

/** How an apply goes about it, from flags. */
export function addOptions(context: AnyContext, flags: Given<typeof addFlags>): AddOptions {
  if (flags.maxFail !== undefined && !/^\d+%?$/.test(flags.maxFail)) {
    throw new CharlyError(`read command line: --max-fail got "${flags.maxFail}"`, {
      hint: "give a number of hosts (3) or a share of them (25%)",
      code: "usage",
      exitCode: 2,
    });
  }
  return {
    ...planOptions(context, flags),
    ...guardOptions(flags),
    ...(flags.dryRun ? { dryRun: true } : {}),
    ...(flags.done.length > 0 ? { done: flags.done } : {}),
    ...(flags.undo.length > 0 ? { undo: flags.undo } : {}),
    ...(flags.serial === undefined ? {} : { serial: flags.serial }),
    ...(flags.maxFail === undefined ? {} : { maxFail: flags.maxFail }),
    ...(flags.onFailure === undefined ? {} : { onFailure: flags.onFailure }),
    ...(flags.onDrift === undefined ? {} : { onDrift: flags.onDrift }),
    ...(flags.adopt ? { adopt: true } : {}),
    ...(flags.takeOver ? { takeOver: true } : {}),
    ...(flags.disposable ? { disposable: true } : {}),
    ...(flags.lifecycle === undefined ? {} : { lifecycle: flags.lifecycle }),
  };
}

/** The guard, from its flags; whole seconds between one and a day. */
function guardOptions(flags: Given<typeof addFlags>): Pick<AddOptions, "guard"> {
  if (flags.guard === undefined) {
    if (flags.guardCheck === undefined) return {};
    throw new CharlyError("read command line: --guard-check stands alone", {
      hint: "say how long the target shall wait, too: --guard 60s",
      code: "usage",
      exitCode: 2,
    });
  }
  const time = Math.ceil(seconds(flags.guard));
  if (time < 1 || time > 86_400) {
    throw new CharlyError(`read command line: --guard got "${flags.guard}"`, {
      hint: "give a time between 1s and 24h",
      code: "usage",
      exitCode: 2,
    });
  }
  return { guard: { seconds: time, ...(flags.guardCheck === undefined ? {} : { check: flags.guardCheck }) } };
}

/** How an undo goes about it, from flags. */
export function delOptions(context: AnyContext, flags: Given<typeof delFlags>): DelOptions {
  const on = Object.entries(flags).filter(([, value]) => value === true);
  return { ...hostOptions(context, flags), ...Object.fromEntries(on) };
}

/** Exit code of a run. */
export function codeOf(outcome: Outcome): number {
  return outcome.ok ? 0 : 1;
}
