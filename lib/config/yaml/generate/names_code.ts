/** The names of a YAML project as a type: what `fromYaml<YamlNames>()` makes known to the editor. */
import type { TableName } from "../../../entities/config_schema.ts";
import type { YamlEntity } from "../entity.ts";
import { commentLines } from "./code.ts";

/** Where names go: `ConfigNames` of `@charly/charly`, and the table each of them comes from. */
const tables: readonly (readonly [name: string, table: TableName])[] = [
  ["candy", "candies"],
  ["local", "locals"],
  ["bundle", "bundles"],
  ["vm", "vms"],
  ["box", "boxes"],
  ["task", "tasks"],
];

/**
 * A module with the one type `YamlNames`.
 *
 * @param file the YAML file, relative to the project
 */
export function namesModule(entities: readonly YamlEntity[], file: string): string {
  const fields = tables.map(([name, table]) => {
    const names = entities.filter((entity) => entity.table === table).map((entity) => JSON.stringify(entity.name));
    const union = [...new Set(names)].sort();
    if (union.length === 0) return `  readonly ${name}: never;\n`;
    const line = `  readonly ${name}: ${union.join(" | ")};\n`;
    return line.length <= 121 ? line : `  readonly ${name}:\n${union.map((it) => `    | ${it}`).join("\n")};\n`;
  });
  const notes = [
    `Names of ${file}, for \`fromYaml<YamlNames>(${JSON.stringify(`./${file}`)})\`.`,
    "Written by `charly import --names`; run it again when the YAML has changed.",
  ];
  return `${commentLines(notes.join("\n"))}\n/** Every name the YAML declares. */\nexport interface YamlNames {\n${
    fields.join("")
  }}\n`;
}
