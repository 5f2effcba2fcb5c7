/** What verbs ask of the YAML importer. */
import { dirname } from "node:path";
import type { HostFiles } from "../host/host_files.ts";
import { parseConfig } from "../parse.ts";
import type { YamlEntity } from "./entity.ts";
import type { RemoteUse } from "./read_files.ts";
import { oldScripts } from "./legacy/old_scripts.ts";
import { isProjectFile, migrate, type Migration } from "./migrate.ts";
import { type Problem, Problems } from "./problem.ts";
import { readYamlFile } from "./read_file.ts";
import { yamlFiles } from "./source_tree.ts";
import type { Document } from "./tree.ts";
import { placeIssues, readYamlConfig } from "./yaml_config.ts";

export { namesModule } from "./generate/names_code.ts";
export { generateProject } from "./generate/project_code.ts";
export type { YamlEntity } from "./entity.ts";
export { type Problem, problemText } from "./problem.ts";

/** A YAML project with everything that is wrong with it, in the order of files and lines. */
export interface CheckedYaml {
  readonly entities: readonly YamlEntity[];
  readonly problems: readonly Problem[];
  readonly remote: readonly RemoteUse[];
  /** `defaults` of the configuration. */
  readonly defaults?: unknown;
  /** Comments of the root file that belong to no entity. */
  readonly remarks?: string;
}

/**
 * Reads a YAML project and checks it altogether, as a configuration is checked.
 *
 * @param host the user's own files, when it is to be checked as it is on this machine
 */
export function checkYaml(root: string, file: string, host?: HostFiles): CheckedYaml {
  const yaml = readYamlConfig(root, file, host);
  const parsed = parseConfig(yaml.data);
  if ("issues" in parsed) placeIssues(yaml, parsed.issues, { file, line: 1, column: 1 });
  const { entities, remote, unread, remarks } = yaml.project;
  for (const { name, at } of unread) {
    const hint = "leave it in charly.yml: a typed config has no place for it yet";
    yaml.problems.warn("stray-key", at, `"${name}" is not acted on`, hint);
  }
  for (const { table, value } of entities) {
    const dir = table === "candies" && typeof value["dir"] === "string" ? value["dir"] : undefined;
    if (dir === undefined) continue;
    for (const { at, message, hint } of oldScripts(root, dir)) yaml.problems.warn("retired", at, message, hint);
  }
  const { defaults } = yaml.data;
  return {
    entities,
    problems: yaml.problems.all,
    remote,
    ...(defaults === undefined ? {} : { defaults }),
    ...(remarks === undefined ? {} : { remarks }),
  };
}

/** What a migration of a project's directory would do. */
export function migrateProject(root: string): { readonly migration: Migration; readonly problems: readonly Problem[] } {
  const problems = new Problems();
  const files = new Map<string, readonly Document[]>();
  for (const path of yamlFiles(root, "", 0)) {
    const mine = new Problems();
    const { documents } = readYamlFile(`${root}/${path}`, path, mine);
    if (!isProjectFile(path, documents)) continue;
    for (const it of mine.all) problems.error(it.code, it.at, it.message, it.hint);
    files.set(path, documents);
  }
  const migration = migrate(files);
  const layers = new Set(
    [...files.keys()].filter((path) => /\/(?:layer\.ya?ml|candy\.yml|charly\.yml)$/.test(path)).map(dirname),
  );
  const scripts = [...layers].flatMap((dir) => oldScripts(root, dir));
  return { migration: { ...migration, manual: [...migration.manual, ...scripts] }, problems: problems.all };
}
