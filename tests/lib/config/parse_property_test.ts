/** Whatever JSON a configuration is, the answer is a configuration or issues with words. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { issueText, parseConfig } from "../../../lib/config/parse.ts";
import design from "../../fixtures/config/design_example.ts";
import { good as keptConfig } from "../../types/kept.ts";

/** Names that objects have anyway, names of fields, and anything else. */
const name = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "motd",
    "web",
    "require",
    "plan",
    "on",
    "extend",
  ),
  fc.string({ unit: "binary" }),
);
const json = fc.jsonValue({ maxDepth: 4 });
const table = fc.oneof(json, fc.dictionary(name, fc.oneof(json, fc.dictionary(name, json))));

function answers(data: unknown): void {
  const parsed = parseConfig(data);
  if (!("issues" in parsed)) {
    assert.equal(Object.getPrototypeOf(parsed.config.candies), null);
    return;
  }
  assert.ok(parsed.issues.length > 0);
  for (const issue of parsed.issues) {
    const { message, hint } = issueText(issue);
    assert.ok(message.length > 0 && hint.length > 0, JSON.stringify(issue));
    assert.ok(issue.path.every((part) => typeof part === "string"));
  }
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
}

Deno.test("parseConfig() answers any JSON", () => {
  fc.assert(fc.property(json, answers), { numRuns: 300 });
});

Deno.test("parseConfig() answers any JSON in the place of a table", () => {
  const tables = fc.record({
    candies: table,
    locals: table,
    bundles: table,
    vms: table,
    boxes: table,
    tasks: table,
    pods: table,
    k8s: table,
    androids: table,
    groups: table,
    agents: table,
    distros: table,
    builders: table,
    inits: table,
    resources: table,
    sidecars: table,
    others: table,
    defaults: json,
    extend: fc.oneof(json, fc.array(json)),
    project: json,
  }, { requiredKeys: [] });
  fc.assert(fc.property(tables, answers), { numRuns: 100 });
});

/** Every place of a value, as keys from the top. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  const below = typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]))
    : [];
  return [[...path], ...below];
}

/** A copy with another value at a place. */
function withAt(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  if (Array.isArray(value)) return value.map((item, index) => String(index) === key ? withAt(item, rest, other) : item);
  const object = value as Record<string, unknown>;
  return { ...object, [key]: withAt(object[key], rest, other) };
}

const example = JSON.parse(JSON.stringify(design)) as unknown;

Deno.test("parseConfig() answers a good configuration with any JSON in any place", () => {
  fc.assert(
    fc.property(fc.constantFrom(...places(example)), json, (place, value) => answers(withAt(example, place, value))),
    {
      numRuns: 500,
    },
  );
});

const kept = JSON.parse(JSON.stringify(keptConfig)) as unknown;

Deno.test("parseConfig() answers kept kinds with any JSON in any place", () => {
  fc.assert(
    fc.property(fc.constantFrom(...places(kept)), json, (place, value) => answers(withAt(kept, place, value))),
    { numRuns: 500 },
  );
});

Deno.test("parseConfig() answers names and texts of 1 MiB", () => {
  const long = "x".repeat(1 << 20);
  for (const place of places(example)) answers(withAt(example, place, long));
  answers({
    candies: { [long]: { version: long, [long]: 1 } },
    bundles: { web: { on: { target: "local" }, candy: [long] } },
  });
});

Deno.test("parseConfig() gives back the bytes of texts it does not expand", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (content) => {
    const plan = [{ write: "/etc/motd", content }];
    const parsed = parseConfig({ candies: { motd: { version: "2026.300.0900", description: "a greeting", plan } } });
    assert.ok("config" in parsed);
    assert.deepEqual(parsed.config.candies["motd"]?.plan, plan);
  }));
});
