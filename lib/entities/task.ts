/** A task: a function of the configuration, run in a process of its own with the permissions it declares. */

/** One argument of a task, given as `--name value`. */
export interface TaskArg {
  /** Type of the value. @default {"string"} */
  readonly type?: "string" | "number" | "boolean";
  /** One line for `charly run --list`. */
  readonly description?: string;
  /** Taken when the argument is not given; without one, `required` decides. */
  readonly default?: string | number | boolean;
  /** Refuse to run without it. @default {false} */
  readonly required?: boolean;
}

/** What the process of a task may do: `true` for everything of the kind, or a list as Deno's flags take it. */
export interface TaskPermissions {
  /** Paths. */
  readonly read?: true | readonly string[];
  /** Paths. */
  readonly write?: true | readonly string[];
  /** `host` or `host:port`. */
  readonly net?: true | readonly string[];
  /** Programs. */
  readonly run?: true | readonly string[];
  /** Environment variables. */
  readonly env?: true | readonly string[];
  /** Kinds of system information, as `--allow-sys` names them. */
  readonly sys?: true | readonly string[];
  /** Native libraries. */
  readonly ffi?: true | readonly string[];
  /** Hosts remote modules may come from. */
  readonly import?: true | readonly string[];
}

/** A task as data: what is left of it when its function has stayed in the configuration. */
export interface TaskData<T extends string = string> {
  /** Tasks that must have succeeded first. */
  readonly needs?: readonly T[];
  /** What its process may do; nothing that is not listed. */
  readonly permissions?: TaskPermissions;
  /** Arguments it takes, by name. */
  readonly args?: Readonly<Record<string, TaskArg>>;
  /** One line for `charly run --list`. */
  readonly description?: string;
  /** Says that the configuration holds a function here; a task without one only stands for its needs. */
  readonly run?: "function";
}
