/** From a config file to a project: found, evaluated in the sandbox, validated, frozen. */
import { CharlyError } from "../base/errors.ts";
import { findConfig, type FindOptions, type Project, projectName } from "./project.ts";
import { freezeData } from "./sandbox/data.ts";
import type { EvaluateOptions } from "./sandbox/evaluate.ts";
import { recall, remember } from "./remembered.ts";
import type { Source } from "./sandbox/source.ts";
import type { Config } from "../entities/config.ts";

/** How to find and evaluate a config. */
export interface LoadOptions extends FindOptions, EvaluateOptions {
  /**
   * Directory where configs read before are kept: what is there is taken when nothing it came from has changed.
   * @default {nothing is kept}
   */
  readonly reuse?: string;
}

/**
 * Loads a project.
 *
 * @throws {CharlyError} with exit code 2 for everything that is wrong with the config, all problems of its data at once
 */
export async function loadProject(options: LoadOptions = {}): Promise<Project> {
  const source = findConfig({ ...options, cached: options.cached ?? options.integrity !== undefined });
  const careful = options.integrity !== undefined || options.verifyDeterministic === true;
  const reuse = careful || options.reuse === "" ? undefined : options.reuse;
  const known = reuse === undefined ? undefined : await recall(reuse, source);
  if (known !== undefined) return projectOf(source, known.config, known.output);
  const began = Date.now();
  // The schemas take as long to load as the config takes to evaluate: both at once.
  const [{ data, output, madeOf }, { parseConfig }, { formatIssues }] = await Promise.all([
    import("./sandbox/evaluate.ts").then(({ evaluate }) => evaluate(source, options)),
    import("./parse.ts"),
    import("./issue.ts"),
  ]);
  refuseYaml(data, source.label);
  const parsed = parseConfig(data);
  if ("issues" in parsed) {
    const count = parsed.issues.length;
    throw new CharlyError(
      `read ${source.label}: ${count} problem${count === 1 ? "" : "s"}\n${formatIssues(parsed.issues)}`,
      { hint: "correct what is listed", code: "config-invalid", exitCode: 2 },
    );
  }
  const config = freezeData(parsed.config) as Config;
  if (reuse !== undefined && madeOf !== undefined) await remember(reuse, source, madeOf, began, { config, output });
  return projectOf(source, config, output);
}

function projectOf(source: Source, config: Config, output: string): Project {
  return { name: config.project ?? projectName(source), root: source.root, configUrl: source.url, config, output };
}

/**
 * The digest to give as `integrity`: over the config and everything it imports, charly's own modules left out.
 *
 * @returns `sha256-` and 64 hex digits
 * @throws {CharlyError} when the imports are not allowed
 */
export async function integrityOf(options: FindOptions = {}): Promise<string> {
  const source = findConfig(options);
  const [{ moduleGraph }, { defaultLimits }, { checkGraph }, { integrityOf: graphIntegrity }] = await Promise.all([
    import("./sandbox/module_graph.ts"),
    import("./sandbox/limits.ts"),
    import("./sandbox/check_graph.ts"),
    import("./sandbox/integrity.ts"),
  ]);
  const graph = await moduleGraph(source, defaultLimits);
  checkGraph(graph, source);
  return graphIntegrity(graph, source);
}

/** Names every `fromYaml()` in `extend`, at any depth: the importer is not there yet. */
function refuseYaml(data: unknown, label: string): void {
  const found = yamlPaths(data);
  if (found.length === 0) return;
  throw new CharlyError(
    `read ${label}: it takes in ${found.join(", ")}, and this version cannot read YAML projects yet`,
    {
      hint: "write those entities in TypeScript; the importer for YAML projects comes with a later version",
      code: "yaml-project",
      exitCode: 2,
    },
  );
}

function yamlPaths(data: unknown): string[] {
  const extend = (data as { readonly extend?: unknown } | null)?.extend;
  if (!Array.isArray(extend)) return [];
  return extend.flatMap((entry: unknown) => {
    const path = (entry as { readonly yaml?: unknown } | null)?.yaml;
    return typeof path === "string" ? [`"${path}"`] : yamlPaths(entry);
  });
}
