/**
 * Charly beside a model of it: bundles are added, taken back, renamed, cut and mended while users edit, and after every command
 * tree, ledger and store are what the model says. `CHARLY_MODEL_SEED` plays other stories.
 */
import fc from "fast-check";
import { anyStory, type Story } from "../shared/model/command.ts";
import { play } from "../shared/model/stage.ts";
import { full, sample } from "../shared/sample.ts";

const seed = Number(Deno.env.get("CHARLY_MODEL_SEED") ?? (full ? Date.now() & 0x7fffffff : 20261121));

Deno.test("plan equals apply, a second apply changes nothing, undo restores and the ledger never lies, whatever happens", async () => {
  await fc.assert(fc.asyncProperty(anyStory(sample(8, 14)), (story) => play(story)), {
    seed,
    numRuns: sample(12, 3000),
    // A sample takes its share of time, however busy the machine is; shortening a story that fails counts as well.
    ...(full ? {} : { interruptAfterTimeLimit: 40_000, markInterruptAsFailure: false }),
    asyncReporter: (details) => report(details),
  });
});

/** The shortest story that fails, as a command to run. */
function report(details: fc.RunDetails<[Story]>): Promise<void> {
  if (!details.failed) return Promise.resolve();
  const [story] = details.counterexample ?? [];
  const error = details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance);
  return Promise.reject(
    new Error(
      `${error}\n\nseed ${details.seed}, run ${details.numRuns}, ${details.numShrinks} times shortened. Play it again with\n\n` +
        `deno run -A tests/shared/model/replay.ts '${JSON.stringify(story).replaceAll("'", `'\\''`)}'\n`,
    ),
  );
}
