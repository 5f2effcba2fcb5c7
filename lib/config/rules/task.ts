/** Rules between the fields of a task. */
import type { TaskData } from "../../entities/task.ts";
import type { Report } from "./report.ts";

/**
 * Checks what no schema of one field can see.
 *
 * @param task its fields, without those that are wrong in themselves
 * @param report told each problem
 */
export function taskRules(task: Partial<TaskData>, report: Report): void {
  for (const [name, arg] of Object.entries(task.args ?? {})) {
    const type = arg.type ?? "string";
    if (arg.default !== undefined && typeof arg.default !== type) {
      const expected = { string: "a text", number: "a number", boolean: "true or false" }[type];
      report(["args", name, "default"], { code: "wrong-type", expected, found: JSON.stringify(arg.default) });
    }
    if (arg.default !== undefined && arg.required === true) {
      const hint = "what has a default need not be given";
      report(["args", name], { code: "excludes", fields: ["default", "required"], hint });
    }
  }
}
