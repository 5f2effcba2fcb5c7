/** Options of a deploy: the call's, then the bundle's, then its template's. */
import type { PlanInstallOptions } from "./gates.ts";

const switches = [
  "withServices",
  "allowRepoChanges",
  "allowRootTasks",
  "skipIncompatible",
  "verify",
  "assumeYes",
] as const;

/**
 * Merges levels, the nearest first. Switches are or-ed (a level cannot switch off what another switched on); the first
 * builder image wins. Unset options are absent from the result, so that equal options have equal JSON.
 */
export function mergeOptions(...levels: readonly (PlanInstallOptions | undefined)[]): PlanInstallOptions {
  const on = switches.filter((name) => levels.some((level) => level?.[name] === true));
  const image = levels.map((level) => level?.builderImage).find((one) => one !== undefined && one !== "");
  return {
    ...Object.fromEntries(on.map((name) => [name, true])),
    ...(image === undefined ? {} : { builderImage: image }),
  };
}
