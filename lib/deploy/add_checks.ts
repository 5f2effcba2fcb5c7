/** What has to hold over all hosts before the first of them is changed. */
import { CharlyError } from "../base/errors.ts";
import type { Lane } from "./add_lane.ts";
import type { AddOptions, HostPlan } from "./contract.ts";

/** Nothing in the plans is beyond undo. */
export function requireUndo(plans: readonly HostPlan[]): void {
  const act = plans.flatMap((plan) => plan.planned).find((it) =>
    it.reversibility === "none" && !["skipped", "up-to-date", "recorded"].includes(it.state)
  );
  if (act === undefined) return;
  throw new CharlyError(`plan: step ${act.n} cannot be undone: ${act.summary}`, {
    hint: "give the command an `undo`, or drop --require-undo",
    code: "no-undo",
    exitCode: 2,
  });
}

/** A step that was cut and runs once only waits for a word, and words for other steps are a mistake. */
export function checkAnswers(lanes: ReadonlyMap<string, Lane>, { done = [], undo = [] }: AddOptions): void {
  const judged = [...lanes].flatMap(([host, { shown }]) => shown.judged.map((it) => ({ host, it })));
  const waiting = judged.find(({ it }) => it.state === "needs-answer");
  if (waiting !== undefined) {
    const { host, it } = waiting;
    throw new CharlyError(`apply on ${host}: step ${it.n} was interrupted, and runs once only: ${it.act.summary}`, {
      hint: `look what it did, then say --rerun ${it.n} (again), --done ${it.n} (it did its work) or ` +
        `--undo ${it.n} (take back what it did)`,
      code: "needs-answer",
      exitCode: 3,
    });
  }
  const unasked = [...done, ...undo].find((n) => !judged.some(({ it }) => it.n === n && it.answered !== undefined));
  if (unasked === undefined || lanes.size === 0) return;
  throw new CharlyError(`apply: step ${unasked} waits for no answer`, {
    hint: "look at `charly plan`: only steps that need an answer take --done and --undo",
    code: "no-question",
    exitCode: 2,
  });
}

/** Two names for one machine would act on it twice at once. */
export function sameMachine(lanes: ReadonlyMap<string, Lane>): void {
  const seen = new Map<string, string>();
  for (const [host, { shown }] of lanes) {
    const store = shown.survey.stores.root ?? shown.survey.stores.user;
    const id = store?.state.identity?.target_id;
    if (id === undefined) continue;
    const other = seen.get(id);
    if (other !== undefined) {
      throw new CharlyError(`deploy: ${other} and ${host} are the same machine (or share one home)`, {
        hint: "name it once in the bundle",
        code: "same-machine",
        exitCode: 2,
      });
    }
    seen.set(id, host);
  }
}
