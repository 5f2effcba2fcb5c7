/** `charly bundle confirm`: a guarded run is kept. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { settleRun } from "./_settle.ts";

export default defineVerb({
  name: "bundle confirm",
  summary: "Keep what a guarded run did, before its target puts it back",
  description:
    "`--guard` does this by itself. By hand it is for a run whose charly is gone: while the target waits, or when its\n" +
    "watcher is gone and nothing else may run there. Exit 1 when the target was faster: then it says what was put back.",
  examples: [["charly bundle confirm web", "the target keeps the last run of `web`"]],
  args: { name: { brief: "Name of the bundle", offer: "deployed" } },
  flags: {},
  run: (context) => settleRun(context, context.args.name, "confirm", context.words),
});
