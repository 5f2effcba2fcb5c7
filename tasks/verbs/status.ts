/** `charly status`: what is deployed where. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { showStatus } from "./_status.ts";

export default defineVerb({
  name: "status",
  summary: "Show what is deployed where",
  description:
    "One line per bundle and host, from the ledger of each target: deployed, partial (failed or interrupted), not deployed,\n" +
    "or deployed by a configuration that no longer names it.",
  examples: [["charly status", "every bundle"], ["charly status web --json", "one bundle, for a program"]],
  args: { bundle: { brief: "Only this bundle", optional: true, offer: "deployed" } },
  flags: {},
  run: (context) => showStatus(context, context.args.bundle, context.words),
});
