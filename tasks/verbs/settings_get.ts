/** `charly settings get`: what holds for one setting. */
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { readEnv } from "../../lib/cli/io.ts";
import { settingOf, settingVariables } from "../../lib/config/host/setting_keys.ts";
import { readSettings, settingValue } from "../../lib/config/host/settings.ts";
import { enterHostFiles, ownHostFiles } from "../host_files.ts";

export default defineVerb({
  name: "settings get",
  summary: "Print what holds for one setting",
  description:
    "The variable that belongs to the setting beats the file, the file beats the default. A setting nobody gave a value prints\n" +
    "nothing. A password is never printed, only `***` when there is one.",
  examples: [["charly settings get vm.ram", "memory of a machine that says none"]],
  args: { key: { brief: "The setting: `vm.ram`, `hosts.web`", offer: "setting" } },
  flags: {},
  async run(context) {
    const { args, out, words } = context;
    settingOf(args.key); // a name that is misspelt needs no permission
    const files = ownHostFiles();
    const handedOver = await enterHostFiles(context, files, { words, env: settingVariables });
    if (handedOver !== undefined) return handedOver;
    const { value, source } = settingValue(readSettings(files), args.key, readEnv);
    out.both({ key: args.key, value: value ?? null, source }, () => value ?? "");
  },
});
