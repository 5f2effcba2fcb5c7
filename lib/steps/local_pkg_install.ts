/** A package built from sources of the project. */
import { defineStep } from "./define_step.ts";
import type { LocalPkgInstallStep } from "./step.ts";

export const localPkgInstall = defineStep<LocalPkgInstallStep>({
  kind: "LocalPkgInstall",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("LocalPkgInstall"),
      candy: part.candy,
      pkgbuildRef: part.text,
      candyDir: part.text,
      projectDir: part.text,
      format: part.format,
    }),
  scope: () => "system",
  venue: () => "host-native",
  gate: () => undefined,
  describe: (step) => `build and install ${step.pkgbuildRef} (${step.format})`,
  reversibility: () => "exact",
  reverse: () => [],
  lower: (step) => ({
    skipped: `building ${step.pkgbuildRef} needs a builder container, which image and vm targets bring`,
  }),
});
