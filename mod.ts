/**
 * The words a `charly.config.ts` is written with: builders, the types of everything that can be said, and the error charly
 * throws. Importing this runs nothing, asks for no permission and pulls in no package.
 *
 * @example
 * ```ts
 * import { bundle, candy, defineConfig, local } from "@charly/charly";
 *
 * export default defineConfig({
 *   candies: { ripgrep: candy({ version: "2026.300.0900", description: "fast grep", package: ["ripgrep"] }) },
 *   bundles: { laptop: bundle({ on: local(), candy: ["ripgrep"] }) },
 * });
 * ```
 *
 * @module
 */
export * from "./lib/base/errors.ts";
export * from "./lib/config/define_config.ts";

export * from "./lib/config/builders/box.ts";
export * from "./lib/config/builders/bundle.ts";
export * from "./lib/config/builders/candy.ts";
export * from "./lib/config/builders/extension.ts";
export * from "./lib/config/builders/target.ts";
export * from "./lib/config/builders/task.ts";
export * from "./lib/config/builders/vm.ts";
export * from "./lib/config/builders/vm_source.ts";
export * from "./lib/config/builders/vm_target.ts";

export * from "./lib/config/builders/build.ts";
export * from "./lib/config/builders/check.ts";
export * from "./lib/config/builders/command.ts";
export * from "./lib/config/builders/copy.ts";
export * from "./lib/config/builders/download.ts";
export * from "./lib/config/builders/external.ts";
export * from "./lib/config/builders/kernel_param.ts";
export * from "./lib/config/builders/link.ts";
export * from "./lib/config/builders/mkdir.ts";
export * from "./lib/config/builders/pkg.ts";
export * from "./lib/config/builders/probe.ts";
export * from "./lib/config/builders/service.ts";
export * from "./lib/config/builders/setcap.ts";
export * from "./lib/config/builders/unix_group.ts";
export * from "./lib/config/builders/user.ts";
export * from "./lib/config/builders/write.ts";

export type * from "./lib/entities/box.ts";
export type * from "./lib/entities/bundle.ts";
export type * from "./lib/entities/candy.ts";
export type * from "./lib/entities/config.ts";
export type * from "./lib/entities/deployment.ts";
export type * from "./lib/entities/kept.ts";
export type * from "./lib/entities/late.ts";
export type * from "./lib/entities/libvirt.ts";
export type * from "./lib/entities/matcher.ts";
export type * from "./lib/entities/plan_entry.ts";
export type * from "./lib/entities/pod.ts";
export type * from "./lib/entities/probe.ts";
export type * from "./lib/entities/shell.ts";
export type * from "./lib/entities/task.ts";
export type * from "./lib/entities/vm.ts";
export type * from "./lib/entities/words.ts";
