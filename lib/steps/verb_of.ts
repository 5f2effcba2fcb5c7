/** Which verb an entry of a plan has. */
import type { PlanEntry } from "../entities/plan_entry.ts";

/** Every verb. */
export const verbs: readonly string[] = [
  "command",
  "mkdir",
  "copy",
  "write",
  "link",
  "download",
  "setcap",
  "build",
  "user",
  "unixGroup",
  "kernelParam",
  "package",
  "service",
  "external",
  "check",
];

/** The verb of an entry. */
export function verbOf(entry: PlanEntry): string {
  return verbs.find((verb) => Object.hasOwn(entry, verb)) ?? "";
}
