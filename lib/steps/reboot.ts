/** A restart of the machine after the candy. */
import { defineStep } from "./define_step.ts";
import type { RebootStep } from "./step.ts";

export const reboot = defineStep<RebootStep>({
  kind: "Reboot",
  schema: (z, part) => z.strictObject({ kind: z.literal("Reboot"), candy: part.candy }),
  scope: () => "system",
  venue: () => "host-native",
  gate: () => undefined,
  describe: () => "reboot and wait",
  reversibility: () => "none",
  reverse: () => [],
  lower(step, context) {
    if (context.target !== "vm") {
      return { skipped: "only virtual machines are rebooted; restart this machine yourself" };
    }
    return [{
      type: "reboot",
      resource: `reboot:${step.candy}`,
      step: context.step,
      candy: step.candy,
      level: "root",
      summary: "reboot and wait",
      reversibility: "none",
    }];
  },
});
