/** What verbs ask of the YAML importer. */
import { parseConfig } from "../parse.ts";
import type { YamlEntity } from "./entity.ts";
import type { Import } from "./directives.ts";
import type { Problem } from "./problem.ts";
import { placeIssues, readYamlConfig } from "./yaml_config.ts";

export { generateProject } from "./generate/project_code.ts";
export { type Problem, problemText } from "./problem.ts";

/** A YAML project with everything that is wrong with it, in the order of files and lines. */
export interface CheckedYaml {
  readonly entities: readonly YamlEntity[];
  readonly problems: readonly Problem[];
  readonly remote: readonly Import[];
  /** `defaults` of the configuration. */
  readonly defaults?: unknown;
}

/** Reads a YAML project and checks it altogether, as a configuration is checked. */
export function checkYaml(root: string, file: string): CheckedYaml {
  const yaml = readYamlConfig(root, file);
  const parsed = parseConfig(yaml.data);
  if ("issues" in parsed) placeIssues(yaml, parsed.issues, { file, line: 1, column: 1 });
  const { entities, remote } = yaml.project;
  const { defaults } = yaml.data;
  return { entities, problems: yaml.problems.all, remote, ...(defaults === undefined ? {} : { defaults }) };
}
