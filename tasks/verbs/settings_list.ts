/** `charly settings list`: every setting, what holds, and who says so. */
import { CharlyError } from "../../lib/base/errors.ts";
import { defineVerb } from "../../lib/cli/define_verb.ts";
import { readEnv } from "../../lib/cli/io.ts";
import { escapeControls } from "../../lib/cli/style.ts";
import { isOpenToOthers } from "../../lib/config/host/locked_file.ts";
import { settingOf, settingVariables } from "../../lib/config/host/setting_keys.ts";
import { readSettings, settingKeys, settingValue } from "../../lib/config/host/settings.ts";
import { enterHostFiles, ownHostFiles } from "../host_files.ts";

export default defineVerb({
  name: "settings list",
  summary: "List the settings of this user with their values",
  description:
    "Shows for each setting what holds and where it comes from: a variable, the file, or the default. Settings charly keeps\n" +
    "for what it does not do yet are marked. Passwords are never shown.",
  examples: [["charly settings list", "all of them"], ["charly settings list --json", "for a program"]],
  args: {},
  flags: {},
  async run(context) {
    const { out, words } = context;
    const files = ownHostFiles();
    const handedOver = await enterHostFiles(context, files, { words, env: settingVariables });
    if (handedOver !== undefined) return handedOver;
    const file = readSettings(files);
    if (isOpenToOthers(files.settings)) {
      out.warn(`others may read ${files.settings}: run \`chmod 600 ${files.settings}\``);
    }
    const rows = settingKeys(file).map((key) => {
      const { used, about } = settingOf(key);
      try {
        const { value, source } = settingValue(file, key, readEnv);
        return { key, value: value ?? null, source, used, about };
      } catch (error) {
        if (!(error instanceof CharlyError)) throw error;
        out.warn(`${error.message}: ${error.hint}`);
        return { key, value: null, source: "unusable" as const, used, about };
      }
    });
    const width = Math.max(...rows.map(({ key }) => key.length));
    out.both({ path: files.settings, settings: rows }, () =>
      rows.map(({ key, value, source, used, about }) => {
        const said = value === null ? "-" : escapeControls(value);
        const note = `${source}${used ? "" : ", kept for later"}`;
        return `${out.style.bold(escapeControls(key).padEnd(width))}  ${said}  ${out.style.dim(`(${note}; ${about})`)}`;
      }).join("\n"));
  },
});
