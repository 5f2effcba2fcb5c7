/** `charly ledger show`: what a target remembers. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { escapeControls } from "../../lib/cli/style.ts";
import { enterPermissions } from "../permissions.ts";
import { hostOptions, projectIfAny } from "./_shared.ts";

export default defineVerb({
  name: "ledger show",
  summary: "List the resources that deploys claim on their targets",
  description: "One line per claim, from the ledger of each target: bundle, candy, resource and state.",
  examples: [["charly ledger show web", "the claims of one bundle"]],
  args: { bundle: { brief: "Only this bundle", optional: true, offer: "deployed" } },
  flags: {},
  async run(context) {
    const { args, out, services, words } = context;
    const project = await projectIfAny(context);
    const api = await services.api();
    const handedOver = await enterPermissions(context, { api, project, bundle: args.bundle, words });
    if (handedOver !== undefined) return handedOver;
    const rows = await api.ledgerOf(project, args.bundle, hostOptions(context));
    out.both(
      { claims: rows },
      () =>
        rows.map((row) =>
          [row.host, row.bundle, row.candy, row.state, row.resource].map((cell) => escapeControls(cell)).join("\t")
        )
          .join("\n"),
    );
  },
});
