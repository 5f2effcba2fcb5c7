/** The `$` of tasks, as far as it is the same here and on a host. The local one is dax and can do more. */

/** Output and exit code of a command. */
export interface ShellResult {
  /** What the command ended with. */
  readonly code: number;
  /** Captured text; reading it throws when it was not captured (`.stdout("piped")`, `.text()`). */
  readonly stdout: string;
  /** As {@link ShellResult.stdout}, of the error output. */
  readonly stderr: string;
}

/** A command that has not begun: awaiting it runs it. Every method gives a new one. */
export interface ShellCommand<Result extends ShellResult = ShellResult> extends PromiseLike<Result> {
  /** Runs it and gives its standard output without the last newline. */
  text(): Promise<string>;
  /** Runs it and gives the lines of its standard output. */
  lines(): Promise<string[]>;
  /** Runs it and parses its standard output. */
  json<Value = unknown>(): Promise<Value>;
  /** Runs it and gives the bytes of its standard output. */
  bytes(): Promise<Uint8Array>;
  /** Runs it and gives its exit code, without failing. */
  code(): Promise<number>;
  /** Takes an exit code other than 0 (or those listed) for a result, not for an error. */
  noThrow(...codes: number[]): ShellCommand<Result>;
  /** Shows neither output, or not the one named. */
  quiet(kind?: "stdout" | "stderr" | "both"): ShellCommand<Result>;
  /** Sets variables. */
  env(name: string, value: string | undefined): ShellCommand<Result>;
  /** Sets several variables; `undefined` unsets. */
  env(variables: Readonly<Record<string, string | undefined>>): ShellCommand<Result>;
  /** Runs it in this directory. */
  cwd(directory: string): ShellCommand<Result>;
  /** Gives it this text on standard input. */
  stdinText(text: string): ShellCommand<Result>;
}

/** A value of a template: one word each, whatever is in it; an array is several. */
export type ShellValue =
  | string
  | number
  | bigint
  | boolean
  | { toString(): string }
  | readonly ShellValue[];

/** Shell text with values, quoted so that a program reads back exactly what was written. */
export interface Shell {
  (strings: TemplateStringsArray, ...values: readonly ShellValue[]): ShellCommand;
  /** Marks text that is shell text already: it is not quoted. */
  rawArg(text: string): { toString(): string };
}

/** What a task's `run` is given. `B` are the bundle names, `A` the values of its arguments. */
export interface TaskContext<
  B extends string = string,
  A = Readonly<Record<string, string | number | boolean | undefined>>,
> {
  /** Runs commands here, with the task's permissions. */
  readonly $: Shell;
  /** Runs commands on the hosts of bundles. */
  readonly hosts: { readonly [K in B]: { readonly $: Shell } };
  /** Values of the task's arguments. */
  readonly args: A;
}
