/** Lines for one shell's start-up: a marked block in its file, or a file of their own. */
import { CharlyError } from "../base/errors.ts";
import type { Act } from "./act.ts";
import { textContent } from "./content.ts";
import { defineStep } from "./define_step.ts";
import { fishWord, insideDoubleQuotes } from "./env_file.ts";
import { removeFile, reverseOp } from "./reverse_op.ts";
import { levelOf, scopeOfPath } from "./scope.ts";
import { markers } from "./sourcing_block.ts";
import type { Scope, ShellSnippetStep } from "./step.ts";
import { absolutePath, resolveHome, variablesOf } from "./variables.ts";

export const shellSnippet = defineStep<ShellSnippetStep>({
  kind: "ShellSnippet",
  schema: (z, part) =>
    z.strictObject({
      kind: z.literal("ShellSnippet"),
      candy: part.candy,
      origin: part.text,
      shell: z.enum(["bash", "zsh", "fish", "sh"]),
      snippet: part.text,
      pathAppend: part.texts,
      destination: part.text,
      marker: part.text,
      useDropin: z.boolean(),
      priority: z.number(),
    }),
  scope: snippetScope,
  venue: () => "host-native",
  gate: () => undefined,
  describe: (step) => step.useDropin ? `write ${step.destination}` : `add ${step.marker} to ${step.destination}`,
  reversibility: () => "exact",
  reverse(step, { facts }) {
    const path = resolveHome(step.destination, facts.home);
    if (step.useDropin) return [removeFile(path)];
    return [
      reverseOp("remove-managed-block", snippetScope(step), {
        targets: [path],
        extra: { layer: step.candy, shell: step.shell, marker: step.marker },
      }),
    ];
  },
  lower(step, context): readonly Act[] {
    const where = `candy "${step.candy}": shell`;
    const path = absolutePath(step.destination, variablesOf(context.facts, {}), where);
    const body = snippetBody(step, context.facts.home);
    const base = {
      step: context.step,
      candy: step.candy,
      level: levelOf(scopeOfPath(path)),
      reversibility: "exact",
      path,
      mode: "0644",
      // An absent shell reads nothing; whether a package step of this plan brings it is decided at the step.
      ...(step.shell === "sh" ? {} : { needsTool: step.shell }),
    } as const;
    if (step.useDropin) {
      return [{
        ...base,
        type: "file",
        resource: `file:${path}`,
        summary: `write ${path} (0644)`,
        content: textContent(`${body}\n`),
      }];
    }
    checkMarkers(body, where);
    return [{
      ...base,
      type: "block",
      resource: `block:${path}:${step.marker}`,
      summary: `add block ${step.marker} to ${path}`,
      ...markers(step.marker),
      body,
    }];
  },
});

/** A line that looks like the edge of a block would end this one early, and undo would leave the rest of it behind. */
function checkMarkers(body: string, where: string): void {
  const line = body.split("\n").find((it) => /^[ \t]*# (opencharly|overthink):(begin|end)/.test(it));
  if (line === undefined) return;
  throw new CharlyError(
    `${where}: the line ${JSON.stringify(line.trim().slice(0, 80))} is how charly marks its blocks`,
    {
      hint: "write it in other words, or give the snippet a file of its own with `path`",
      code: "bad-snippet",
      exitCode: 2,
    },
  );
}

function snippetScope(step: ShellSnippetStep): Scope {
  return scopeOfPath(step.destination) === "system" ? "system" : "user-profile";
}

/** PATH lines first, so that the snippet finds what they bring; no final newline. */
export function snippetBody(step: Pick<ShellSnippetStep, "shell" | "snippet" | "pathAppend">, home: string): string {
  const paths = step.pathAppend.map((entry) => resolveHome(entry, home)).map((entry) =>
    step.shell === "fish"
      ? `fish_add_path -gP ${/\$[A-Za-z_{]/.test(entry) ? `"${entry.replace(/[\\"]/g, "\\$&")}"` : fishWord(entry)}`
      : `export PATH="$PATH:${insideDoubleQuotes(entry)}"`
  );
  const snippet = resolveHome(step.snippet, home).replace(/\n+$/, "");
  return [...paths, ...(snippet === "" ? [] : [snippet])].join("\n");
}
