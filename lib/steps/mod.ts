/** The roll-call of step kinds, and the questions that can be asked of any step. */
import { assertNever } from "../base/brand.ts";
import type { Reversibility } from "./act.ts";
import { apkInstall } from "./apk_install.ts";
import { builder } from "./builder.ts";
import type { LowerContext, Lowered, ReverseContext, StepKindDefinition } from "./define_step.ts";
import { external } from "./external.ts";
import { externalPlugin } from "./external_plugin.ts";
import { file } from "./file.ts";
import { localPkgInstall } from "./local_pkg_install.ts";
import { op } from "./op.ts";
import { reboot } from "./reboot.ts";
import { repoChange } from "./repo_change.ts";
import type { ReverseOp } from "./reverse_op.ts";
import { serviceCustom } from "./service_custom.ts";
import { servicePackaged } from "./service_packaged.ts";
import { shellHook } from "./shell_hook.ts";
import { shellSnippet } from "./shell_snippet.ts";
import type { Gate, InstallStep, Scope, StepVenue } from "./step.ts";
import { systemPackages } from "./system_packages.ts";

/** Every kind there is. A new one is a file and a line here; the compiler then asks every visitor about it. */
export const stepKinds = [
  systemPackages,
  builder,
  op,
  file,
  servicePackaged,
  serviceCustom,
  shellHook,
  shellSnippet,
  repoChange,
  apkInstall,
  localPkgInstall,
  reboot,
  externalPlugin,
  external,
] as const;

/** The step type a definition answers for. */
export type StepOf<D> = D extends StepKindDefinition<infer S> ? S : never;
/** The union of the roll-call; a type test holds it equal to {@link InstallStep}. */
export type RollCallStep = StepOf<typeof stepKinds[number]>;

/** Kinds as a visitor's keys: the open family is one, `external`. */
export type VisitedKind = Exclude<InstallStep["kind"], `external:${string}`> | "external";

/** One answer per kind. A target that forgets a kind does not compile. */
export type StepVisitor<R> = {
  readonly [K in VisitedKind]: (
    step: K extends "external" ? Extract<InstallStep, { kind: `external:${string}` }>
      : Extract<InstallStep, { kind: K }>,
  ) => R;
};

/** Asks the visitor about a step. */
export function visitStep<R>(step: InstallStep, visitor: StepVisitor<R>): R {
  switch (step.kind) {
    case "SystemPackages":
      return visitor.SystemPackages(step);
    case "Builder":
      return visitor.Builder(step);
    case "Op":
      return visitor.Op(step);
    case "File":
      return visitor.File(step);
    case "ServicePackaged":
      return visitor.ServicePackaged(step);
    case "ServiceCustom":
      return visitor.ServiceCustom(step);
    case "ShellHook":
      return visitor.ShellHook(step);
    case "ShellSnippet":
      return visitor.ShellSnippet(step);
    case "RepoChange":
      return visitor.RepoChange(step);
    case "ApkInstall":
      return visitor.ApkInstall(step);
    case "LocalPkgInstall":
      return visitor.LocalPkgInstall(step);
    case "Reboot":
      return visitor.Reboot(step);
    case "ExternalPlugin":
      return visitor.ExternalPlugin(step);
    default:
      return step.kind.startsWith("external:") ? visitor.external(step) : assertNever(step as never);
  }
}

/** A step with the definition of its kind: the questions every step answers. */
class Answers<S extends InstallStep> {
  readonly #definition: StepKindDefinition<S>;
  readonly #step: S;

  constructor(definition: StepKindDefinition<S>, step: S) {
    this.#definition = definition;
    this.#step = step;
  }

  scope(): Scope {
    return this.#definition.scope(this.#step);
  }

  venue(): StepVenue {
    return this.#definition.venue(this.#step);
  }

  gate(): Gate | undefined {
    return this.#definition.gate(this.#step);
  }

  describe(): string {
    return this.#definition.describe(this.#step);
  }

  reversibility(): Reversibility {
    return this.#definition.reversibility(this.#step);
  }

  reverse(context: ReverseContext): readonly ReverseOp[] {
    return this.#definition.reverse(this.#step, context);
  }

  lower(context: LowerContext): Lowered {
    return this.#definition.lower(this.#step, context);
  }
}

/** The questions every step answers. */
export type StepAnswers = Pick<Answers<InstallStep>, keyof Answers<InstallStep>>;

function answers<S extends InstallStep>(definition: StepKindDefinition<S>): (step: S) => StepAnswers {
  return (step) => new Answers(definition, step);
}

const bound: StepVisitor<StepAnswers> = {
  SystemPackages: answers(systemPackages),
  Builder: answers(builder),
  Op: answers(op),
  File: answers(file),
  ServicePackaged: answers(servicePackaged),
  ServiceCustom: answers(serviceCustom),
  ShellHook: answers(shellHook),
  ShellSnippet: answers(shellSnippet),
  RepoChange: answers(repoChange),
  ApkInstall: answers(apkInstall),
  LocalPkgInstall: answers(localPkgInstall),
  Reboot: answers(reboot),
  ExternalPlugin: answers(externalPlugin),
  external: answers(external),
};

/**
 * What a step says about itself.
 *
 * @example `ask(step).gate()`, `ask(step).lower(context)`
 */
export function ask(step: InstallStep): StepAnswers {
  return visitStep(step, bound);
}
