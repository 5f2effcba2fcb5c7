/** Events in order, one at a time: frames come faster than whoever listens may want to answer. */
import type { DeployEvent, DeployEvents } from "./contract.ts";

/** A queue in front of a listener. */
export class EventQueue {
  #last: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  constructor(readonly listener: DeployEvents) {}

  /** Tells; a failing listener is remembered and thrown by {@link drained}. */
  tell(event: DeployEvent): void {
    this.#last = this.#last.then(() => this.listener(event)).catch((error) => {
      this.#failure ??= error;
    });
  }

  /** Asks, after everything told before. */
  ask(event: DeployEvent): Promise<boolean | string | void> {
    const answer = this.#last.then(() => this.listener(event));
    this.#last = answer.catch(() => {});
    return answer;
  }

  /** Resolves when everything told has been heard. */
  async drained(): Promise<void> {
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure;
  }
}
