/** `task()`. */
import type { Late, Scoped } from "../../entities/late.ts";
import type { TaskContext } from "../../entities/shell.ts";
import type { TaskArg, TaskPermissions } from "../../entities/task.ts";

/** The type of one argument's value. */
export type TaskArgValue<A extends TaskArg> =
  | (A extends { readonly type: "number" } ? number : A extends { readonly type: "boolean" } ? boolean : string)
  | (A extends { readonly required: true } | { readonly default: string | number | boolean } ? never : undefined);

/** The values of declared arguments. */
export type TaskArgValues<A> = { readonly [K in keyof A]: A[K] extends TaskArg ? TaskArgValue<A[K]> : never };

/** The names a task may refer to. */
export interface TaskNames<T, B> {
  /** Tasks. */
  readonly task: T;
  /** Bundles. */
  readonly bundle: B;
}

/** What {@link task} takes. */
export interface TaskFields<T extends string, B extends string, A> {
  /** Tasks that must have succeeded first. */
  readonly needs?: readonly T[];
  /** What its process may do; nothing that is not listed. */
  readonly permissions?: TaskPermissions;
  /** Arguments it takes, given as `--name value`. */
  readonly args?: A;
  /** One line for `charly run --list`. */
  readonly description?: string;
  /** What it does; without one it only stands for its needs. */
  readonly run?: (context: TaskContext<B, TaskArgValues<A>>) => unknown;
}

/** A task where these names may be used: a plain object, or what {@link task} returns. */
export interface TaskEntry<T extends string, B extends string> extends Scoped<TaskNames<T, B>> {
  /** Tasks that must have succeeded first. */
  readonly needs?: readonly T[];
  /** What its process may do. */
  readonly permissions?: TaskPermissions;
  /** Arguments it takes. */
  readonly args?: Readonly<Record<string, TaskArg>>;
  /** One line for `charly run --list`. */
  readonly description?: string;
  /** What it does. Its arguments are typed by {@link task} only. */
  run?(context: TaskContext<B, Readonly<Record<string, string | number | boolean | undefined>>>): unknown;
}

/** What {@link task} returns: a task that needs the names `T`, where `RT` and `RB` are in scope. */
export interface LateTask<T extends string, RT, RB> extends Late<TaskNames<RT, RB>> {
  /** Tasks that must have succeeded first. */
  readonly needs?: readonly T[];
  /** What its process may do. */
  readonly permissions?: TaskPermissions;
  /** Arguments it takes. */
  readonly args?: Readonly<Record<string, TaskArg>>;
  /** One line for `charly run --list`. */
  readonly description?: string;
  /** What it does. */
  run?(context: never): unknown;
}

/**
 * Work of the project, run by `charly run <name>` in a process of its own that may do what `permissions` list and nothing else.
 *
 * @param fields needs, permissions, arguments and the function
 * @returns the fields, unchanged
 *
 * @example
 * ```ts
 * import { bundle, defineConfig, local, task } from "@charly/charly";
 *
 * export default defineConfig({
 *   bundles: { here: bundle({ on: local() }) },
 *   tasks: {
 *     test: task({ permissions: { run: ["deno"] }, run: async ({ $ }) => void await $`deno test` }),
 *     release: task({
 *       needs: ["test"],
 *       args: { tag: { required: true } },
 *       run: async ({ hosts, args }) => void await hosts.here.$`echo ${args.tag.toUpperCase()}`,
 *     }),
 *   },
 * });
 * ```
 */
export function task<
  const T extends RT = never,
  const A extends Readonly<Record<string, TaskArg>> = Record<never, never>,
  RT extends string = string,
  RB extends string = string,
>(fields: TaskFields<T, RB, A>): LateTask<T, RT, RB> {
  return fields as unknown as LateTask<T, RT, RB>;
}
