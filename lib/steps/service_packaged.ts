/** A unit some package brings: enabled and running, perhaps with a drop-in of ours. */
import type { Act } from "./act.ts";
import { textContent } from "./content.ts";
import { defineStep } from "./define_step.ts";
import { type ReverseOp, reverseOp } from "./reverse_op.ts";
import { levelOf } from "./scope.ts";
import type { ServicePackagedStep } from "./step.ts";
import { resolveHome } from "./variables.ts";

export const servicePackaged = defineStep<ServicePackagedStep>({
  kind: "ServicePackaged",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("ServicePackaged"),
      candy: part.candy,
      unit: part.text,
      targetScope: part.serviceScope,
      enable: z.boolean(),
      unless: part.text.exactOptional(),
      creates: part.text.exactOptional(),
      overridesText: part.text.exactOptional(),
      overridesPath: part.text.exactOptional(),
      priorEnabled: z.boolean().exactOptional(),
    }),
  scope: (step) => step.targetScope,
  venue: () => "host-native",
  gate: () => "with-services",
  describe: (step) =>
    [
      ...(step.enable ? [`enable and start ${step.unit}`] : []),
      ...(step.overridesPath === undefined ? [] : [`override ${step.unit} in ${step.overridesPath}`]),
    ].join(", ") || `leave ${step.unit} as packaged`,
  reversibility: () => "exact",
  reverse(step, { facts }): ReverseOp[] {
    // Replayed from the end: disable, take the drop-in away, restore what was enabled before.
    const ops: ReverseOp[] = [];
    if (step.priorEnabled === true) ops.push(reverseOp("restore-enabled", step.targetScope, { targets: [step.unit] }));
    if (step.overridesPath !== undefined) {
      ops.push(
        reverseOp("remove-dropin", step.targetScope, { targets: [resolveHome(step.overridesPath, facts.home)] }),
      );
    }
    if (step.enable) ops.push(reverseOp("service-disable", step.targetScope, { targets: [step.unit] }));
    return ops;
  },
  lower(step, context) {
    if (!context.facts.systemd) return { skipped: noSystemd };
    const base = {
      step: context.step,
      candy: step.candy,
      level: levelOf(step.targetScope),
      reversibility: "exact",
    } as const;
    const guards = {
      ...(step.unless === undefined ? {} : { unless: step.unless }),
      ...(step.creates === undefined ? {} : { creates: step.creates }),
    };
    const acts: Act[] = [];
    if (step.overridesPath !== undefined && step.overridesText !== undefined) {
      const path = resolveHome(step.overridesPath, context.facts.home);
      acts.push({
        ...base,
        type: "file",
        resource: `file:${path}`,
        summary: `write ${path} (0644)`,
        path,
        content: textContent(resolveHome(step.overridesText, context.facts.home)),
        mode: "0644",
        reload: step.targetScope,
      });
    }
    if (step.enable) {
      acts.push({
        ...base,
        ...guards,
        type: "unit",
        resource: `unit:${step.targetScope}:${step.unit}`,
        summary: `enable and start ${step.unit}${step.targetScope === "user" ? " (user)" : ""}`,
        unit: step.unit,
        manager: step.targetScope,
        enable: true,
        custom: false,
      });
    }
    return acts.length === 0 ? { skipped: `${step.unit} is not to be enabled` } : acts;
  },
});

/** Why services mean nothing on machines without systemd. */
export const noSystemd = "systemd does not run on this machine";
