/** `charly bundle path`: where the overlay of this machine stands. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { ownHostFiles } from "../host_files.ts";

export default defineVerb({
  name: "bundle path",
  summary: "Print where the overlay of this machine stands",
  description: "The overlay says how deployments of charly.yml projects differ on this machine: `charly.yml` below\n" +
    "`$XDG_CONFIG_HOME/charly`, else `~/.config/charly`, whether it is there or not.",
  examples: [["$EDITOR $(charly bundle path)", "edit it by hand"]],
  args: {},
  flags: {},
  run({ out }) {
    const { overlay } = ownHostFiles();
    out.both({ path: overlay }, () => overlay);
    return Promise.resolve();
  },
});
