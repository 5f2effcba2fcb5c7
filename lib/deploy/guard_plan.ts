/** What a guard means for a plan: what it refuses, what a rollback will not bring back, what waits until it is confirmed. */
import { CharlyError } from "../base/errors.ts";
import type { Assessment, LevelUndo } from "./assess.ts";
import { comesBack, namedSecrets } from "./rollback_program.ts";

/** Refuses what a target cannot put back alone. @throws {CharlyError} `guard-reboot`, `guard-secret` */
export function checkGuardable({ judged }: Assessment): void {
  for (const { n, act } of judged.filter((it) => it.included)) {
    if (act.type === "reboot") {
      throw new CharlyError(`guard: step ${n} is a reboot: ${act.summary}`, {
        hint: "deploy without --guard, or take the reboot out: no watcher outlives it",
        code: "guard-reboot",
        exitCode: 2,
      });
    }
    const secrets = act.type === "command" ? namedSecrets(act) : [];
    if (secrets.length > 0) {
      throw new CharlyError(`guard: the undo of step ${n} needs the secret ${secrets.join(", ")}: ${act.summary}`, {
        hint: "it would have to lie on the target: read it there in the undo, or deploy without --guard",
        code: "guard-secret",
        exitCode: 2,
      });
    }
  }
}

/** What people should know before they rely on it, a line each. */
export function guardNotes({ judged, early, late }: Pick<Assessment, "judged" | "early" | "late">): string[] {
  const acts = judged.filter((it) => it.included).flatMap(({ n, act }) => {
    if (act.reversibility === "none") return [`not rolled back: step ${n} has no undo: ${act.summary}`];
    return act.reversibility === "best-effort" ? [`rolled back as well as it can be: step ${n}: ${act.summary}`] : [];
  });
  const name = ({ item }: LevelUndo) => item.claim?.summary ?? item.resource;
  return [
    ...acts,
    ...early.filter((it) => !comesBack(it)).map((it) => `not rolled back: reverting ${name(it)}`),
    ...late.map((it) => `waits until confirmed: reverting ${name(it)}`),
  ];
}
