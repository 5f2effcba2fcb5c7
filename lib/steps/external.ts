/** `external:<word>`: what a plug-in declares about itself, with shell text where it gives some. */
import { commandAct } from "./command_act.ts";
import { defineStep } from "./define_step.ts";
import { undoScript } from "./reverse_op.ts";
import type { ExternalStep, Gate } from "./step.ts";

export const external = defineStep<ExternalStep>({
  kind: "external:",
  schema: (z, part) =>
    z.strictObject({
      kind: z.templateLiteral(["external:", z.string()]),
      candy: part.candy,
      payload: z.unknown(),
      scope: part.scope,
      venue: z.enum(["host-native", "container-builder", "skip"]),
      gate: z.enum(["allow-repo-changes", "allow-root-tasks", "with-services"] satisfies Gate[]).exactOptional(),
      emits: z.boolean().exactOptional(),
      id: part.text.exactOptional(),
      script: part.text.exactOptional(),
      undo: part.undo.exactOptional(),
    }),
  scope: (step) => step.scope,
  venue: (step) => step.venue,
  gate: (step) => step.gate,
  describe: (step) => `${step.kind}${step.script === undefined ? " (data)" : ""}`,
  reversibility: (step) => step.undo === undefined ? "none" : "best-effort",
  reverse: (step) => step.undo === undefined ? [] : [undoScript(step.undo.text, step.scope)],
  lower(step, context) {
    if (step.venue !== "host-native") return { skipped: `${step.kind} runs in a ${step.venue} venue, not here` };
    if (step.script === undefined) return { skipped: `${step.kind} is data: it brings no script` };
    const act = commandAct({
      candy: step.candy,
      ...(step.id === undefined ? {} : { id: step.id }),
      text: step.script,
      summary: `run ${step.kind}`,
      scope: step.scope,
      ...(step.undo === undefined ? {} : { undo: { command: step.undo.text, at: step.undo.at } }),
    }, context);
    return [{ ...act, resource: `${step.kind}:${act.resource.slice("cmd:".length)}` }];
  },
});
