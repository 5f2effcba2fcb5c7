/** Android packages: only android devices install them. */
import { defineStep } from "./define_step.ts";
import type { ApkInstallStep } from "./step.ts";

export const apkInstall = defineStep<ApkInstallStep>({
  kind: "ApkInstall",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("ApkInstall"),
      candy: part.candy,
      apkPackages: z.array(z.record(z.string(), z.unknown()).readonly()).readonly(),
      candyDir: part.text,
    }),
  scope: () => "system",
  venue: () => "host-native",
  gate: () => undefined,
  describe: (step) => `install ${step.apkPackages.map((one) => String(one["package"] ?? one["apk"])).join(", ")} (apk)`,
  reversibility: () => "none",
  reverse: () => [],
  lower: () => ({ skipped: "only android targets install apk packages" }),
});
