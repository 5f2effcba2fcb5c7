/** JSON Schema of `charly.yml`, made of the very shapes files are read by: what an editor offers is what charly takes. */
import { liveVerbs } from "../../entities/live_verbs.ts";
import { textRules } from "../../entities/text_rules.ts";
import type { KindShape } from "./read_fields.ts";
import { flag, list, map, object, type ObjectShape, type Shape, text } from "./shape.ts";
import { boxShape } from "./shapes/box.ts";
import { candyShape } from "./shapes/candy.ts";
import { deploymentShape, groupShape } from "./shapes/deployment.ts";
import { answer, common, installVerbs, kept, keptPlugins, patience, plugins } from "./shapes/step.ts";
import { templateShapes } from "./shapes/template.ts";
import { installerShapes, vocabularyShapes } from "./shapes/vocabulary.ts";
import { resourceKinds } from "./words.ts";

/** A JSON Schema, draft 7: what editors know. */
export type JsonSchema = boolean | { readonly [key: string]: unknown };

/** Every kind with the fields it may have; kinds with templates have two. */
const entities: readonly (readonly [string, KindShape])[] = [
  ["candy", candyShape],
  ["candy", boxShape],
  ["group", groupShape],
  ...Object.entries(templateShapes).flatMap(([kind, shape]) => [[kind, shape], [kind, deploymentShape]] as const),
  ...Object.entries(vocabularyShapes),
  ...Object.entries(installerShapes),
];

/**
 * The schema of a document.
 *
 * @example
 * ```ts
 * import { charlySchema } from "./json_schema.ts";
 *
 * console.log(JSON.stringify(charlySchema()));
 * ```
 */
export function charlySchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "charly.yml",
    type: "object",
    properties: {
      version: { type: "string", description: "Schema of the file, YYYY.DDD.HHMM" },
      repo: { type: "string", description: "Identity of the project: host/owner/repo" },
      import: {
        type: "array",
        items: {
          anyOf: [{ type: "string" }, { type: "object", maxProperties: 1, additionalProperties: { type: "string" } }],
        },
        description: "Files to take in; with a prefix, their names get it",
      },
      discover: {
        type: "array",
        items: { anyOf: [{ type: "string" }, schemaOf(object({ path: text(), recursive: flag, manifest: text() }))] },
        description: "Directories to look through for manifests",
      },
      defaults: { type: "object", description: "What images take when they say nothing" },
      provides: schemaOf(object({ env: list(map({ is: "scalar" })), mcp: list(map({ is: "scalar" })) })),
    },
    additionalProperties: { anyOf: entities.map(([kind, shape]) => entitySchema(kind, shape, 0)) },
    definitions: { step: stepSchema() },
  };
}

/** An entity: its kind, and children under any name. */
function entitySchema(kind: string, { fields, data }: KindShape, depth: number): JsonSchema {
  const children = Object.entries(data).map(([key, shape]) => ({
    type: "object",
    properties: { [key]: schemaOf(shape) },
    required: [key],
  }));
  const members = depth === 0 && (resourceKinds as readonly string[]).includes(kind)
    ? entities.filter(([inner]) => (resourceKinds as readonly string[]).includes(inner))
      .map(([inner, shape]) => entitySchema(inner, shape, depth + 1))
    : [];
  const value = schemaOf(fields);
  return {
    type: "object",
    properties: { [kind]: { anyOf: [value, { type: "null" }, ...(kind === "candy" ? [] : [{ type: "string" }])] } },
    required: [kind],
    additionalProperties: { anyOf: [{ $ref: "#/definitions/step" }, ...children, ...members] },
  };
}

function stepSchema(): JsonSchema {
  const words = ["run", "check", "agent-run", "agent-check", "include"];
  const verbs = Object.assign({}, ...Object.values(installVerbs).map((shape) => propertiesOf(shape)));
  const inputs = Object.entries({ ...plugins, ...keptPlugins }).map(([word, shape]) => ({
    if: { properties: { plugin: { const: word } }, required: ["plugin"] },
    then: { properties: { plugin_input: schemaOf(shape) } },
  }));
  return {
    type: "object",
    properties: {
      ...Object.fromEntries(words.map((word) => [word, { type: "string" }])),
      ...Object.fromEntries(Object.entries(liveVerbs).map(([word, methods]) => [word, { enum: Object.keys(methods) }])),
      plugin: { type: "string", examples: Object.keys(plugins) },
      plugin_input: { type: "object" },
      ...verbs,
      ...Object.assign({}, ...[common, patience, answer, kept].map((shape) => propertiesOf(shape))),
    },
    anyOf: words.map((word) => ({ required: [word] })),
    allOf: [...inputs, ...liveNeeds()],
  };
}

/** What each method of a live verb cannot do without. */
function liveNeeds(): JsonSchema[] {
  return Object.entries(liveVerbs).flatMap(([verb, methods]) =>
    Object.entries(methods).filter(([, needs]) => needs.length > 0).map(([method, needs]) => ({
      if: { properties: { [verb]: { const: method } }, required: [verb] },
      then: { required: needs },
    }))
  );
}

function propertiesOf({ fields }: ObjectShape): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(fields).map(([key, { shape }]) => [key, schemaOf(shape)]));
}

/** The schema of a shape. */
export function schemaOf(shape: Shape): JsonSchema {
  switch (shape.is) {
    case "text":
      if (shape.words !== undefined) return { enum: shape.words };
      return shape.rule === undefined
        ? { type: ["string", "number", "boolean"] }
        : { type: ["string", "number"], description: textRules[shape.rule].what };
    case "number":
      return {
        type: "integer",
        minimum: shape.min,
        ...(shape.max < Number.MAX_SAFE_INTEGER ? { maximum: shape.max } : {}),
      };
    case "flag":
      return { type: "boolean" };
    case "scalar":
      return { type: ["string", "number", "boolean"] };
    case "list": {
      const many = { type: "array", items: schemaOf(shape.of) };
      return shape.single === true ? { anyOf: [many, schemaOf(shape.of)] } : many;
    }
    case "map":
      return { type: "object", additionalProperties: schemaOf(shape.of) };
    case "object": {
      const required = Object.entries(shape.fields).filter(([, field]) => field.required === true).map(([key]) => key);
      return {
        type: "object",
        properties: propertiesOf(shape),
        additionalProperties: shape.open === true,
        ...(required.length === 0 ? {} : { required }),
        ...(shape.one === undefined ? {} : { minProperties: 1, maxProperties: 1 }),
      };
    }
    case "either": {
      const found = [shape.scalar, shape.list, shape.map].flatMap((it) => it === undefined ? [] : [schemaOf(it)]);
      return { anyOf: found };
    }
    case "variant":
      return {
        anyOf: Object.entries(shape.cases).map(([name, it]) => {
          const { properties, required } = schemaOf(it) as { properties: object; required?: readonly string[] };
          return {
            type: "object",
            properties: { ...properties, [shape.by]: { const: name } },
            required: [shape.by, ...required ?? []],
            additionalProperties: false,
          };
        }),
      };
    case "data":
      return true;
    case "matchers":
      return schemaOf(shape.of);
  }
}
