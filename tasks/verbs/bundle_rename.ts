/** `charly bundle rename`: a deploy follows its bundle's new name. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { outcomeText, reporterOf } from "../../lib/cli/reporter.ts";
import { enterPermissions } from "../permissions.ts";
import { bundleOf, codeOf, hostOptions, projectOf } from "./_shared.ts";

export default defineVerb({
  name: "bundle rename",
  summary: "Give a deploy the new name of its bundle",
  description:
    "After a bundle was renamed in the configuration, its deploys still carry the old name. This moves them over without\n" +
    'touching anything else. `was: ["old"]` on the bundle does the same at the next deploy.',
  examples: [["charly bundle rename web frontend", "the deploy `web` is now `frontend`"]],
  args: {
    old: { brief: "Name the deploy has now", offer: "deployed" },
    new: { brief: "Name in the configuration", offer: "bundle" },
  },
  flags: {},
  async run(context) {
    const { args, globals, out, services, words } = context;
    const project = await projectOf(context);
    const bundle = bundleOf(project, args.new);
    const api = await services.api();
    const handedOver = await enterPermissions(context, { api, project, bundle, words });
    if (handedOver !== undefined) return handedOver;
    const reporter = reporterOf(out, { yes: globals.yes });
    try {
      const outcome = await api.renameBundle(project, args.old, bundle, hostOptions(context), reporter.events);
      reporter.close();
      out.both(outcome, () => outcomeText(outcome, out));
      return codeOf(outcome);
    } finally {
      reporter.close();
    }
  },
});
