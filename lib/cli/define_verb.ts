/** A verb of the command line as data: its words, arguments and flags; the types of what `run` is given follow from them. */
import type { VerbContext } from "./context.ts";

/** What completion offers in a place. */
export type Offer =
  | "bundle"
  | "candy"
  | "task"
  | "host"
  | "verb"
  | "file"
  | "deployed"
  | "setting"
  /** What the setting named before it may be. */
  | "setting-value"
  | "nothing";

/** One positional argument, in the order of the record's keys. */
export interface ArgSpec {
  readonly brief: string;
  /** May be left out. Optional ones stand last. */
  readonly optional?: true;
  /** Takes all words that are left. Only the last one may. */
  readonly rest?: true;
  readonly offer?: Offer;
}

/** One flag; its key in camelCase is `--kebab-case` on the command line. */
export type FlagSpec =
  | { readonly kind: "switch"; readonly brief: string; readonly short?: string }
  | {
    readonly kind: "text";
    readonly brief: string;
    readonly placeholder: string;
    readonly short?: string;
    /** May be given several times. */
    readonly repeat?: true;
    readonly offer?: Offer;
  }
  | {
    readonly kind: "number";
    readonly brief: string;
    readonly placeholder: string;
    readonly short?: string;
    readonly repeat?: true;
    /** @default {1} */
    readonly min?: number;
  }
  | {
    readonly kind: "choice";
    readonly brief: string;
    readonly values: readonly string[];
    readonly short?: string;
    /** Value of the flag without one; a value then needs `=`. */
    readonly bare?: string;
  };

/** Positional arguments by name. */
export type ArgSpecs = Readonly<Record<string, ArgSpec>>;
/** Flags by name. */
export type FlagSpecs = Readonly<Record<string, FlagSpec>>;

type ArgOf<S extends ArgSpec> = S extends { rest: true } ? readonly string[]
  : S extends { optional: true } ? string | undefined
  : string;
type FlagOf<S extends FlagSpec> = S extends { kind: "switch" } ? boolean
  : S extends { kind: "choice"; values: readonly (infer V)[] } ? V | undefined
  : S extends { kind: "number"; repeat: true } ? readonly number[]
  : S extends { kind: "number" } ? number | undefined
  : S extends { repeat: true } ? readonly string[]
  : string | undefined;

/** What `run` finds under `args`. */
export type ArgsOf<A extends ArgSpecs> = { readonly [K in keyof A]: ArgOf<A[K]> };
/** What `run` finds under `flags`. Switches are `false` and repeated flags empty when not given. */
export type FlagsOf<F extends FlagSpecs> = { readonly [K in keyof F]: FlagOf<F[K]> };

/** A line of the help's examples: what to type, and what it is for. */
export type Example = readonly [line: string, purpose: string];

/** A verb. Its file's default export. */
export interface Verb<A extends ArgSpecs = ArgSpecs, F extends FlagSpecs = FlagSpecs> {
  /** As typed, nested verbs with a blank: `bundle add`. */
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Paragraphs for `--help`. */
  readonly description: string;
  readonly examples?: readonly Example[];
  readonly args: A;
  readonly flags: F;
  /** Words behind the first argument belong to it, flags included (`run <task> --its-flag`); `all`: no word is ours. */
  readonly passThrough?: "behind-first" | "all";
  /** Returns the exit code; nothing means 0. */
  readonly run: (context: VerbContext<A, F>) => Promise<number | void>;
}

/** Any verb, whatever its arguments. A method's parameter is bivariant, so every `Verb<A, F>` is one. */
export interface AnyVerb extends Omit<Verb, "run"> {
  run(context: VerbContext<ArgSpecs, FlagSpecs>): Promise<number | void>;
}

/** A verb in the roll-call: enough for a list, the rest is loaded when it is typed. */
export interface VerbEntry {
  /** As {@link Verb.name}. */
  readonly name: string;
  readonly summary: string;
  /** Not in lists and completion. */
  readonly hidden?: true;
  readonly load: () => Promise<{ readonly default: AnyVerb }>;
}

/** Every verb there is; a group (`bundle`) has a summary of its own. */
export interface VerbTable {
  readonly verbs: readonly VerbEntry[];
  readonly groups: Readonly<Record<string, string>>;
}

/**
 * Declares a verb; `run`'s `args` and `flags` are typed by the declarations beside it.
 *
 * @param verb the declaration
 * @returns the same value
 */
export function defineVerb<const A extends ArgSpecs, const F extends FlagSpecs>(verb: Verb<A, F>): Verb<A, F> {
  return verb;
}

/** `allowRepoChanges` → `allow-repo-changes`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Values of flags: those that were given, and what stands for the others. */
export function fillDefaults(specs: FlagSpecs, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const empty = spec.kind === "switch" ? false : "repeat" in spec && spec.repeat ? [] : undefined;
      return [name, given[name] ?? empty];
    }),
  );
}
