/** What a verb holds in its hands while it runs. */
import type { DeployApi, DeployProject } from "../deploy/contract.ts";
import type { Candy } from "../entities/candy.ts";
import type { TaskData } from "../entities/task.ts";
import type { ArgsOf, ArgSpecs, FlagsOf, FlagSpecs, VerbTable } from "./define_verb.ts";
import type { Globals } from "./globals.ts";
import type { Output } from "./output.ts";

/** A project with the parts only some verbs look at; what `loadProject` gives. */
export interface CliProject extends DeployProject {
  readonly config: DeployProject["config"] & {
    readonly candies: Readonly<
      Record<string, Pick<Candy, "description"> & Partial<Pick<Candy, "artifact" | "secretRequire" | "secretAccept">>>
    >;
    readonly tasks: Readonly<Record<string, TaskData>>;
    readonly vms?: Readonly<Record<string, unknown>>;
    readonly locals?: Readonly<Record<string, unknown>>;
    readonly boxes?: Readonly<Record<string, unknown>>;
    readonly pods?: Readonly<Record<string, unknown>>;
    readonly k8s?: Readonly<Record<string, unknown>>;
    readonly androids?: Readonly<Record<string, unknown>>;
    readonly groups?: Readonly<Record<string, unknown>>;
  };
  /** Address of the configuration: `file:`, `http:` or `https:`. */
  readonly configUrl: string;
  /** What the configuration printed while it was read. */
  readonly output?: string;
  /** What is odd about its YAML. */
  readonly warnings?: readonly ProjectWarning[];
  /** Fields that the overlay of this machine set (`web/host`), and deployments only it has. */
  readonly overlaid?: readonly string[];
}

/** Something odd in a file, that keeps nothing from working. */
export interface ProjectWarning {
  /** A word that stays the same. */
  readonly code: string;
  /** Line and column count from 1. */
  readonly at: { readonly file: string; readonly line: number; readonly column: number };
  readonly message: string;
  readonly hint: string;
}

/** What `loadProject` is asked for. */
export interface ProjectRequest {
  readonly cwd: string;
  /** Path or address given with `--config`. */
  readonly config?: string;
  /** Expected digest of a remote configuration. */
  readonly integrity?: string;
  /** Evaluate twice and compare. */
  readonly verifyDeterministic?: boolean;
}

/** The heavy parts, loaded when a verb asks for them; tests hand in their own. */
export interface Services {
  project(request: ProjectRequest): Promise<CliProject>;
  api(): Promise<DeployApi>;
}

/** Given to `Verb.run`. */
export interface VerbContext<A extends ArgSpecs, F extends FlagSpecs> {
  readonly args: ArgsOf<A>;
  readonly flags: FlagsOf<F>;
  readonly globals: Globals;
  readonly out: Output;
  readonly services: Services;
  readonly table: VerbTable;
  /** Directory the command was given in. */
  readonly cwd: string;
  /** The words as typed, for starting the same command again. */
  readonly words: readonly string[];
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  readonly version: string;
}
