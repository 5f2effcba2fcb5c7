/** Events in order, one at a time: frames come faster than whoever listens may want to answer. */
import type { DeployEvent, DeployEvents, HostOutcome } from "./contract.ts";
import { EventRedactor } from "./redact_events.ts";

/** A queue in front of a listener. */
export class EventQueue {
  #last: Promise<unknown> = Promise.resolve();
  #failure: unknown;
  readonly #redactor = new EventRedactor();

  /** What was answered when sudo asked, by host: for the further connections of this run. */
  readonly passwords = new Map<string, string>();

  constructor(readonly listener: DeployEvents) {}

  /**
   * Tells, and resolves when it has been heard: who waits for that holds back what comes faster than it is heard. A failing
   * listener is remembered and thrown by {@link drained}.
   */
  async tell(event: DeployEvent): Promise<void> {
    for (const shown of this.#redactor.apply(event)) {
      this.#last = this.#last.then(() => this.listener(shown)).catch((error) => {
        this.#failure ??= error;
      });
    }
    await this.#last;
  }

  /** Values no event may show from now on. */
  hide(values: Iterable<string>): void {
    this.#redactor.hide(values);
  }

  /** An outcome without them. */
  shown(outcome: HostOutcome): HostOutcome {
    return this.#redactor.outcome(outcome);
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
