/** What a run tells, as events and outcomes. */
import type { HostOutcome } from "./contract.ts";
import type { EventQueue } from "./events.ts";
import type { RunWatch } from "./run.ts";

/** Why a run came to no end, in words. */
export function stopText(reason: string): string {
  const known: Readonly<Record<string, string>> = {
    stop: "stopped as asked, behind the step that ran",
    kill: "stopped as asked, in the middle of a step",
    silence: "stopped by the target: it heard nothing from here for too long",
    journal: "stopped by the target: its journal could not be written (is the disk full?)",
    store: "stopped by the target: its ledger could not be written (is the disk full?)",
    channel: "stopped by the target: the connection ended",
  };
  return known[reason] ?? `stopped: ${reason}`;
}

/** Frames of a run as events. */
export function watchOf(events: EventQueue, host: string, of: number, summary: (n: number) => string): RunWatch {
  const times = new Map<number, number>();
  return {
    began: (n) => {
      times.set(n, performance.now());
      events.tell({ kind: "step-begin", host, n, of, summary: summary(n) });
    },
    output: (n, bytes) => events.tell({ kind: "step-output", host, n, stream: "out", bytes }),
    warning: (n, message) =>
      events.tell({ kind: "warning", host, message: n === 0 ? message : `step ${n}: ${message}` }),
    ended: ({ n, code, state, message }) => {
      if (state === "skip" || state.startsWith("kept:")) {
        const reason = state === "skip" ? message : `kept as it is: ${message}`;
        events.tell({ kind: "skipped", host, n, summary: summary(n), reason });
        return;
      }
      const result = state === "fail" || state.startsWith("failed:")
        ? "failed"
        : state === "timeout" || state === "cut"
        ? state
        : state === "same" || state === "gone" || state === "dropped"
        ? "satisfied"
        : "ok";
      if (!times.has(n)) events.tell({ kind: "step-begin", host, n, of, summary: summary(n) });
      if (result === "failed" && message !== "") {
        events.tell({ kind: "warning", host, message: `step ${n}: ${message}` });
      }
      const durationMs = performance.now() - (times.get(n) ?? performance.now());
      events.tell({ kind: "step-end", host, n, of, summary: summary(n), result, code, durationMs });
    },
  };
}

/** An outcome in which nothing ran. */
export function none(host: string, result: HostOutcome["result"]): HostOutcome {
  return { host, result, ran: 0, upToDate: 0, skipped: 0, durationMs: 0 };
}
