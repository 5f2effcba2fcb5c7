/** Secrets candies declare: by name only, here and in everything made from here. */
import { CharlyError } from "../base/errors.ts";
import type { Candy } from "../entities/candy.ts";
import type { Act } from "../steps/act.ts";
import type { DeployPlan } from "./install_plan.ts";

type Secret = DeployPlan["secrets"][number];

/** Names of the secrets a candy declares, sorted. */
export function secretNames(candy: Candy): string[] {
  const needs = [...(candy.secretRequire ?? []), ...(candy.secretAccept ?? [])];
  return [...new Set(needs.map(({ name }) => name))].sort();
}

/** Secrets of all candies, sorted by name; required by one is required. */
export function declaredSecrets(candies: readonly Candy[]): readonly Secret[] {
  const all = new Map<string, Secret>();
  for (const candy of candies) {
    const needs = [
      ...(candy.secretRequire ?? []).map((need) => ({ need, required: true })),
      ...(candy.secretAccept ?? []).map((need) => ({ need, required: false })),
    ];
    for (const { need, required } of needs) {
      const before = all.get(need.name);
      const fallback = before?.default ?? need.default;
      const key = before?.key ?? need.key;
      all.set(need.name, {
        name: need.name,
        required: required || before?.required === true,
        ...(fallback === undefined ? {} : { default: fallback }),
        ...(key === undefined ? {} : { key }),
      });
    }
  }
  return [...all.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Refuses a secret that a step names and no candy declares. @throws CharlyError `unknown-secret` */
export function checkSecrets(acts: readonly Act[], declared: readonly Secret[]): void {
  const known = new Set(declared.map(({ name }) => name));
  for (const act of acts) {
    const missing = act.type === "command" ? act.secrets.find((name) => !known.has(name)) : undefined;
    if (missing === undefined) continue;
    throw new CharlyError(`candy "${act.candy}": the secret ${missing} is not declared`, {
      hint: `list it in the candy's \`secretRequire\` or \`secretAccept\``,
      code: "unknown-secret",
      exitCode: 2,
    });
  }
}
