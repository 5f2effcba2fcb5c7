/** `charly ledger repair`: rebuild what can be rebuilt. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { confirm } from "../../lib/cli/confirm.ts";
import { escapeControls } from "../../lib/cli/style.ts";
import { enterPermissions } from "../permissions.ts";
import { hostOptions, projectIfAny } from "./_shared.ts";

export default defineVerb({
  name: "ledger repair",
  summary: "Mend a ledger that was found damaged",
  description:
    "Rebuilds derived records from the journals and calls every step after the last good seal unknown, so that the next\n" +
    "deploy looks at it again. Nothing else on the target is touched.",
  examples: [["charly ledger repair web", "ask, then mend"]],
  args: { bundle: { brief: "Only this bundle", optional: true, offer: "deployed" } },
  flags: {},
  async run(context) {
    const { args, globals, out, services, words } = context;
    const project = await projectIfAny(context);
    const api = await services.api();
    const handedOver = await enterPermissions(context, { api, project, bundle: args.bundle, words });
    if (handedOver !== undefined) return handedOver;
    if (!await confirm(out, "Rewrite the damaged records?", globals.yes)) return 1;
    const mended = await api.repairLedger(project, args.bundle, hostOptions(context));
    out.both(
      { mended },
      () => mended.length === 0 ? "nothing to mend" : mended.map((line) => escapeControls(line)).join("\n"),
    );
  },
});
