/** Rules between the waiting times. */
import { seconds } from "../../base/duration.ts";
import type { Readiness } from "../../entities/config.ts";
import type { Report } from "./report.ts";

/** The times where nothing is said. */
export const readinessDefaults: Required<Readiness> = {
  pollLocal: "250ms",
  pollRemote: "3s",
  pollHeavy: "15s",
  perAttempt: "120s",
  perAttemptHeavy: "15m",
  noProgress: "90s",
  absoluteCap: "30m",
  stopGrace: "180s",
};

const order: readonly (readonly [keyof Readiness, keyof Readiness])[] = [
  ["pollLocal", "noProgress"],
  ["pollRemote", "noProgress"],
  ["pollHeavy", "noProgress"],
  ["noProgress", "absoluteCap"],
  ["pollLocal", "stopGrace"],
  ["stopGrace", "absoluteCap"],
];

/** Checks that no time is longer than one it lies in. */
export function readinessRules(readiness: Readiness, report: Report): void {
  const all = { ...readinessDefaults, ...readiness };
  for (const [smaller, larger] of order) {
    if (seconds(all[smaller]) <= seconds(all[larger])) continue;
    report([readiness[smaller] === undefined ? larger : smaller], { code: "wrong-order", smaller, larger });
  }
}
