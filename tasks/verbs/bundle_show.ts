/** `charly bundle show`: what the overlay of this machine says. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { escapeControls } from "../../lib/cli/style.ts";
import { isOpenToOthers } from "../../lib/config/host/locked_file.ts";
import { showOverlay } from "../../lib/config/host/show_overlay.ts";
import { enterHostFiles, ownHostFiles } from "../host_files.ts";

export default defineVerb({
  name: "bundle show",
  summary: "Show how deployments differ on this machine",
  description:
    "Prints the overlay of this machine, or one deployment of it, in the form of charly.yml. Values that look like secrets are\n" +
    "`***`. `charly plan` says which fields of a project it changes.",
  examples: [["charly bundle show", "all of it"], ["charly bundle show web --json", "one deployment, for a program"]],
  args: { bundle: { brief: "Only this deployment", optional: true, offer: "bundle" } },
  flags: {},
  async run(context) {
    const { args, out, words } = context;
    const files = ownHostFiles();
    const handedOver = await enterHostFiles(context, files, { words });
    if (handedOver !== undefined) return handedOver;
    const { text, deployments } = showOverlay(files, args.bundle);
    if (isOpenToOthers(files.overlay)) {
      out.warn(`others may read ${files.overlay}: run \`chmod 600 ${files.overlay}\``);
    }
    const nothing = args.bundle === undefined ? "nothing differs on this machine" : `${args.bundle} is as everywhere`;
    out.both({ path: files.overlay, deployments }, () => escapeControls(text === "" ? nothing : text, true));
  },
});
