/** `charly clean`: what runs leave behind. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { confirm } from "../../lib/cli/confirm.ts";
import { escapeControls } from "../../lib/cli/style.ts";
import { enterPermissions } from "../permissions.ts";
import { hostOptions, projectIfAny } from "./_shared.ts";

export default defineVerb({
  name: "clean",
  summary: "Remove stages and journals that nothing needs any more",
  description:
    "Sweeps what interrupted runs left on a target, and here the long output of steps. --kept also empties the place undo moves edited files to; look at it\n" +
    "first, it is the only copy.",
  examples: [["charly clean web --dry-run", "list what would go"]],
  args: { bundle: { brief: "Only the targets of this bundle", optional: true, offer: "deployed" } },
  flags: {
    kept: { kind: "switch", brief: "Also remove files that undo moved aside" },
    dryRun: { kind: "switch", brief: "List and stop" },
  },
  async run(context) {
    const { args, flags, globals, out, services, words } = context;
    const project = await projectIfAny(context);
    const api = await services.api();
    const handedOver = await enterPermissions(context, { api, project, bundle: args.bundle, words });
    if (handedOver !== undefined) return handedOver;
    const options = { ...hostOptions(context), ...(flags.kept ? { kept: true } : {}) };
    const found = await api.cleanBundle(project, args.bundle, { ...options, dryRun: true });
    const list = () => found.length === 0 ? "nothing to clean" : found.map((line) => escapeControls(line)).join("\n");
    if (flags.dryRun || found.length === 0) {
      out.both({ removed: [], found }, list);
      return;
    }
    out.note(list());
    if (!await confirm(out, `Remove these ${found.length}?`, globals.yes)) return 1;
    const removed = await api.cleanBundle(project, args.bundle, options);
    out.both({ removed }, () => `${removed.length} removed`);
  },
});
