/** `command`: shell text of the author's. */
import type { CommandEntry } from "../entities/plan_entry.ts";
import type { CommandAct } from "./act.ts";
import { commandAct, firstLine } from "./command_act.ts";
import type { LowerContext } from "./define_step.ts";
import { opBase } from "./op_base.ts";
import { scopeOfUser } from "./scope.ts";
import type { OpStep } from "./step.ts";

export function lowerCommand(step: OpStep, entry: CommandEntry, context: LowerContext): CommandAct {
  const { path } = opBase(step, "command", context);
  return commandAct({
    candy: step.candy,
    text: entry.command,
    summary: entry.description ?? `run ${firstLine(entry.command)}`,
    scope: scopeOfUser(step.resolvedUser),
    candyVars: step.candyVars,
    ...(entry.id === undefined ? {} : { id: entry.id }),
    ...(entry.env === undefined ? {} : { env: entry.env }),
    ...(entry.undo === undefined ? {} : { undo: entry.undo }),
    ...(entry.secret === undefined ? {} : { secrets: entry.secret }),
    ...(entry.shell === undefined ? {} : { shell: entry.shell }),
    ...(entry.once === undefined ? {} : { once: entry.once }),
    ...(entry.always === undefined ? {} : { always: entry.always }),
    ...(entry.touches === undefined ? {} : { touches: entry.touches.map(path) }),
  }, context);
}
