/** Environments and programs a builder container makes (pixi, npm, cargo, aur). Kept as data; only targets with podman build. */
import { defineStep } from "./define_step.ts";
import { removePackages, reverseOp } from "./reverse_op.ts";
import type { BuilderStep } from "./step.ts";

export const builder = defineStep<BuilderStep>({
  kind: "Builder",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("Builder"),
      candy: part.candy,
      builder: part.text,
      builderImage: part.text,
      phase: part.phase,
      artifacts: z.array(
        z.strictObject({ containerPath: part.text, hostPath: part.text, chown: part.text }).readonly(),
      ).readonly(),
      candyDir: part.text,
      context: z.record(z.string(), z.unknown()).readonly().exactOptional(),
    }),
  scope: (step) => step.builder === "aur" ? "system" : "user",
  venue: () => "container-builder",
  gate: () => undefined,
  describe: (step) => `build with ${step.builder}${wordsOf(step)}`,
  reversibility: () => "exact",
  reverse(step) {
    if (step.builder === "pixi") {
      return [reverseOp("pixi-env-remove", "user", { targets: [String(step.context?.["env"] ?? "default")] })];
    }
    const packages = packagesOf(step);
    return step.builder === "aur" && packages.length > 0 ? [removePackages("pac", packages)] : [];
  },
  lower: (step) => ({
    skipped: `builder ${step.builder} needs a builder container, which image and vm targets bring; ` +
      "this target installs nothing for it",
  }),
});

function packagesOf(step: BuilderStep): string[] {
  const packages = step.context?.["packages"];
  return Array.isArray(packages) ? packages.map(String) : [];
}

function wordsOf(step: BuilderStep): string {
  const packages = packagesOf(step);
  return packages.length > 0 ? ` ${packages.join(", ")}` : ` (${String(step.context?.["manifest"] ?? step.candyDir)})`;
}
