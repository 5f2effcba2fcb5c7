/** How much an evaluation may take before it is ended. */
export interface Limits {
  /** Wall clock of the evaluation, in milliseconds. */
  readonly wallMs: number;
  /** Wall clock of resolving the imports (which may download), in milliseconds. */
  readonly graphMs: number;
  /** Memory of the process that resolves the imports, in MiB. */
  readonly graphMiB: number;
  /** V8 heap, in MiB. */
  readonly heapMiB: number;
  /** Memory of the whole process, array buffers included, in MiB. */
  readonly memoryMiB: number;
  /** The result as JSON, in bytes. */
  readonly dataBytes: number;
  /** What the config may print, in bytes. */
  readonly outputBytes: number;
}

/** Far above any honest config: 3000 candies take 0.3 s and 100 MiB. */
export const defaultLimits: Limits = {
  wallMs: 10_000,
  graphMs: 120_000,
  graphMiB: 2048,
  heapMiB: 256,
  memoryMiB: 768,
  dataBytes: 16 * 1024 * 1024,
  outputBytes: 1024 * 1024,
};
