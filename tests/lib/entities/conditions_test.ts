import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bare, conditionsOf, shortMatchers } from "../../../lib/entities/conditions.ts";
import { matchers } from "../../../lib/entities/matcher_schema.ts";
import type { Condition, Matchers } from "../../../lib/entities/matcher.ts";

const op = fc.constantFrom("equals", "notEquals", "contains", "notContains", "matches", "notMatches", "lt", "ge");
const condition: fc.Arbitrary<Condition> = op.chain((op) => {
  const value = ["lt", "ge"].includes(op)
    ? fc.integer()
    : op.endsWith("quals")
    ? fc.oneof(fc.string(), fc.integer(), fc.boolean())
    : fc.string().map((text) => text.replaceAll("\0", ""));
  return value.map((value) => ({ op, value } as Condition));
});
const bare = fc.constantFrom<Bare>("equals", "contains");

/** Every way to write the same conditions, each item in a way of its own. */
function written(conditions: readonly Condition[], bare: Bare, ways: readonly number[]): Matchers {
  const items = conditions.map(({ op, value }, index) => {
    const way = (ways[index] ?? 0) % 4;
    if (way === 0 && op === bare) return value;
    if (way === 1) return { op, value };
    if (way === 2 && op.endsWith("ontains")) return { [op]: [value] };
    return { [op]: value };
  }) as readonly Extract<Matchers, { readonly op: unknown }>[];
  return items.length === 1 && ways.length % 2 === 0 ? items[0]! : items;
}

Deno.test("conditionsOf() gives the same conditions for every way to write them, and again for its own result", () => {
  fc.assert(
    fc.property(fc.array(condition, { maxLength: 5 }), bare, fc.array(fc.nat()), (conditions, bare, ways) => {
      const found = conditionsOf(written(conditions, bare, ways), bare);
      assert.deepEqual(found, conditions);
      assert.deepEqual(conditionsOf(found, bare), conditions);
    }),
    { numRuns: 500 },
  );
});

Deno.test("shortMatchers() writes conditions so that reading them gives the same", () => {
  fc.assert(
    fc.property(fc.array(condition, { maxLength: 5 }), bare, (conditions, bare) => {
      const short = shortMatchers(conditions, bare);
      assert.deepEqual(conditionsOf(short, bare), conditions);
      assert.deepEqual(matchers(bare).parse(short), conditions);
    }),
    { numRuns: 500 },
  );
});

const short: readonly [string, Bare, Matchers][] = [
  ["a scalar", "equals", "up"],
  ["part of a file", "contains", "PermitRootLogin no"],
  ["one operator", "equals", { matches: "^v[0-9]" }],
  ["several parts", "equals", { contains: ["a", "b"] }],
  ["several operators", "equals", ["a", { notContains: "b" }, { lt: 3 }]],
];
for (const [what, bare, wanted] of short) {
  Deno.test(`shortMatchers() writes ${what} as a person would`, () => {
    assert.deepEqual(shortMatchers(conditionsOf(wanted, bare), bare), wanted);
  });
}

Deno.test("matchers() takes every text of a list as a condition of its own, and limits in quotes as numbers", () => {
  assert.deepEqual(matchers("equals").parse({ notContains: ["a", "b"] }), [
    { op: "notContains", value: "a" },
    { op: "notContains", value: "b" },
  ]);
  assert.deepEqual(conditionsOf({ lt: "1.5" } as unknown as Matchers, "equals"), [{ op: "lt", value: 1.5 }]);
});

const wrong: readonly [string, unknown][] = [
  ["an operator nobody knows", { op: "like", value: "x" }],
  ["a limit that is a text", { op: "lt", value: "x" }],
  ["two operators in one", { equals: "a", matches: "b" }],
  ["no operator", {}],
  ["nothing", null],
  ["a text with a NUL", { contains: "a\0" }],
];
for (const [what, value] of wrong) {
  Deno.test(`matchers() refuses ${what}`, () => assert.equal(matchers("equals").safeParse(value).success, false));
}
