/** Which tasks run, in which order. */
import { CharlyError } from "../base/errors.ts";
import type { TaskData } from "../entities/task.ts";

/** Tasks by name. */
export type Tasks = Readonly<Record<string, TaskData>>;

/**
 * The tasks a task needs, itself included, needs first.
 *
 * @throws CharlyError naming the way round when there is a cycle, or the need that is not declared
 */
export function closureOf(tasks: Tasks, name: string): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const visit = (task: string, path: readonly string[]): void => {
    if (path.includes(task)) {
      const way = [...path.slice(path.indexOf(task)), task].join(" → ");
      throw new CharlyError(`order tasks: they need each other: ${way}`, {
        hint: "remove one of these needs",
        code: "task-cycle",
        exitCode: 2,
      });
    }
    if (done.has(task)) return;
    if (!Object.hasOwn(tasks, task)) {
      throw new CharlyError(`order tasks: "${path.at(-1)}" needs "${task}", which is not declared`, {
        hint: `declared tasks: ${Object.keys(tasks).join(", ")}`,
        code: "unknown-task",
        exitCode: 2,
      });
    }
    for (const need of tasks[task]!.needs ?? []) visit(need, [...path, task]);
    done.add(task);
    order.push(task);
  };
  visit(name, []);
  return order;
}

/** How a task came out. */
export type TaskEnd =
  | { readonly task: string; readonly result: "ok"; readonly durationMs: number }
  | { readonly task: string; readonly result: "failed"; readonly durationMs: number; readonly error: unknown }
  /** Did not run: `because` failed, the first cause and not the nearest. */
  | { readonly task: string; readonly result: "stopped"; readonly because: string };

/**
 * Runs tasks, each as soon as its needs are done, at most `parallel` at once. A failed task stops those that need it;
 * independent ones go on.
 *
 * @param order as {@link closureOf} gives it
 * @param run carries one out
 * @returns one end per task: root causes first, then the order
 */
export async function runGraph(
  tasks: Tasks,
  order: readonly string[],
  run: (task: string) => Promise<void>,
  parallel: number,
): Promise<TaskEnd[]> {
  const ends = new Map<string, TaskEnd>();
  const running = new Map<string, Promise<void>>();
  const waiting = new Set(order);
  const start = (task: string) => {
    const begun = performance.now();
    const end = (result: { result: "ok" } | { result: "failed"; error: unknown }) => {
      ends.set(task, { task, ...result, durationMs: Math.round(performance.now() - begun) });
      running.delete(task);
    };
    running.set(task, run(task).then(() => end({ result: "ok" }), (error) => end({ result: "failed", error })));
  };
  while (waiting.size > 0 || running.size > 0) {
    let moved = false;
    for (const task of [...waiting]) {
      const needs = (tasks[task]!.needs ?? []).map((need) => ends.get(need));
      const bad = needs.find((end) => end !== undefined && end.result !== "ok");
      if (bad !== undefined) {
        ends.set(task, { task, result: "stopped", because: bad.result === "stopped" ? bad.because : bad.task });
      } else if (needs.every((end) => end !== undefined) && running.size < parallel) start(task);
      else continue;
      waiting.delete(task);
      moved = true;
    }
    if (!moved) await Promise.race(running.values());
  }
  const all = order.map((task) => ends.get(task)!);
  return [...all.filter(({ result }) => result === "failed"), ...all.filter(({ result }) => result !== "failed")];
}

/** Whether any two of these tasks may run at the same time. */
export function mayOverlap(tasks: Tasks, order: readonly string[]): boolean {
  const needs = (task: string): Set<string> => new Set(closureOf(tasks, task));
  return order.some((a, i) => order.slice(i + 1).some((b) => !needs(a).has(b) && !needs(b).has(a)));
}
