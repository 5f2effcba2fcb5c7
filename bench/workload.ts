/** What a workload of the bench is and gives: `bench/main.ts` runs them one by one and writes `bench/results.md`. */
import type { Rig } from "./rig/mod.ts";

/** One workload of the table, W1 to W9. */
export interface Workload {
  /** `W1`. */
  readonly id: string;
  /** What is measured, one line. */
  readonly title: string;
  run(rig: Rig): Promise<WorkloadResult>;
}

/** What came out. */
export interface WorkloadResult {
  /** One row per tool and condition. */
  readonly tables: readonly Table[];
  /** Each target of the workload, met or not. */
  readonly targets: readonly TargetResult[];
  /** What bounds a figure, what was tried around it. */
  readonly notes?: readonly string[];
}

/** A table of figures as it is printed. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One target. */
export interface TargetResult {
  /** `at most 1.3 × ssh host true at 20 ms`. */
  readonly target: string;
  /** `1.21 ×`. */
  readonly measured: string;
  readonly met: boolean;
}
