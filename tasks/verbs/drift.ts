/** `charly drift`: what changed behind our back. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { underHome } from "../../lib/cli/plan_text.ts";
import { escapeControls } from "../../lib/cli/style.ts";
import { enterPermissions } from "../permissions.ts";
import { bundleOf, hostOptions, projectOf } from "./_shared.ts";

export default defineVerb({
  name: "drift",
  summary: "Show what differs on a target from what was deployed",
  description:
    "Asks every host and compares each resource with the ledger. Nothing is changed; `charly deploy` repairs. Ends with 10\n" +
    "under --exit-code when something differs.",
  examples: [["charly drift web", "list what differs"], [
    "charly drift web --exit-code",
    "end with 10 when something does",
  ]],
  args: { bundle: { brief: "Bundle of the configuration", optional: true, offer: "bundle" } },
  flags: {
    exitCode: { kind: "switch", brief: "End with 10 when something differs" },
    parallel: { kind: "number", brief: "Hosts at once (default 20)", placeholder: "n" },
  },
  async run(context) {
    const { args, flags, out, services, words } = context;
    const project = await projectOf(context);
    const bundle = bundleOf(project, args.bundle);
    const api = await services.api();
    const handedOver = await enterPermissions(context, { api, project, bundle, words });
    if (handedOver !== undefined) return handedOver;
    const hosts = await api.driftOf(project, bundle, hostOptions(context, flags));
    out.both({ bundle, hosts }, () =>
      hosts.flatMap(({ host, drifted, checked, home }) => [
        `${out.style.bold(escapeControls(host))}: ${drifted.length} of ${checked} resources differ`,
        ...drifted.map((one) =>
          `  ${out.style.yellow("!")} ${escapeControls(underHome(one.summary, home))}: ${escapeControls(one.found)}`
        ),
      ]).join("\n"));
    return flags.exitCode && hosts.some(({ drifted }) => drifted.length > 0) ? 10 : 0;
  },
});
