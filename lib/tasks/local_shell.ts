/** The local `$`: dax, kept to the programs, variables and quoting a task is entitled to. */
// A task's process resolves modules by its project's deno.json, which need not know our names for packages.
// deno-lint-ignore no-import-prefix
import { build$, CommandBuilder, createExecutableCommand } from "npm:dax@0.49.0";
import type { Shell } from "../entities/shell.ts";
import { outsideQuotes } from "./template.ts";

/** What the shell may see. */
export interface LocalShellOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Name → absolute path. dax would search PATH, which takes read permissions a task need not have. */
  readonly programs: Readonly<Record<string, string>>;
}

/** dax's `$` with the task's environment; templates are rewritten so that quotes around a value cannot break it open. */
export function localShell(options: LocalShellOptions): Shell {
  let builder = new CommandBuilder().clearEnv().env({ ...options.env }).cwd(options.cwd);
  for (const [name, path] of Object.entries(options.programs)) {
    if (/^[A-Za-z0-9_-]+$/.test(name)) builder = builder.registerCommand(name, createExecutableCommand(path));
  }
  const $ = build$({ commandBuilder: builder });
  const tag = (self: unknown, strings: unknown, values: readonly unknown[]) => {
    if (!Array.isArray(strings) || !("raw" in strings)) return Reflect.apply($, self, [strings, ...values]);
    const outside = outsideQuotes(strings as string[]);
    return Reflect.apply($, self, [Object.assign(outside, { raw: outside }), ...values]);
  };
  return new Proxy($, { apply: (_, self, [strings, ...values]) => tag(self, strings, values) }) as unknown as Shell;
}
