/** The shape every step kind has: what it is, what it needs, what it becomes on a machine, and its way back. */
import type { z, ZodType } from "zod";
import type { Act, Reversibility } from "./act.ts";
import type { CandyFiles } from "./candy_files.ts";
import type { ReverseOp } from "./reverse_op.ts";
import type { Gate, InstallStep, Scope, StepVenue } from "./step.ts";

/** Pieces step schemas share. */
type SchemaParts = typeof import("./schema_parts.ts");

/** What a step must know of the machine; `HostFacts` has it all. */
export interface StepFacts {
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly loginShell: string;
  /** `uname -m`. */
  readonly machine: string;
  /** Distro tags, most specific first. */
  readonly distro: readonly string[];
  readonly format?: "deb" | "rpm" | "pac";
  readonly systemd: boolean;
}

/** Kinds of targets that lower steps to acts. */
export type TargetKind = "local" | "ssh" | "nested" | "vm";

/** What lowering a step may look at. All of it is values: lowering is pure. */
export interface LowerContext {
  /** Number of the step over all plans of the deploy, from 1. */
  readonly step: number;
  readonly target: TargetKind;
  readonly facts: StepFacts;
  readonly files: CandyFiles;
  /** Environment of commands before their own, per level: the bundle's, and for the login user that of candies so far. */
  readonly env: { readonly user: Readonly<Record<string, string>>; readonly root: Readonly<Record<string, string>> };
  /** Directories in front of the login user's PATH, from candies so far. */
  readonly path: readonly string[];
  /** Names of secrets the step's candy declares. */
  readonly secrets: readonly string[];
  /** This is the deploy's first ShellHook: it brings the block that sources env.d. */
  readonly sourcing: boolean;
}

/** What a step becomes: acts, or the reason why it means nothing here. */
export type Lowered = readonly Act[] | { readonly skipped: string };

/** What undo records of the Go tool need to be computed. */
export interface ReverseContext {
  readonly facts: StepFacts;
  /** Names what a copied directory holds; without it only the directory itself is named. */
  readonly files?: CandyFiles;
}

/** Answers of a step kind; `S` is the step's type. */
export interface StepKindDefinition<S extends InstallStep> {
  /** The kind's name; `external:` for the open family. */
  readonly kind: S["kind"] extends `external:${string}` ? "external:" : S["kind"];
  /**
   * Checks a step read from JSON (camelCase, as in memory). Zod and the shared pieces are handed in: who only plans does not load them.
   */
  schema(zod: typeof z, part: SchemaParts): ZodType<S>;
  scope(step: S): Scope;
  venue(step: S): StepVenue;
  /** The opt-in the step needs, if any. */
  gate(step: S): Gate | undefined;
  /** One imperative line for people. */
  describe(step: S): string;
  reversibility(step: S): Reversibility;
  /** Ways back as the Go tool records them, in the order of recording: replay is last in, first out. */
  reverse(step: S, context: ReverseContext): readonly ReverseOp[];
  lower(step: S, context: LowerContext): Lowered;
}

/** Says that `definition` answers for one kind; keeps the kind's literal name. */
export function defineStep<S extends InstallStep>(definition: StepKindDefinition<S>): StepKindDefinition<S> {
  return definition;
}
