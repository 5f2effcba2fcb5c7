/** Secrets leave a run in no event: a step may print what it was given. */
import { RedactedStream, Redactor } from "../command/redact.ts";
import type { DeployEvent, HostOutcome } from "./contract.ts";

/** Turns events into what may be shown of them. */
export class EventRedactor {
  readonly #values = new Set<string>();
  #redactor = new Redactor([]);
  readonly #streams = new Map<string, RedactedStream>();

  /** From now on these values are hidden. */
  hide(values: Iterable<string>): void {
    for (const value of values) this.#values.add(value);
    this.#redactor = new Redactor(this.#values);
  }

  /** The event as it may be told; output that may be the beginning of a secret comes with what follows it. */
  apply(event: DeployEvent): readonly DeployEvent[] {
    if (this.#redactor.isIdle) return [event];
    const text = (it: string) => this.#redactor.text(it);
    switch (event.kind) {
      case "step-output": {
        const key = `${event.host}\0${event.n}\0${event.stream}`;
        const stream = this.#streams.get(key) ?? new RedactedStream(this.#redactor);
        this.#streams.set(key, stream);
        const bytes = stream.push(event.bytes);
        return bytes.length === 0 ? [] : [{ ...event, bytes }];
      }
      case "step-end":
        return [...this.#held(event.host, event.n), event];
      case "warning":
        return [{ ...event, message: text(event.message) }];
      case "guard":
        return [{ ...event, text: text(event.text) }];
      case "skipped":
        return [{ ...event, reason: text(event.reason) }];
      case "host-end":
        return [...this.#held(event.host), { ...event, outcome: this.outcome(event.outcome) }];
      default:
        return [event];
    }
  }

  /** An outcome as it may be told. */
  outcome(outcome: HostOutcome): HostOutcome {
    if (this.#redactor.isIdle) return outcome;
    const text = (it: string) => this.#redactor.text(it);
    const { error, released, notUndone, left } = outcome;
    return {
      ...outcome,
      ...(error === undefined ? {} : {
        error: {
          ...error,
          message: text(error.message),
          ...(error.hint === undefined ? {} : { hint: text(error.hint) }),
        },
      }),
      ...(released === undefined ? {} : { released: released.map(text) }),
      ...(notUndone === undefined ? {} : { notUndone: notUndone.map(text) }),
      ...(left === undefined ? {} : { left: left.map(text) }),
    };
  }

  #held(host: string, n?: number): DeployEvent[] {
    const events: DeployEvent[] = [];
    for (const [key, stream] of this.#streams) {
      const [of, number, name] = key.split("\0");
      if (of !== host || (n !== undefined && number !== String(n))) continue;
      this.#streams.delete(key);
      const bytes = stream.end();
      if (bytes.length === 0) continue;
      events.push({ kind: "step-output", host, n: Number(number), stream: name as "out" | "err", bytes });
    }
    return events;
  }
}
