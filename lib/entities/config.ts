/** The whole configuration, validated: what every other room reads. */
import type { Box } from "./box.ts";
import type { Bundle, LocalTemplate } from "./bundle.ts";
import type { Candy } from "./candy.ts";
import type { KeptTables } from "./kept.ts";
import type { TaskData } from "./task.ts";
import type { Vm } from "./vm.ts";

/** How long charly waits for things; durations such as `"250ms"`, `"3s"`, `"15m"`. */
export interface Readiness {
  /** Between two looks at something on this machine. @default {"250ms"} */
  readonly pollLocal?: string;
  /** Between two looks at something on another machine. @default {"3s"} */
  readonly pollRemote?: string;
  /** Between two looks that cost a lot. @default {"15s"} */
  readonly pollHeavy?: string;
  /** For one attempt. @default {"120s"} */
  readonly perAttempt?: string;
  /** For one attempt that does a lot. @default {"15m"} */
  readonly perAttemptHeavy?: string;
  /** Without any progress, before giving up. @default {"90s"} */
  readonly noProgress?: string;
  /** In all, before giving up. @default {"30m"} */
  readonly absoluteCap?: string;
  /** For something to stop by itself. @default {"180s"} */
  readonly stopGrace?: string;
}

/** What holds where nothing else is said. `B` are the bundle names. */
export interface Defaults<B extends string = string> {
  /** The bundle `deploy` and `plan` take when none is named. */
  readonly bundle?: B;
  /** How long charly waits for things. */
  readonly readiness?: Readiness;
}

/** Asks for the entities of a YAML file of the project. */
export interface YamlExtension {
  /** Path relative to the project. */
  readonly yaml: string;
}

/** A configuration as it is written: every table may be absent, others may be taken in. */
export interface ConfigData extends Partial<KeptTables> {
  /** Name of the project; its directory's when absent. */
  readonly project?: string;
  /** What is taken in. */
  readonly extend?: readonly (ConfigData | YamlExtension)[];
  /** Installable layers. */
  readonly candies?: Readonly<Record<string, Candy>>;
  /** `local` templates. */
  readonly locals?: Readonly<Record<string, LocalTemplate>>;
  /** Candies on targets. */
  readonly bundles?: Readonly<Record<string, Bundle>>;
  /** Virtual machines. */
  readonly vms?: Readonly<Record<string, Vm>>;
  /** Container images. */
  readonly boxes?: Readonly<Record<string, Box>>;
  /** Work of the project. */
  readonly tasks?: Readonly<Record<string, TaskData>>;
  /** What holds where nothing else is said. */
  readonly defaults?: Defaults;
}

/**
 * A configuration after {@link parseConfig}: everything taken in is merged, every reference points at something, and every
 * table is there. Tables have no prototype, so looking up `constructor` finds nothing.
 */
export interface Config extends KeptTables {
  /** Name of the project; its directory's when absent. */
  readonly project?: string;
  /** Installable layers. */
  readonly candies: Readonly<Record<string, Candy>>;
  /** `local` templates. */
  readonly locals: Readonly<Record<string, LocalTemplate>>;
  /** Candies on targets. */
  readonly bundles: Readonly<Record<string, Bundle>>;
  /** Virtual machines. */
  readonly vms: Readonly<Record<string, Vm>>;
  /** Container images. */
  readonly boxes: Readonly<Record<string, Box>>;
  /** Work of the project. */
  readonly tasks: Readonly<Record<string, TaskData>>;
  /** What holds where nothing else is said. */
  readonly defaults: Defaults;
}
