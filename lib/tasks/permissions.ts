/** A task's declared permissions as flags for its process, and what its `$` may start. */
import { isAbsolute, resolve } from "node:path";
import type { TaskPermissions } from "../entities/task.ts";

/** Variables every task's programs see; none of them is a secret. Others are declared under `permissions.env`. */
export const commonEnv = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TERM",
  "COLORTERM",
  "NO_COLOR",
  "TZ",
  "TMPDIR",
  "XDG_RUNTIME_DIR",
  "DENO_DIR",
];

/** What the process of a task is started with. */
export interface TaskProcess {
  /** Flags of `deno run`. */
  readonly flags: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Programs by name, for the ones that were listed. */
  readonly programs: Readonly<Record<string, string>>;
}

/**
 * Turns the declaration into flags. Nothing that was not declared is granted, with one exception: `run: true` brings the
 * right to read the directories of PATH, in which `$` has to look for programs.
 *
 * @param declared the task's `permissions`
 * @param root the project's directory, which relative paths refer to
 * @param env the whole environment of this process
 * @param isFile whether a path is a file, for finding programs
 */
export function taskProcess(
  declared: TaskPermissions,
  root: string,
  env: Readonly<Record<string, string>>,
  isFile: (path: string) => boolean,
): TaskProcess {
  const path = (env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(":").filter((dir) => isAbsolute(dir));
  const read = listOf(declared.read)?.map((entry) => resolve(root, entry)) ?? [];
  const ignored: string[] = ["NODE_V8_COVERAGE"];
  const hidden: string[] = [];
  const programs: Record<string, string> = {};
  for (const name of listOf(declared.run) ?? []) {
    const places = name.includes("/") ? [resolve(root, name)] : path.map((dir) => `${dir}/${name}`);
    const found = places.findIndex(isFile);
    if (found === -1) continue;
    programs[name] = places[found]!;
    if (/^[A-Za-z0-9_-]+$/.test(name)) continue;
    // dax takes such names for paths or looks for them itself: let it see this one, and find nothing before it.
    read.push(places[found]!);
    hidden.push(...places.slice(0, found));
  }
  if (declared.run === true && declared.read !== true) read.push(...path);
  const run = listOf(declared.run)?.map((name) => programs[name] ?? name);
  const flags = [
    flag("read", declared.read === true ? true : read),
    ...(declared.read === true || hidden.length === 0 ? [] : [`--ignore-read=${hidden.join(",")}`]),
    flag("write", listOf(declared.write)?.map((entry) => resolve(root, entry)) ?? declared.write),
    flag("net", declared.net),
    flag("run", run ?? declared.run),
    flag("env", declared.env),
    // node's way to start a program asks for it and lives without.
    ...(declared.env === true ? [] : [`--ignore-env=${ignored.join(",")}`]),
    flag("sys", declared.sys),
    flag("ffi", declared.ffi),
    flag("import", declared.import),
  ].filter((one) => one !== undefined);
  const visible = new Set([...commonEnv, ...listOf(declared.env) ?? []]);
  return {
    flags,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => declared.env === true || visible.has(name))),
    programs,
  };
}

function listOf(value: true | readonly string[] | undefined): readonly string[] | undefined {
  return value === true ? undefined : value ?? [];
}

/** An empty list gives no flag: a flag without a value would grant everything. */
function flag(name: string, value: true | readonly string[] | undefined): string | undefined {
  if (value === true) return `--allow-${name}`;
  return value === undefined || value.length === 0 ? undefined : `--allow-${name}=${value.join(",")}`;
}
