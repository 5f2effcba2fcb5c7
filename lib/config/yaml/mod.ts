/** What verbs ask of the YAML importer. */
import { parseConfig } from "../parse.ts";
import type { YamlEntity } from "./entity.ts";
import type { RemoteUse } from "./load_yaml.ts";
import { isProjectFile, migrate, type Migration } from "./migrate.ts";
import { type Problem, Problems } from "./problem.ts";
import { readYamlFile } from "./read_file.ts";
import { yamlFiles } from "./source_tree.ts";
import type { Document } from "./tree.ts";
import { placeIssues, readYamlConfig } from "./yaml_config.ts";

export { generateProject } from "./generate/project_code.ts";
export { type Problem, problemText } from "./problem.ts";

/** A YAML project with everything that is wrong with it, in the order of files and lines. */
export interface CheckedYaml {
  readonly entities: readonly YamlEntity[];
  readonly problems: readonly Problem[];
  readonly remote: readonly RemoteUse[];
  /** `defaults` of the configuration. */
  readonly defaults?: unknown;
}

/** Reads a YAML project and checks it altogether, as a configuration is checked. */
export function checkYaml(root: string, file: string): CheckedYaml {
  const yaml = readYamlConfig(root, file);
  const parsed = parseConfig(yaml.data);
  if ("issues" in parsed) placeIssues(yaml, parsed.issues, { file, line: 1, column: 1 });
  const { entities, remote, unread } = yaml.project;
  for (const { name, at } of unread) {
    const hint = "leave it in charly.yml: a typed config has no place for it yet";
    yaml.problems.warn("stray-key", at, `"${name}" is not acted on`, hint);
  }
  const { defaults } = yaml.data;
  return { entities, problems: yaml.problems.all, remote, ...(defaults === undefined ? {} : { defaults }) };
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
  return { migration: migrate(files), problems: problems.all };
}
