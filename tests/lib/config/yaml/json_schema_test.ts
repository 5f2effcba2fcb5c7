import assert from "node:assert/strict";
import { charlySchema } from "../../../../lib/config/yaml/json_schema.ts";

type Json = Readonly<Record<string, unknown>>;
const { definitions, additionalProperties } = charlySchema() as {
  readonly definitions: { readonly step: { readonly properties: Json; readonly allOf: readonly Json[] } };
  readonly additionalProperties: { readonly anyOf: readonly { readonly required: readonly string[] }[] };
};

Deno.test("charlySchema() offers the methods of a live verb, and asks for what a method needs", () => {
  assert.deepEqual(definitions.step.properties["mcp"], {
    enum: ["ping", "servers", "list-tools", "list-resources", "list-prompts", "call", "read"],
  });
  assert.deepEqual(
    definitions.step.allOf.filter(({ then }) => JSON.stringify(then).includes('"uri"')),
    [{ if: { properties: { mcp: { const: "read" } }, required: ["mcp"] }, then: { required: ["uri"] } }],
  );
});

Deno.test("charlySchema() lets an answer be a value, one operator or a list of both", () => {
  const { anyOf } = definitions.step.properties["stdout"] as { readonly anyOf: readonly Json[] };
  assert.deepEqual(anyOf.map(({ type }) => type), [["string", "number", "boolean"], "array", "object"]);
  assert.deepEqual([anyOf[2]?.["minProperties"], anyOf[2]?.["maxProperties"]], [1, 1]);
});

Deno.test("charlySchema() knows every kind", () => {
  const kinds = new Set(additionalProperties.anyOf.map(({ required }) => required[0]));
  for (
    const kind of [
      ...["candy", "pod", "vm", "k8s", "local", "android", "group", "agent", "builder", "distro", "init", "resource"],
      ...["sidecar", "target", "module", "package-group"],
    ]
  ) assert.ok(kinds.has(kind), kind);
});
