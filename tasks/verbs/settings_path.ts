/** `charly settings path`: where the settings stand. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { ownHostFiles } from "../host_files.ts";

export default defineVerb({
  name: "settings path",
  summary: "Print where the settings file stands",
  description: "`config.yml` below `$XDG_CONFIG_HOME/charly`, else `~/.config/charly`, whether it is there or not.",
  examples: [["$EDITOR $(charly settings path)", "edit it by hand"]],
  args: {},
  flags: {},
  run({ out }) {
    const { settings } = ownHostFiles();
    out.both({ path: settings }, () => settings);
    return Promise.resolve();
  },
});
