/** `charly settings reset`: back to the default. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { settingOf } from "../../lib/config/host/setting_keys.ts";
import { changeSetting } from "../../lib/config/host/settings.ts";
import { enterHostFiles, ownHostFiles } from "../host_files.ts";

export default defineVerb({
  name: "settings reset",
  summary: "Take one setting out of the file",
  description: "What holds afterwards is the variable's value, else the default.",
  examples: [["charly settings reset hosts.web", "the alias is gone"]],
  args: { key: { brief: "The setting: `vm.ram`, `hosts.web`", offer: "setting" } },
  flags: {},
  async run(context) {
    const { args, out, words } = context;
    settingOf(args.key);
    const files = ownHostFiles();
    const handedOver = await enterHostFiles(context, files, { words, write: true });
    if (handedOver !== undefined) return handedOver;
    const changed = await changeSetting(files, args.key, undefined);
    out.both(
      { key: args.key, changed, path: files.settings },
      () => changed ? `${args.key} is as if never set` : `${args.key} was not set`,
    );
  },
});
