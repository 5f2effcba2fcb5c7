/** `command()`. */
import type { BareCommand, CommandEntry, CommandOptions } from "../../entities/plan_entry.ts";

/**
 * Runs shell text. Alone it is a step or what {@link check} looks at; with options it is a step.
 *
 * @param line shell text, run without `set -e`
 * @returns `{ command: line }`
 *
 * @example
 * ```ts
 * import { check, command } from "@charly/charly";
 *
 * const step = command("systemctl restart thing", { unless: "thing --ok", undo: "thing --reset" });
 * const probe = check("thing is up", command("thing --ok"), { stdout: { contains: "ok" } });
 * if (step.undo !== "thing --reset" || probe.check !== "thing is up") throw new Error("unexpected");
 * ```
 */
export function command(line: string): BareCommand;
/**
 * The same as a step.
 *
 * @param line shell text, run without `set -e`
 * @param options the entry's other fields
 */
export function command(line: string, options: CommandOptions): CommandEntry;
export function command(line: string, options: CommandOptions = {}): CommandEntry {
  return { command: line, ...options };
}
