/** From a YAML project to the data of a configuration, with the place of everything in it. */
import type { ConfigData } from "../../entities/config.ts";
import type { HostFiles } from "../host/host_files.ts";
import { type ConfigIssue, issueText } from "../issue.ts";
import type { YamlEntity } from "./entity.ts";
import { loadYaml, type YamlProject } from "./load_yaml.ts";
import { Problems } from "./problem.ts";
import { placeOf } from "./read_shape.ts";
import type { Place } from "./tree.ts";

/** A YAML project as data. */
export interface YamlConfig {
  readonly data: ConfigData;
  readonly project: YamlProject;
  /** What is wrong as far as YAML goes; rules between entities are `parseConfig`'s. */
  readonly problems: Problems;
}

/**
 * Reads a YAML project.
 *
 * @param root absolute directory
 * @param file the root file, relative to it
 * @param host the user's own files, for a project that is read as it is on this machine
 */
export function readYamlConfig(root: string, file: string, host?: HostFiles): YamlConfig {
  const problems = new Problems();
  const project = loadYaml(root, file, problems, host === undefined ? {} : { host });
  return { data: dataOf(project), project, problems };
}

function dataOf({ entities, readiness: written }: YamlProject): ConfigData {
  const tables: Record<string, Record<string, unknown>> = {};
  for (const { table, name, value } of entities) (tables[table] ??= Object.create(null))[name] = value;
  const readiness = readinessOf(written);
  return { ...tables, ...(readiness === undefined ? {} : { defaults: { readiness } }) } as ConfigData;
}

/** `poll_interval_local` is `pollLocal` here. */
function readinessOf(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([name, it]) => [name.replace(/^pollInterval(Local|Remote|Heavy)$/, "poll$1"), it]),
  );
}

/** Unknown names a nearest one is looked for; each is compared with every known one. */
const mostSuggested = 500;

/** Problems of the whole configuration, told where the YAML says what they are about. */
export function placeIssues({ project, problems }: YamlConfig, issues: readonly ConfigIssue[], root: Place): void {
  const entities = new Map(project.entities.map((entity) => [`${entity.table}\0${entity.name}`, entity]));
  for (const [index, found] of issues.entries()) {
    const issue = found.code === "unknown-name" && index >= mostSuggested ? { ...found, known: [] } : found;
    const [table = "", name = "", ...path] = issue.path;
    const entity = entities.get(`${table}\0${name}`);
    // What was left out because it is wrong has been told already.
    if (entity !== undefined && isBroken(entity, path)) continue;
    const at = entity === undefined ? root : placeOf(entity.places, path) ?? entity.at;
    const { message, hint } = issueText(issue);
    const field = path.length === 0 ? "" : `${path.join("/")}: `;
    problems.error("config", at, `${entity === undefined ? "" : `${entity.kind} "${name}": `}${field}${message}`, hint);
  }
}

function isBroken({ broken }: YamlEntity, path: readonly string[]): boolean {
  const key = path.join("\0");
  return broken.some((it) => it !== "" && (key === it || key.startsWith(`${it}\0`) || it.startsWith(`${key}\0`)));
}
