/** Gates: what a deploy does only when it was asked to. */
import type { InstallOptions } from "../entities/bundle.ts";
import type { Gate } from "../steps/step.ts";

/** Options as the compiler sees them: `assumeYes` opens every gate. */
export type PlanInstallOptions = InstallOptions & { readonly assumeYes?: boolean };

/** Every gate with the option that opens it. */
export const gates: Readonly<Record<Gate, "allowRepoChanges" | "allowRootTasks" | "withServices">> = {
  "allow-repo-changes": "allowRepoChanges",
  "allow-root-tasks": "allowRootTasks",
  "with-services": "withServices",
};

/** Open when its option or `assumeYes` is set. No gate is open; a gate nobody knows is closed. */
export function gateOpen(gate: string | undefined, options: PlanInstallOptions): boolean {
  if (gate === undefined || gate === "") return true;
  if (!Object.hasOwn(gates, gate)) return false;
  return options.assumeYes === true || options[gates[gate as Gate]] === true;
}
