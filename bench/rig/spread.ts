/** Figures of several runs as one line. */

/** Median and ends. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The spread of at least one figure. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** `340 ms (331–402)`, `5.1 s (4.9–5.4)`. */
export function showTime({ median, min, max }: Spread): string {
  const inSeconds = median >= 2000;
  const show = (ms: number) => inSeconds ? (ms / 1000).toFixed(1) : ms.toFixed(ms < 10 ? 1 : 0);
  return `${show(median)} ${inSeconds ? "s" : "ms"} (${show(min)}–${show(max)})`;
}

/** `12 KiB`, `3.4 MiB`. */
export function showBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** `1.24 ×`. */
export function showRatio(ratio: number): string {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2)} ×`;
}
