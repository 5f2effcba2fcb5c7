/** No await without an end. */

/** `promise`, or the rejection `late()` gives after `ms` milliseconds. */
export async function within<T>(promise: Promise<T>, ms: number, late: () => unknown): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => timer = setTimeout(() => reject(late()), ms)),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** A deadline that can stand still while a person types. */
export class Deadline {
  #left: number;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #late: () => void;

  /** @param ms milliseconds until `late` is called */
  constructor(ms: number, late: () => void) {
    this.#left = ms;
    this.#late = late;
    this.#run();
  }

  #run(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(this.#late, this.#left);
  }

  /** Ends the deadline for good. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Stands still while `work` runs. */
  async pausedFor<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    this.#left = Math.max(1, this.#left - (performance.now() - this.#since));
    try {
      return await work();
    } finally {
      this.#run();
    }
  }
}
