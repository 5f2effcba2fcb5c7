/** At most so many things at once; more wait their turn, first come first served. */

/** A counting semaphore whose waiters can be sent away. */
export class Slots {
  readonly #limit: number;
  readonly #waiting: { go: () => void; refuse: (reason: unknown) => void }[] = [];
  #taken = 0;
  #closed: { reason: unknown } | undefined;

  /** @param limit how many may hold a slot at once */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits for a slot and returns what gives it back (safe to call twice). Rejects once `close` was called. */
  async take(): Promise<() => void> {
    if (this.#closed !== undefined) throw this.#closed.reason;
    if (this.#taken < this.#limit) this.#taken++;
    else await new Promise<void>((go, refuse) => this.#waiting.push({ go, refuse }));
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken--;
      else next.go();
    };
  }

  /** Sends everybody who waits away with `reason`, and everybody who comes later. */
  close(reason: unknown): void {
    this.#closed ??= { reason };
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(this.#closed.reason);
  }
}
