/** `charly settings set`: one setting of this user. */
import { CharlyError } from "../../lib/base/errors.ts";
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { readEnv } from "../../lib/cli/io.ts";
import { refused, settingOf } from "../../lib/config/host/setting_keys.ts";
import { changeSetting } from "../../lib/config/host/settings.ts";
import { enterHostFiles, ownHostFiles } from "../host_files.ts";

export default defineVerb({
  name: "settings set",
  summary: "Set one setting of this user",
  description:
    "Checks the value and writes it to the settings file; comments and everything charly does not know stay as they are. The file\n" +
    "is for its owner only, changed under a lock, and never written when it does not load. A password is best not typed as a\n" +
    "word: without a value it is read from the terminal or from standard input.",
  examples: [
    ["charly settings set hosts.web deploy@192.0.2.7:2222", "`host: web` of a charly.yml means that machine"],
    ["charly settings set vm.ram 8G", "kept for when machines are built"],
    ["charly settings set vnc.password.shop < password.txt", "a password, from a file"],
  ],
  args: {
    key: { brief: "The setting: `vm.ram`, `hosts.web`", offer: "setting" },
    value: { brief: "Its value", optional: true, offer: "setting-value" },
  },
  flags: {},
  async run(context) {
    const { args, out, words } = context;
    const setting = settingOf(args.key);
    const why = args.value === undefined ? undefined : refused(setting, args.value);
    if (why !== undefined) {
      const found = setting.secret === true ? "this" : JSON.stringify(args.value);
      throw new CharlyError(`set ${args.key}: it cannot be ${found}`, { hint: why, code: "bad-setting", exitCode: 2 });
    }
    const files = ownHostFiles();
    const handedOver = await enterHostFiles(context, files, {
      words,
      write: true,
      env: setting.env === undefined ? [] : [setting.env],
    });
    if (handedOver !== undefined) return handedOver;
    const value = args.value ?? (setting.secret === true ? await typed(out.io) : undefined);
    if (value === undefined) {
      throw new CharlyError(`set ${args.key}: no value is given`, {
        hint: `give one: \`charly settings set ${args.key} VALUE\`, or \`charly settings reset ${args.key}\``,
        code: "usage",
        exitCode: 2,
      });
    }
    const changed = await changeSetting(files, args.key, value);
    out.both(
      { key: args.key, changed, path: files.settings },
      () => changed ? `${args.key} is set` : "it is so already",
    );
    if (!setting.used) out.note(`charly keeps ${args.key}, but does not act on it yet`);
    if (setting.env !== undefined && readEnv(setting.env)) {
      out.warn(`the variable ${setting.env} is set and beats the file`);
    }
  },
});

async function typed(io: {
  readonly stdinIsTerminal: boolean;
  readonly stderr: (text: string) => void;
  readonly readLine: () => Promise<string | undefined>;
  readonly readSecret: () => Promise<string | undefined>;
}): Promise<string | undefined> {
  if (!io.stdinIsTerminal) return await io.readLine() || undefined;
  io.stderr("password: ");
  const line = await io.readSecret();
  io.stderr("\n");
  return line || undefined;
}
