/** Rules of what is asked of something live: the method is one of the verb's, and has what it needs. */
import { closest } from "../../base/closest.ts";
import { own } from "../../base/own.ts";
import { isLiveVerb, liveVerbs } from "../../entities/live_verbs.ts";
import type { PlanEntry } from "../../entities/plan_entry.ts";
import type { LiveVerb } from "../../entities/probe.ts";
import { isRecord } from "../../entities/schema_kit.ts";
import type { Report } from "./report.ts";

/** Checks the live questions of a plan, and the steps that do something live; an entry that is wrong in itself is undefined. */
export function liveRules(plan: readonly (PlanEntry | undefined)[], report: Report): void {
  plan.forEach((entry, index) => {
    if (entry?.check !== undefined && "live" in entry.probe) {
      const { live, method, with: given } = entry.probe;
      methodRules(live, method, given, ["plan", index, "probe"], report);
    }
    if (entry?.external !== undefined && isLiveVerb(entry.external) && isRecord(entry.payload)) {
      const { method, with: given } = entry.payload;
      const path = ["plan", index, "payload"];
      if (typeof method === "string") methodRules(entry.external, method, isRecord(given) ? given : {}, path, report);
    }
  });
}

function methodRules(
  verb: LiveVerb,
  method: string,
  given: Readonly<Record<string, unknown>> = {},
  path: readonly (string | number)[],
  report: Report,
): void {
  const needs = own(liveVerbs[verb], method);
  if (needs === undefined) {
    report([...path, "method"], { code: "unknown-method", verb, name: method, known: Object.keys(liveVerbs[verb]) });
    return;
  }
  const written = Object.keys(given).filter((name) => !needs.includes(name));
  for (const name of needs) {
    if (isSaid(given[name])) continue;
    const near = Object.hasOwn(given, name) ? undefined : closest(name, written);
    const hint = near === undefined ? `add \`${name}\`` : `did you mean \`${name}\` where \`${near}\` is written?`;
    report(path, { code: "needs", field: `${verb}: ${method}`, needs: `\`${name}\``, hint });
  }
}

/** Nothing, an empty text and an empty list say as much. */
function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}
