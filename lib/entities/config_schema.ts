/** Schema of what stands around the tables; each entity is checked by its own schema, so that one broken entity hides no other. */
import { z } from "zod";
import type { Config, Defaults, Readiness } from "./config.ts";
import { boxSchema } from "./box_schema.ts";
import { bundleSchema, localTemplateSchema } from "./bundle_schema.ts";
import { candySchema } from "./candy_schema.ts";
import { androidSchema, groupSchema, k8sSchema, podSchema } from "./deployment_schema.ts";
import { otherSchema } from "./kept_schema.ts";
import { list, opt, type Shape, strict, text } from "./schema_kit.ts";
import { taskSchema } from "./task_schema.ts";
import type { TextRuleName } from "./text_rules.ts";
import { vmSchema } from "./vm_schema.ts";
import { agentSchema, builderSchema, distroSchema, initSchema, resourceSchema, sidecarSchema } from "./words_schema.ts";

/** How long charly waits. */
export const readiness = strict(
  {
    pollLocal: opt(text("duration")),
    pollRemote: opt(text("duration")),
    pollHeavy: opt(text("duration")),
    perAttempt: opt(text("duration")),
    perAttemptHeavy: opt(text("duration")),
    noProgress: opt(text("duration")),
    absoluteCap: opt(text("duration")),
    stopGrace: opt(text("duration")),
  } satisfies Shape<Readiness>,
);

/** What holds where nothing else is said. */
export const defaults = strict(
  { bundle: opt(text("bundleName")), readiness: opt(readiness) } satisfies Shape<Defaults>,
);

/** The tables of a configuration: what they hold, and what a name in them looks like. */
export const tables = {
  candies: { schema: candySchema, name: "candyName" },
  locals: { schema: localTemplateSchema, name: "qualified" },
  bundles: { schema: bundleSchema, name: "bundleName" },
  vms: { schema: vmSchema, name: "qualified" },
  boxes: { schema: boxSchema, name: "qualified" },
  tasks: { schema: taskSchema, name: "label" },
  pods: { schema: podSchema, name: "keptName" },
  k8s: { schema: k8sSchema, name: "keptName" },
  androids: { schema: androidSchema, name: "keptName" },
  groups: { schema: groupSchema, name: "keptName" },
  agents: { schema: agentSchema, name: "keptName" },
  distros: { schema: distroSchema, name: "keptName" },
  builders: { schema: builderSchema, name: "keptName" },
  inits: { schema: initSchema, name: "keptName" },
  resources: { schema: resourceSchema, name: "keptName" },
  sidecars: { schema: sidecarSchema, name: "keptName" },
  others: { schema: otherSchema, name: "keptName" },
} as const satisfies Record<TableName, { schema: z.ZodType; name: TextRuleName }>;

/** A table of a configuration. */
export type TableName = Exclude<keyof Config, "project" | "defaults">;

const table = () => opt(z.record(z.string(), z.unknown()));

/** The outermost object. */
export const outerSchema = strict({
  project: opt(text("projectName")),
  extend: opt(list(z.unknown())),
  candies: table(),
  locals: table(),
  bundles: table(),
  vms: table(),
  boxes: table(),
  tasks: table(),
  pods: table(),
  k8s: table(),
  androids: table(),
  groups: table(),
  agents: table(),
  distros: table(),
  builders: table(),
  inits: table(),
  resources: table(),
  sidecars: table(),
  others: table(),
  defaults: opt(defaults),
});
