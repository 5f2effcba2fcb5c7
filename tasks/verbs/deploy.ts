/** `charly deploy`: plan, ask, apply. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { deployBundle } from "./_deploy.ts";
import { addFlags, addOptions } from "./_shared.ts";

export default defineVerb({
  name: "deploy",
  summary: "Plan a bundle, ask, and apply it",
  description:
    "Shows the plan of every host, asks once, and applies exactly what was shown. A second run changes nothing. What a\n" +
    "run began and did not finish is taken up by the next one. `charly bundle del` takes everything back.",
  examples: [
    ["charly deploy", "the only bundle, or defaults.bundle"],
    ["charly deploy web -y", "without asking, all gates open"],
    ["charly deploy fleet --serial 2 --max-fail 25%", "in waves of two hosts"],
  ],
  args: { bundle: { brief: "Bundle of the configuration", optional: true, offer: "bundle" } },
  flags: addFlags,
  run: (context) =>
    deployBundle(context, {
      bundle: context.args.bundle,
      options: addOptions(context, context.flags),
      load: context.flags,
      format: context.flags.format,
      words: context.words,
    }),
});
