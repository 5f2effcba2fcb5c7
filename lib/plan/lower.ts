/** Plans → acts: gates asked, every step lowered in order, with the environment the steps before it have made. */
import { CharlyError } from "../base/errors.ts";
import type { HostFacts } from "../facts/facts.ts";
import type { Act, SkippedStep } from "../steps/act.ts";
import type { CandyFiles } from "../steps/candy_files.ts";
import type { LowerContext, TargetKind } from "../steps/define_step.ts";
import { ask } from "../steps/mod.ts";
import { hookValues } from "../steps/shell_hook.ts";
import { deferHome, exportName, resolveHome } from "../steps/variables.ts";
import { gateOpen, type PlanInstallOptions } from "./gates.ts";
import type { InstallPlan } from "./install_plan.ts";

/** What lowering a deploy depends on. */
export interface LowerInput {
  readonly facts: HostFacts;
  readonly target: TargetKind;
  readonly options: PlanInstallOptions;
  readonly files: CandyFiles;
  /** The bundle's environment, for commands at both levels. */
  readonly env: Readonly<Record<string, string>>;
  readonly candySecrets: Readonly<Record<string, readonly string[]>>;
  /** Names of all declared secrets. */
  readonly known: readonly string[];
}

type Hooks = ReadonlyMap<string, ReturnType<typeof hookValues>>;

/** Lowers all steps, numbered from 1 over all plans. */
export function lowerPlans(plans: readonly InstallPlan[], input: LowerInput): {
  readonly acts: readonly Act[];
  readonly skipped: readonly SkippedStep[];
  readonly notes: readonly string[];
} {
  const { facts } = input;
  const acts: Act[] = [];
  const skipped: SkippedStep[] = [];
  const closed = new Set<number>();
  const hooks = new Map<string, ReturnType<typeof hookValues>>();
  const root = resolveAll(input.env, facts.home);
  const environment = new Environment(hooks, root);
  let number = 0;
  for (const step of plans.flatMap((plan) => plan.steps)) {
    number++;
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
    const sourcing = step.kind === "ShellHook" && hooks.size === 0;
    if (step.kind === "ShellHook") hooks.set(step.candy, hookValues(step, facts.home));
    environment.seen = hooks.size;
    const lowered = answers.lower({
      step: number,
      target: input.target,
      facts,
      files: input.files,
      get env() {
        return { user: environment.user(), root };
      },
      get path() {
        return environment.path();
      },
      secrets: input.candySecrets[step.candy] ?? [],
      sourcing,
    });
    if (!("skipped" in lowered)) acts.push(...lowered);
    else if (!closed.has(number)) skip(lowered.skipped);
  }
  checkSecrets(acts, input.known);
  // Closed steps are lowered as well: what they would claim is kept, and no other act is numbered anew because of them.
  const all = distinct(acts);
  const open = all.filter(({ step }) => !closed.has(step));
  const resources = Map.groupBy(all, ({ step }) => step);
  const withResources = (it: SkippedStep): SkippedStep =>
    it.gate === undefined ? it : { ...it, resources: (resources.get(it.step) ?? []).map(({ resource }) => resource) };
  return { acts: open, skipped: skipped.map(withResources), notes: notesOn(open) };
}

/** What commands find in their environment; only they ask for it, and it changes with every hook only. */
class Environment {
  seen = 0;
  #of = -1;
  #user: Record<string, string> = {};
  #path: string[] = [];

  constructor(readonly hooks: Hooks, readonly root: Readonly<Record<string, string>>) {}

  user(): Record<string, string> {
    this.#refresh();
    return this.#user;
  }

  path(): string[] {
    this.#refresh();
    return this.#path;
  }

  #refresh(): void {
    if (this.#of === this.seen) return;
    this.#of = this.seen;
    this.#user = { ...hookEnv(this.hooks), ...this.root };
    this.#path = hookPath(this.hooks, this.#user);
  }
}

/** As at login, where env.d is read in alphabetical order: the last candy wins. */
function hookEnv(hooks: Hooks): Record<string, string> {
  return Object.assign({}, ...sorted(hooks).map(({ env }) => env));
}

/** As at login: the alphabetically last candy's directories stand first. `$NAME` of earlier candies is put in. */
function hookPath(hooks: Hooks, env: Readonly<Record<string, string>>): string[] {
  const named = (whole: string, a: string | undefined, b: string | undefined) => {
    const name = a ?? b ?? "";
    return Object.hasOwn(env, name) ? env[name] ?? whole : whole;
  };
  const entries = sorted(hooks).toReversed().flatMap(({ path }) => path).map((entry) =>
    entry.replace(/\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g, named)
  );
  return [...new Set(entries)];
}

function sorted(hooks: Hooks): ReturnType<typeof hookValues>[] {
  return [...hooks].sort(([a], [b]) => a < b ? -1 : 1).map(([, hook]) => hook);
}

function resolveAll(env: Readonly<Record<string, string>>, home: string): LowerContext["env"]["root"] {
  return Object.fromEntries(
    Object.keys(env).sort().map((
      name,
    ) => [exportName(name, "env of the bundle"), resolveHome(deferHome(env[name] ?? ""), home)]),
  );
}

/** Equal texts without an id are distinct acts all the same: the second is `…#2`. Paths may have several writers. */
function distinct(acts: readonly Act[]): Act[] {
  const seen = new Map<string, number>();
  return acts.map((act) => {
    if (!/^(cmd|pkg|external):/.test(act.resource)) return act;
    const count = (seen.get(act.resource) ?? 0) + 1;
    seen.set(act.resource, count);
    return count === 1 ? act : { ...act, resource: `${act.resource}#${count}` };
  });
}

function checkSecrets(acts: readonly Act[], known: readonly string[]) {
  for (const act of acts) {
    const missing = act.type === "command" ? act.secrets.find((name) => !known.includes(name)) : undefined;
    if (missing === undefined) continue;
    throw new CharlyError(`candy "${act.candy}": the secret ${missing} is not declared`, {
      hint: `list it in the candy's \`secretRequire\` or \`secretAccept\``,
      code: "unknown-secret",
      exitCode: 2,
    });
  }
}

function notesOn(acts: readonly Act[]): string[] {
  return acts.some((act) => act.type === "packages")
    ? ["packages may start services when they are installed, whatever --with-services says"]
    : [];
}
