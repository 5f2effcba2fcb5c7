/** Shell snippets of a candy as steps: one per shell that has something to say, in the order bash, zsh, fish, sh. */
import type { Candy, ShellPart } from "../entities/candy.ts";
import type { ShellSnippetStep } from "../steps/step.ts";
import { deferHome, homeToken } from "../steps/variables.ts";

const shells = ["bash", "zsh", "fish", "sh"] as const;
const files = { bash: ".bashrc", zsh: ".zshrc", sh: ".profile" } as const;
/** Where a snippet stands that says nothing about its place. */
const defaultPriority = 50;

/** A shell's own `init`, `pathAppend` and `path` beat the generic ones. */
export function shellSteps(name: string, candy: Candy): ShellSnippetStep[] {
  const all = candy.shell;
  if (all === undefined) return [];
  const steps = shells.flatMap((shell): ShellSnippetStep[] => {
    const own: ShellPart = all[shell] ?? {};
    const snippet = own.init ?? (all.init ?? "").replaceAll("${SHELL_NAME}", shell);
    const pathAppend = own.pathAppend ?? all.pathAppend ?? [];
    if (snippet.trim() === "" && pathAppend.length === 0) return [];
    const path = own.path ?? all.path?.replaceAll("${SHELL_NAME}", shell);
    const place = path ?? (shell === "fish" ? `~/.config/fish/conf.d/charly-${name}.fish` : `~/${files[shell]}`);
    return [{
      kind: "ShellSnippet",
      candy: name,
      origin: `candy:${name}`,
      shell,
      snippet: deferInBody(snippet),
      pathAppend: pathAppend.map(deferHome),
      destination: deferHome(place),
      marker: name,
      useDropin: path !== undefined || shell === "fish",
      priority: all.priority ?? defaultPriority,
    }];
  });
  // One generic `path` for several shells is one file: the first shell writes it.
  return steps.filter((step, at) => steps.findIndex((other) => other.destination === step.destination) === at);
}

/** In a body only home is deferred; a leading `~` belongs to the shell. */
function deferInBody(text: string): string {
  return text.replaceAll("${HOME}", homeToken).replace(/\$HOME(?![A-Za-z0-9_])/g, () => homeToken);
}
