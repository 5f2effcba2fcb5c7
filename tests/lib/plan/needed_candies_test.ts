import assert from "node:assert/strict";
import type { Candy } from "../../../lib/entities/candy.ts";
import { neededCandies } from "../../../lib/plan/needed_candies.ts";

const candy = (more: Partial<Candy> = {}): Candy => ({ version: "2026.300.0900", description: "c", ...more });
const on = { target: "local" } as const;
const config = {
  candies: {
    a: candy({ require: ["b", "@example.org/me/candy/far:v1"] }),
    b: candy({ candy: ["c", "a"] }),
    c: candy({ bakePlugin: ["plugged", "missing"] }),
    plugged: candy(),
    far: candy(),
    base: candy(),
    other: candy(),
  },
  locals: { small: { candy: ["base"] } },
  bundles: { web: { on, from: "small", candy: ["a"], addCandy: ["other"] }, lone: { on } },
};

Deno.test("neededCandies() follows templates, requirements, compositions and plug-ins, in circles too", () => {
  const names = (...args: [bundle: string, add?: string[]]) => Object.keys(neededCandies(config, ...args)).sort();
  assert.deepEqual(names("web"), ["a", "b", "base", "c", "far", "other", "plugged"]);
  assert.deepEqual(names("web", []), ["a", "b", "base", "c", "far", "plugged"]);
  assert.deepEqual(names("lone"), []);
  assert.deepEqual(names("lone", ["constructor", "other"]), ["other"]);
  assert.deepEqual(names("nobody"), []);
});
