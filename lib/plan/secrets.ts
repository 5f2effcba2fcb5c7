/** Secrets candies declare: by name only, here and in everything made from here. */
import type { Candy } from "../entities/candy.ts";
import type { DeployPlan } from "./install_plan.ts";

type Secret = DeployPlan["secrets"][number];

/** Secrets of all candies, sorted by name (required by one is required), and the names each candy declares. */
export function declaredSecrets(candies: readonly (readonly [string, Candy])[]): {
  readonly all: readonly Secret[];
  readonly byCandy: Readonly<Record<string, readonly string[]>>;
} {
  const all = new Map<string, Secret>();
  // Without the names every object has: a candy may be called `constructor`.
  const byCandy: Record<string, string[]> = Object.create(null);
  for (const [candyName, candy] of candies) {
    const needs = [
      ...(candy.secretRequire ?? []).map((need) => ({ need, required: true })),
      ...(candy.secretAccept ?? []).map((need) => ({ need, required: false })),
    ];
    if (needs.length > 0) byCandy[candyName] = [...new Set(needs.map(({ need }) => need.name))].sort();
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
  return { all: [...all.values()].sort((a, b) => a.name < b.name ? -1 : 1), byCandy };
}
