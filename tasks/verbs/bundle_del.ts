/** `charly bundle del`: exact undo. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { outcomeText, reporterOf } from "../../lib/cli/reporter.ts";
import { enterPermissions } from "../permissions.ts";
import { codeOf, delFlags, delOptions, projectIfAny } from "./_shared.ts";

export default defineVerb({
  name: "bundle del",
  summary: "Undo a deploy: everything as it was before",
  description:
    "Replays the ledger of the target backwards. Works without a configuration. What somebody edited since is kept and\n" +
    "reported (--force moves it aside); what other bundles still need stays. Ends with 1 when something of ours is left.",
  examples: [
    ["charly bundle del web", "show what would go, ask, undo"],
    ["charly bundle del web --keep-services -y", "leave services running, do not ask"],
  ],
  args: { name: { brief: "Name of the bundle", offer: "deployed" } },
  flags: delFlags,
  async run(context) {
    const { args, flags, globals, out, services, words } = context;
    const project = await projectIfAny(context);
    const api = await services.api();
    const handedOver = await enterPermissions(context, { api, project, bundle: args.name, words });
    if (handedOver !== undefined) return handedOver;
    const reporter = reporterOf(out, { yes: globals.yes });
    try {
      const outcome = await api.delBundle(project, args.name, delOptions(context, flags), reporter.events);
      reporter.close();
      out.both(outcome, () => outcomeText(outcome, out));
      return codeOf(outcome);
    } finally {
      reporter.close();
    }
  },
});
