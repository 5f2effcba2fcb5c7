/**
 * Plans as JSON with the reference's names: snake_case, integers for scope, venue and phase with 0 left out, steps as a tagged
 * union. Keys that are data (variables, maps, payloads) keep their spelling.
 */
import type { InstallPlan, InstallStep } from "./install_plan.ts";

/** Integers of the wire, in order. */
export const enums: Readonly<Record<string, readonly string[]>> = {
  scope: ["system", "user", "user-profile"],
  targetScope: ["system", "user", "user-profile"],
  venue: ["host-native", "container-builder", "skip"],
  phase: ["prepare", "install", "cleanup"],
};

/** Fields whose own keys are the author's, not ours. */
export const opaque = ["envVars", "candyVars", "env", "map", "payload", "context", "apkPackages", "meta", "probe"];

/** Names that are more than another spelling. */
export const renamed: Readonly<Record<string, string>> = { candy: "candy_name", context: "raw_stage_context" };

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** An InstallPlan as the reference writes it. */
export type WirePlan = { readonly [key: string]: Json };

/** A plan with wire names. */
export function toWire(plan: InstallPlan): WirePlan {
  return {
    deploy_id: plan.deployId,
    box: plan.box,
    version: plan.version,
    distro: plan.distro,
    candy: plan.candy,
    candies_included: plan.candiesIncluded,
    add_candies: plan.addCandies,
    builder_image: plan.builderImage,
    meta: plan.meta,
    steps: plan.steps.map(stepToWire),
  };
}

/** A step with wire names. */
export function stepToWire(step: InstallStep): WirePlan {
  return toSnake(step as unknown as Readonly<Record<string, unknown>>, true) as WirePlan;
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toSnake(value: unknown, top = false): Json {
  if (Array.isArray(value)) return value.map((item) => toSnake(item));
  if (typeof value !== "object" || value === null) return value as Json;
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const name = (top ? renamed[key] : undefined) ?? snake(key);
    const numbers = top ? enums[key] : undefined;
    if (numbers !== undefined) {
      const number = numbers.indexOf(String(item));
      if (number > 0) entries.push([name, number]);
    } else if (top && key === "repos") {
      entries.push([name, (item as readonly unknown[]).map((repo) => ({ raw: toSnake(repo) }))]);
    } else entries.push([name, opaque.includes(key) ? item as Json : toSnake(item)]);
  }
  return Object.fromEntries(entries);
}
