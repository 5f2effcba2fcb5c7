/** `charly run`: tasks of the configuration. */
import { CharlyError } from "../../lib/base/errors.ts";
import { closest } from "../../lib/base/closest.ts";
import type { CliProject } from "../../lib/cli/context.ts";
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { escapeControls } from "../../lib/cli/style.ts";
import type { TaskData } from "../../lib/entities/task.ts";
import { usage } from "../../lib/tasks/args.ts";
import { runTasks } from "../run_tasks.ts";
import { projectOf } from "./_shared.ts";

export default defineVerb({
  name: "run",
  summary: "Run a task of the configuration, or list them",
  description:
    "Runs what the task needs first, side by side where nothing orders them; each task has a process of its own with\n" +
    "exactly the permissions it declares. Words behind the task's name are its own; charly's flags come before it.",
  examples: [
    ["charly run --list", "every task with its arguments"],
    ["charly run release --tag v1.2.0", "with an argument"],
    ["charly --host web2 run release", "charly's flags stand in front"],
  ],
  args: {
    task: { brief: "Task of the configuration", optional: true, offer: "task" },
    words: { brief: "Its arguments: --name value", optional: true, rest: true, offer: "nothing" },
  },
  flags: {
    list: { kind: "switch", brief: "List tasks, what they need and what they take" },
    parallel: { kind: "number", brief: "Tasks at once (default: as many as there are processors)", placeholder: "n" },
  },
  passThrough: "behind-first",
  async run(context) {
    const { args, flags, out } = context;
    const project = await projectOf(context);
    const tasks = project.config.tasks;
    if (flags.list || args.task === undefined) {
      const list = Object.entries(tasks).map(([name, task]) => ({
        name,
        ...task,
        usage: usage(name, task.args ?? {}),
      }));
      out.both(
        { tasks: list },
        () => list.map((task) => taskText(task, out.style.bold)).join("\n") || "no tasks are declared",
      );
      return flags.list ? 0 : 2;
    }
    checkName(project, args.task);
    return await runTasks(context, {
      project,
      task: args.task,
      words: args.words,
      allWords: context.words,
      ...(flags.parallel === undefined ? {} : { parallel: flags.parallel }),
    });
  },
});

function taskText(
  task: { readonly name: string; readonly usage: string } & TaskData,
  bold: (text: string) => string,
): string {
  const needs = task.needs?.length ? `  needs ${task.needs.join(", ")}` : "";
  const args = task.args === undefined ? "" : `\n    ${task.usage}`;
  return `${bold(escapeControls(task.name))}  ${escapeControls(task.description ?? "")}${needs}${args}`;
}

function checkName(project: CliProject, name: string): void {
  const names = Object.keys(project.config.tasks);
  if (names.includes(name)) return;
  const near = closest(name, names);
  throw new CharlyError(`run task: "${name}" is not declared`, {
    hint: near !== undefined
      ? `did you mean ${near}?`
      : names.length === 0
      ? "add one under `tasks`"
      : `declared tasks: ${names.join(", ")}`,
    code: "unknown-task",
    exitCode: 2,
  });
}
