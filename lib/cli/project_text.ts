/** What reading a project had to say: on stderr, once, and not more than somebody reads. */
import type { CliProject, ProjectWarning } from "./context.ts";
import { readEnv } from "./io.ts";
import type { Output } from "./output.ts";
import { permittedMark } from "./reexec.ts";
import { escapeControls } from "./style.ts";

/** Warnings that are shown one by one; when there are more, only their number is. */
const most = 3;

/** Says what the configuration printed, what is odd about its YAML, and what the overlay of this machine changed. */
export function tellProject(
  out: Output,
  { output = "", warnings = [], overlaid = [] }: Pick<CliProject, "output" | "warnings" | "overlaid">,
): void {
  // The process that started this one with more rights has read the same, and said it.
  if (Number(readEnv(permittedMark) ?? "0") > 0) return;
  for (const line of output.split("\n")) if (line !== "") out.note(escapeControls(line));
  if (warnings.length <= most) { for (const warning of warnings) out.warn(warningText(warning), { lines: true }); }
  else {
    const files = new Set(warnings.map(({ at }) => at.file)).size;
    const where = files === 1 ? warnings[0]!.at.file : `${files} files`;
    out.warn(`${where}: ${warnings.length} warnings\n  hint: run \`charly import --check\` to see them`, {
      lines: true,
    });
  }
  if (overlaid.length > 0) out.note(`on this machine only: ${overlaid.map((it) => escapeControls(it)).join(", ")}`);
}

/** `file:line:column code message`, with the hint below. */
export function warningText({ code, at, message, hint }: ProjectWarning): string {
  return `${at.file}:${at.line}:${at.column} ${code} ${message}\n  hint: ${hint}`;
}

/** For `--json`: the form `charly import --check --json` has. Nothing when there is none. */
export function issuesJson(warnings: readonly ProjectWarning[] = []): { readonly issues?: readonly unknown[] } {
  if (warnings.length === 0) return {};
  return {
    issues: warnings.map(({ at, code, message, hint }) => ({ severity: "warning", code, message, hint, ...at })),
  };
}
