/** An entry whose verb a plug-in of the Go tool answers. Kept as data: this tool starts no foreign programs for it. */
import { defineStep } from "./define_step.ts";
import { verbOf } from "./verb_of.ts";
import { scopeOfUser } from "./scope.ts";
import type { ExternalPluginStep } from "./step.ts";

export const externalPlugin = defineStep<ExternalPluginStep>({
  kind: "ExternalPlugin",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("ExternalPlugin"),
      candy: part.candy,
      op: part.entry,
      candyVars: part.textMap,
      distros: part.texts,
      resolvedUser: part.text,
      candyDir: part.text,
    }),
  scope: (step) => scopeOfUser(step.resolvedUser),
  venue: () => "host-native",
  gate: (step) => scopeOfUser(step.resolvedUser) === "system" ? "allow-root-tasks" : undefined,
  describe: (step) => `run plug-in ${verbOf(step.op)}`,
  reversibility: () => "none",
  reverse: () => [],
  lower: (step) => ({ skipped: `plug-in ${verbOf(step.op)} is data here: no plug-in answers for it` }),
});
