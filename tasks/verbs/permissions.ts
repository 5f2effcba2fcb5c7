/** `charly permissions`: the Deno flags a deploy needs. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { mergePermissions, renderFlags } from "../../lib/plan/permissions.ts";
import { enterPermissions, pathDirs, permissionsFor, reachOf } from "../permissions.ts";
import { bundleOf, checkCandies, planFlags, planOptions, projectOf } from "./_shared.ts";

export default defineVerb({
  name: "permissions",
  summary: "Print the Deno permission flags a deploy of a bundle needs",
  description:
    "Derived from the bundle's hosts and its plan: every host and port, program, path and variable, and nothing else.\n" +
    "`charly deploy` starts itself again with what its hosts take. --hosts-only does not plan: it connects nowhere.",
  examples: [
    ["charly permissions web", "one flag per line"],
    ["deno run $(charly permissions web) jsr:@charly/charly/cli deploy web", "start with them yourself"],
  ],
  args: { bundle: { brief: "Bundle of the configuration", optional: true, offer: "bundle" } },
  flags: { ...planFlags, hostsOnly: { kind: "switch", brief: "Only what reaching the hosts takes" } },
  async run(context) {
    const { args, flags, out, services, words } = context;
    const project = await projectOf(context, flags);
    const bundle = bundleOf(project, args.bundle);
    checkCandies(project, flags.addCandy);
    const api = await services.api();
    if (!flags.hostsOnly) {
      // planning asks the hosts; where programs are is looked up anew, in every directory of PATH
      const handedOver = await enterPermissions(context, { api, project, bundle, words, reads: pathDirs() });
      if (handedOver !== undefined) return handedOver;
    }
    const reach = await reachOf(context, { api, project, bundle, words });
    const base = permissionsFor(context, { project, reach });
    const plans = flags.hostsOnly ? [] : await api.planBundle(project, bundle, planOptions(context, flags));
    const needed = mergePermissions(base, permissionsFor(context, { project, reach, plans }));
    const list = renderFlags(needed);
    out.both({ bundle, permissions: needed, flags: list }, () => list.join("\n"));
  },
});
