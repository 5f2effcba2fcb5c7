/** The whole configuration, validated: what every other room reads. */
import type { Box } from "./box.ts";
import type { Bundle, LocalTemplate } from "./bundle.ts";
import type { Candy } from "./candy.ts";
import type { TaskData } from "./task.ts";
import type { Vm } from "./vm.ts";

/** How long charly waits for things; durations such as `"250ms"`, `"3s"`, `"15m"`. */
export interface Readiness {
  /** @default {"250ms"} */
  readonly pollLocal?: string;
  /** @default {"3s"} */
  readonly pollRemote?: string;
  /** @default {"15s"} */
  readonly pollHeavy?: string;
  /** @default {"120s"} */
  readonly perAttempt?: string;
  /** @default {"15m"} */
  readonly perAttemptHeavy?: string;
  /** @default {"90s"} */
  readonly noProgress?: string;
  /** @default {"30m"} */
  readonly absoluteCap?: string;
  /** @default {"180s"} */
  readonly stopGrace?: string;
}

/** What holds where nothing else is said. `B` are the bundle names. */
export interface Defaults<B extends string = string> {
  /** The bundle `deploy` and `plan` take when none is named. */
  readonly bundle?: B;
  readonly readiness?: Readiness;
}

/** Asks for the entities of a YAML file of the project. */
export interface YamlExtension {
  /** Path relative to the project. */
  readonly yaml: string;
}

/** A configuration as it is written: every table may be absent, others may be taken in. */
export interface ConfigData {
  readonly project?: string;
  readonly extend?: readonly (ConfigData | YamlExtension)[];
  readonly candies?: Readonly<Record<string, Candy>>;
  readonly locals?: Readonly<Record<string, LocalTemplate>>;
  readonly bundles?: Readonly<Record<string, Bundle>>;
  readonly vms?: Readonly<Record<string, Vm>>;
  readonly boxes?: Readonly<Record<string, Box>>;
  readonly tasks?: Readonly<Record<string, TaskData>>;
  readonly defaults?: Defaults;
}

/**
 * A configuration after {@link parseConfig}: everything taken in is merged, every reference points at something, and every
 * table is there. Tables have no prototype, so looking up `constructor` finds nothing.
 */
export interface Config {
  /** Name of the project; its directory's when absent. */
  readonly project?: string;
  readonly candies: Readonly<Record<string, Candy>>;
  /** `local` templates. */
  readonly locals: Readonly<Record<string, LocalTemplate>>;
  readonly bundles: Readonly<Record<string, Bundle>>;
  readonly vms: Readonly<Record<string, Vm>>;
  readonly boxes: Readonly<Record<string, Box>>;
  readonly tasks: Readonly<Record<string, TaskData>>;
  readonly defaults: Defaults;
}
