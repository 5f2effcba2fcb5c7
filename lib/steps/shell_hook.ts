/** A candy's environment and PATH entries for login shells. */
import type { Act } from "./act.ts";
import { textContent } from "./content.ts";
import { defineStep } from "./define_step.ts";
import { renderEnvFile, renderFishEnvFile } from "./env_file.ts";
import { reverseOp } from "./reverse_op.ts";
import { loginShellKind, sourcingBlock } from "./sourcing_block.ts";
import type { ShellHookStep } from "./step.ts";
import { resolveHome } from "./variables.ts";

export const shellHook = defineStep<ShellHookStep>({
  kind: "ShellHook",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("ShellHook"),
      candy: part.candy,
      envVars: part.textMap,
      pathAdd: part.texts,
      envFile: part.text,
    }),
  scope: () => "user-profile",
  venue: () => "host-native",
  gate: () => undefined,
  describe: (step) =>
    `set ${
      [...Object.keys(step.envVars).sort(), ...(step.pathAdd.length > 0 ? ["PATH"] : [])].join(", ")
    } in ${step.envFile}`,
  reversibility: () => "exact",
  reverse: (step, { facts }) => [
    reverseOp("remove-envd-file", "user-profile", {
      targets: [resolveHome(step.envFile, facts.home)],
      extra: { layer: step.candy },
    }),
  ],
  lower(step, context) {
    const { env, path } = hookValues(step, context.facts.home);
    const envFile = resolveHome(step.envFile, context.facts.home);
    const write = (file: string, text: string): Act => ({
      type: "file",
      resource: `file:${file}`,
      step: context.step,
      candy: step.candy,
      level: "user",
      summary: `write ${file} (0644)`,
      reversibility: "exact",
      path: file,
      content: textContent(text),
      mode: "0644",
    });
    const acts = [write(envFile, renderEnvFile(step.candy, env, path))];
    // fish cannot read sh's files; it gets its own beside them.
    if (loginShellKind(context.facts.loginShell) === "fish") {
      acts.push(write(envFile.replace(/\.env$/, ".fish"), renderFishEnvFile(step.candy, env, path)));
    }
    if (context.sourcing) acts.push(sourcingBlock(step.candy, context));
    return acts;
  },
});

/** A hook's variables and PATH entries with the home put in. */
export function hookValues(
  step: Pick<ShellHookStep, "envVars" | "pathAdd">,
  home: string,
): { readonly env: Readonly<Record<string, string>>; readonly path: readonly string[] } {
  return {
    env: Object.fromEntries(
      Object.keys(step.envVars).sort().map((name) => [name, resolveHome(step.envVars[name] ?? "", home)]),
    ),
    path: step.pathAdd.map((entry) => resolveHome(entry, home)),
  };
}
