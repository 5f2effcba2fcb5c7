/** `--on-failure rollback`: this run's priors, newest first. After an upgrade the way back is the old version, not the base. */
import { rollbackFunctions } from "../execute/driver/mod.ts";
import type { Level } from "../steps/act.ts";
import { type Assessment, levels } from "./assess.ts";
import { rollbackSegments } from "./rollback_program.ts";
import type { HostRun } from "./run.ts";
import { undoProgram } from "./undo_program.ts";

/**
 * Puts back what this run changed. Undo commands that the run ran for what went cannot be taken back: they are warned of.
 *
 * @returns whether everything came to its end
 */
export async function rollback(run: HostRun, now: Assessment, secrets: ReadonlyMap<string, string>): Promise<boolean> {
  const { judged, early, late } = now;
  const segments = rollbackSegments({ judged, early, late, acts: now.intents, intents: run.intents }, secrets);
  const known = new Set<Level>();
  const play = async (level: Level, text: string) => {
    // A level the run did not come to has nothing to put back, and no journal to read.
    if (!run.isOpen(level)) return true;
    const functions = known.has(level) ? "" : rollbackFunctions;
    known.add(level);
    return await run.batch(level, functions + undoProgram([], secrets, { texts: [text] }), [], { last: true }) ===
      "done";
  };
  for (const { level, text } of segments) if (!await play(level, text)) return false;
  for (const level of levels) if (!await play(level, "j Z rolled-back")) return false;
  return true;
}
