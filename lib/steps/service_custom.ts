/** A unit of the candy's own. */
import { CharlyError } from "../base/errors.ts";
import type { Act } from "./act.ts";
import { textContent } from "./content.ts";
import { defineStep } from "./define_step.ts";
import { type ReverseOp, reverseOp, undoScript } from "./reverse_op.ts";
import { levelOf } from "./scope.ts";
import { noSystemd } from "./service_packaged.ts";
import type { ServiceCustomStep } from "./step.ts";
import { unitName } from "./unit_text.ts";
import { resolveHome } from "./variables.ts";

export const serviceCustom = defineStep<ServiceCustomStep>({
  kind: "ServiceCustom",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("ServiceCustom"),
      candy: part.candy,
      name: part.text,
      serviceName: part.text,
      unitText: part.text,
      unitPath: part.text,
      targetScope: part.serviceScope,
      enable: z.boolean(),
    }),
  scope: (step) => step.targetScope,
  venue: () => "host-native",
  gate: () => "with-services",
  describe: (step) => `write ${step.unitPath}${step.enable ? ` and enable ${step.name}` : ""}`,
  reversibility: () => "exact",
  reverse(step, { facts }): ReverseOp[] {
    // Replayed from the end: disable while the unit file is still there, remove it, tell systemd.
    const manager = step.targetScope === "user" ? "systemctl --user" : "systemctl";
    return [
      undoScript(`${manager} daemon-reload || true`, step.targetScope),
      reverseOp("service-remove", step.targetScope, { targets: [resolveHome(step.unitPath, facts.home)] }),
      ...(step.enable ? [reverseOp("service-disable", step.targetScope, { targets: [unitName(step.name)] })] : []),
    ];
  },
  lower(step, context) {
    if (!context.facts.systemd) return { skipped: noSystemd };
    const path = resolveHome(step.unitPath, context.facts.home);
    const text = resolveHome(step.unitText, context.facts.home);
    if (path === "" || text.trim() === "") {
      throw new CharlyError(`candy "${step.candy}": service ${step.serviceName}: the unit has no text or no path`, {
        hint: "give the service an `exec`",
        code: "bad-unit",
      });
    }
    const base = {
      step: context.step,
      candy: step.candy,
      level: levelOf(step.targetScope),
      reversibility: "exact",
    } as const;
    const packaged = unitName(step.serviceName);
    const acts: Act[] = [{
      ...base,
      type: "file",
      resource: `file:${path}`,
      summary: `write ${path} (0644)`,
      path,
      content: textContent(text),
      mode: "0644",
      reload: step.targetScope,
      // Only packages write there; a unit of that name means two services of one name.
      ...(step.targetScope === "system"
        ? {
          refuseIfExists: {
            paths: [`/usr/lib/systemd/system/${packaged}`, `/lib/systemd/system/${packaged}`],
            hint: `set \`usePackaged: "${packaged}"\` on service ${step.serviceName} of candy ${step.candy}`,
          },
        }
        : {}),
    }];
    if (step.enable) {
      const unit = unitName(step.name);
      acts.push({
        ...base,
        type: "unit",
        resource: `unit:${step.targetScope}:${unit}`,
        summary: `enable and start ${unit}${step.targetScope === "user" ? " (user)" : ""}`,
        unit,
        manager: step.targetScope,
        enable: true,
        custom: true,
      });
    }
    return acts;
  },
});
