/** Schema of a task as data. */
import { z } from "zod";
import { byValue, flag, list, map, oneOf, opt, type Shape, strict, text } from "./schema_kit.ts";
import type { TaskArg, TaskData, TaskPermissions } from "./task.ts";

const everything = z.literal(true);
const some = list(text("filled"));
const permission: z.ZodType<true | readonly string[]> = byValue<true | readonly string[]>(
  "true, or a list",
  (value) => value === true ? everything : Array.isArray(value) ? some : undefined,
);

/** What the process of a task may do. */
export const permissions = strict(
  {
    read: opt(permission),
    write: opt(permission),
    net: opt(permission),
    run: opt(permission),
    env: opt(permission),
    sys: opt(permission),
    ffi: opt(permission),
    import: opt(permission),
  } satisfies Shape<TaskPermissions>,
);

/** One argument. */
export const taskArg = strict(
  {
    type: opt(oneOf(["string", "number", "boolean"])),
    description: opt(text("filled")),
    default: opt(z.union([z.string(), z.number(), z.boolean()])),
    required: opt(flag()),
  } satisfies Shape<TaskArg>,
);

/** A task. */
export const taskSchema = strict(
  {
    needs: opt(list(text("label"))),
    permissions: opt(permissions),
    args: opt(map(taskArg, "argName")),
    description: opt(text("filled")),
    run: opt(oneOf(["function"])),
  } satisfies Shape<TaskData>,
);
