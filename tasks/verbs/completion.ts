/** `charly completion`: the script a shell loads. */
import { CharlyError } from "../../lib/base/errors.ts";
import { completionScript, type CompletionShell, completionShells } from "../../lib/cli/completion_scripts.ts";
import { defineVerb } from "../../lib/cli/define_verb.ts";

export default defineVerb({
  name: "completion",
  summary: "Print the completion script of a shell",
  description:
    "Completes verbs, flags (behind a dash) and the names of bundles, candies, tasks and hosts of the configuration in the\n" +
    "current directory. The script asks `charly __complete`, so it needs no update when charly or the configuration changes.",
  examples: [
    ["source <(charly completion bash)", "in ~/.bashrc"],
    ["source <(charly completion zsh)", "in ~/.zshrc, behind compinit"],
    ["charly completion fish | source", "in ~/.config/fish/config.fish"],
  ],
  args: { shell: { brief: "bash, zsh or fish", offer: "nothing" } },
  flags: {},
  run({ args, out }) {
    const shell = completionShells.find((known) => known === args.shell) as CompletionShell | undefined;
    if (shell === undefined) {
      throw new CharlyError(`print completion script: there is none for "${args.shell}"`, {
        hint: `use one of: ${completionShells.join(", ")}`,
        code: "unknown-shell",
        exitCode: 2,
      });
    }
    const script = completionScript(shell);
    out.both({ shell, script }, () => script);
    return Promise.resolve();
  },
});
