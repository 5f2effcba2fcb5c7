/** Arguments of a task: `--name value` and `--name=value`, typed and with defaults as declared. */
import { CharlyError } from "../base/errors.ts";
import type { TaskArg, TaskData } from "../entities/task.ts";

/** Values by name; an argument that was not given and has no default is absent. */
export type TaskArgs = Readonly<Record<string, string | number | boolean>>;

/**
 * @param task its name, for messages
 * @param declared its `args`
 * @param words what stands behind its name on the command line
 * @throws CharlyError with exit code 2 when they do not fit
 */
export function parseTaskArgs(task: string, declared: TaskData["args"], words: readonly string[]): TaskArgs {
  const specs = declared ?? {};
  const values: Record<string, string | number | boolean> = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const match = /^--([^=]+)(?:=([^]*))?$/.exec(word);
    if (match === null) throw wrong(`task ${task}: it does not expect "${word}"`, usage(task, specs));
    const negated = match[1]!.startsWith("no-") && nameOf(specs, match[1]!) === undefined;
    const name = nameOf(specs, negated ? match[1]!.slice(3) : match[1]!);
    if (name === undefined) throw wrong(`task ${task}: it has no argument --${match[1]}`, usage(task, specs));
    const spec = specs[name]!;
    if (Object.hasOwn(values, name)) throw wrong(`task ${task}: --${match[1]} was given twice`, "give it once");
    if (spec.type === "boolean") {
      if (match[2] !== undefined && !["true", "false"].includes(match[2])) {
        throw wrong(`task ${task}: --${match[1]} got "${match[2]}"`, `write --${match[1]} or --no-${match[1]}`);
      }
      values[name] = (match[2] !== "false") !== negated;
      continue;
    }
    if (negated) throw wrong(`task ${task}: it has no argument --${match[1]}`, usage(task, specs));
    const text = match[2] ?? words[++i];
    if (text === undefined) throw wrong(`task ${task}: --${match[1]} needs a value`, usage(task, specs));
    values[name] = spec.type === "number" ? numberOf(task, match[1]!, text) : text;
  }
  for (const [name, spec] of Object.entries(specs)) {
    if (Object.hasOwn(values, name)) continue;
    if (spec.default !== undefined) values[name] = spec.default;
    else if (spec.required) throw wrong(`task ${task}: --${kebab(name)} is required`, usage(task, specs));
  }
  return values;
}

/** A declared name as written, or in kebab-case. */
function nameOf(specs: Readonly<Record<string, TaskArg>>, word: string): string | undefined {
  return Object.keys(specs).find((name) => name === word || kebab(name) === word);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function numberOf(task: string, name: string, text: string): number {
  const number = Number(text);
  if (text.trim() !== text || text === "" || !Number.isFinite(number)) {
    throw wrong(`task ${task}: --${name} got "${text}"`, "give a number");
  }
  return number;
}

/** The arguments of a task as they are typed. */
export function usage(task: string, specs: Readonly<Record<string, TaskArg>>): string {
  const words = Object.entries(specs).map(([name, spec]) => {
    const flag = spec.type === "boolean" ? `--${kebab(name)}` : `--${kebab(name)} <${spec.type ?? "string"}>`;
    return spec.required && spec.default === undefined ? flag : `[${flag}]`;
  });
  return words.length === 0 ? `\`charly run ${task}\` takes no arguments` : `charly run ${task} ${words.join(" ")}`;
}

function wrong(message: string, hint: string): CharlyError {
  return new CharlyError(message, { hint, code: "task-args", exitCode: 2 });
}
