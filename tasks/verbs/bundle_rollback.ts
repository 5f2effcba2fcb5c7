/** `charly bundle rollback`: a guarded run is put back now. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { settleRun } from "./_settle.ts";

export default defineVerb({
  name: "bundle rollback",
  summary: "Have a target put a guarded run back now",
  description:
    "Only while nobody has confirmed it. The target does the work, from what was put there before the run's first step;\n" +
    "one that was cut in the middle goes on where it stopped. Exit 0 when the machine is as before the run, 1 with what\n" +
    "is left otherwise. To take back a whole bundle, confirmed or not: `charly bundle del`.",
  examples: [["charly bundle rollback web", "the machine as before the last run of `web`"]],
  args: { name: { brief: "Name of the bundle", offer: "deployed" } },
  flags: {},
  run: (context) => settleRun(context, context.args.name, "rollback", context.words),
});
