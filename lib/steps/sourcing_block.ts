/** The block that makes login shells read env.d, and the markers around all blocks of ours. */
import { envDir } from "../base/names.ts";
import { quoteWord } from "../command/quote.ts";
import type { BlockAct } from "./act.ts";
import type { LowerContext } from "./define_step.ts";

/** First and last line of a block; per-candy blocks carry the candy's name. */
export function markers(name?: string): { readonly begin: string; readonly end: string } {
  const word = name === undefined ? "" : ` ${name}`;
  return {
    begin: `# opencharly:begin${word} (managed by charly; do not edit inside this block)`,
    end: `# opencharly:end${word}`,
  };
}

/** First words of the marker lines of the tool's first generation, called overthink then; a name or a remark may follow. */
export const oldMarkers = { begin: "# overthink:begin", end: "# overthink:end" } as const;

/** `bash`, `zsh` or `fish` of a login shell's path; whatever else it is reads bash's file. */
export function loginShellKind(loginShell: string): "bash" | "zsh" | "fish" {
  const name = loginShell.replace(/^.*\//, "");
  return name === "zsh" || name === "fish" ? name : "bash";
}

/** The sourcing block for the login shell of the machine. */
export function sourcingBlock(candy: string, context: LowerContext): BlockAct {
  const { home, loginShell } = context.facts;
  const directory = `${home}/${envDir}`;
  const shell = loginShellKind(loginShell);
  const file = {
    bash: `${home}/.bashrc`,
    zsh: `${home}/.zshenv`,
    fish: `${home}/.config/fish/conf.d/opencharly.fish`,
  }[shell];
  return {
    type: "block",
    resource: `block:${file}:opencharly`,
    step: context.step,
    candy,
    level: "user",
    summary: `source ${directory} in ${file}`,
    reversibility: "exact",
    path: file,
    ...markers(),
    body: sourcingLoop(shell, directory),
    mode: "0644",
    legacy: [oldMarkers],
  };
}

/** The loop over env.d. The glob stays outside the quotes, and says nothing where no file matches. */
export function sourcingLoop(shell: "bash" | "zsh" | "fish", directory: string): string {
  if (shell === "fish") {
    return `for f in ${fishPath(directory)}/*.fish\n    source $f\nend`;
  }
  if (shell === "zsh") return `for f in ${quoteWord(directory)}/*.env(N); do [ -r "$f" ] && . "$f"; done; unset f`;
  return `for f in ${quoteWord(directory)}/*.env; do [ -r "$f" ] && . "$f"; done; unset f`;
}

function fishPath(path: string): string {
  return /^[A-Za-z0-9_@+:,./-]+$/.test(path) ? path : `'${path.replace(/[\\']/g, "\\$&")}'`;
}
