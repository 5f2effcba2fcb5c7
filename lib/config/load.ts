/** From a config file to a project: found, evaluated in the sandbox, validated, frozen. */
import { CharlyError } from "../base/errors.ts";
import { findConfig, type FindOptions, type Project, projectName } from "./project.ts";
import { freezeData } from "./sandbox/data.ts";
import type { EvaluateOptions } from "./sandbox/evaluate.ts";
import type { HostFiles } from "./host/host_files.ts";
import { type MadeOf, recall, remember } from "./remembered.ts";
import type { Source } from "./sandbox/source.ts";
import type { Config } from "../entities/config.ts";
import { hasYaml } from "./yaml/marker.ts";
import type { Problem } from "./yaml/problem.ts";

/** How to find and evaluate a config. */
export interface LoadOptions extends FindOptions, EvaluateOptions {
  /**
   * Directory where configs read before are kept: what is there is taken when nothing it came from has changed.
   * @default {nothing is kept}
   */
  readonly reuse?: string;
  /**
   * The user's own files: a project that is written in YAML is read as its overlay says it is on this machine.
   * @default {nothing of them is read}
   */
  readonly host?: HostFiles;
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
  // Where the user's own files are is a part of what a project in YAML comes from.
  const host = isYaml(source) ? options.host?.dir : undefined;
  const known = reuse === undefined ? undefined : await recall(reuse, source, host);
  if (known !== undefined) return await projectOf(source, known);
  const began = Date.now();
  const read = isYaml(source) ? await readYaml(source, options.host) : await readTypescript(source, options);
  const { config, output, madeOf, warnings = [], overlaid = [] } = read;
  if (reuse !== undefined && madeOf !== undefined) {
    await remember(reuse, source, madeOf, began, { config, output, warnings, overlaid }, host);
  }
  return await projectOf(source, read);
}

/** What a config says. */
interface Read {
  readonly config: Config;
  readonly output: string;
  /** Directories of other repositories it was read from, by `host/org/repo:version`. */
  readonly trees?: Readonly<Record<string, string>>;
  /** What is odd about its YAML. */
  readonly warnings?: readonly Problem[];
  /** What the overlay says. */
  readonly overlaid?: readonly string[];
  /** Everything it came from, when it can be kept. */
  readonly madeOf?: MadeOf;
}

async function readTypescript(source: Source, options: LoadOptions): Promise<Read> {
  // The schemas take as long to load as the config takes to evaluate: both at once.
  const [{ data, output, madeOf }, { parseConfig }, { formatIssues }] = await Promise.all([
    import("./sandbox/evaluate.ts").then(({ evaluate }) => evaluate(source, options)),
    import("./parse.ts"),
    import("./issue.ts"),
  ]);
  // Only who takes in YAML waits for its reader.
  const yaml = hasYaml(data) ? (await import("./yaml/take_in.ts")).takeInYaml(data, source.root) : undefined;
  const parsed = parseConfig(yaml?.data ?? data);
  const issues = "issues" in parsed ? yaml?.others(parsed.issues) ?? parsed.issues : [];
  const problems = [...yaml?.errors() ?? [], ...(issues.length === 0 ? [] : [formatIssues(issues)])];
  if ("issues" in parsed || problems.length > 0) {
    throw invalid(source, issues.length + (yaml?.errors().length ?? 0), problems);
  }
  const config = freezeData(parsed.config) as Config;
  if (yaml === undefined) return { config, output, ...(madeOf === undefined ? {} : { madeOf: { files: madeOf } }) };
  const looked = yaml.looked();
  return {
    config,
    output,
    warnings: yaml.warnings(),
    trees: yaml.trees(),
    ...(madeOf === undefined || looked === undefined
      ? {}
      : { madeOf: { ...looked, files: [...madeOf, ...looked.files] } }),
  };
}

/** A project written in YAML: nothing of it is evaluated. */
async function readYaml(source: Source, host?: HostFiles): Promise<Read> {
  const [{ yamlProject }, { parseConfig }] = await Promise.all([import("./yaml/take_in.ts"), import("./parse.ts")]);
  const yaml = yamlProject(source.root, source.label, host);
  const parsed = parseConfig(yaml.data);
  if ("issues" in parsed) yaml.others(parsed.issues);
  const errors = yaml.errors();
  if ("issues" in parsed || errors.length > 0) throw invalid(source, errors.length, errors);
  const { overlaid } = yaml;
  const madeOf = yaml.looked();
  return {
    config: freezeData(parsed.config) as Config,
    output: "",
    warnings: yaml.warnings(),
    overlaid,
    trees: yaml.trees(),
    ...(madeOf === undefined ? {} : { madeOf }),
  };
}

/** Whether a config is a `charly.yml`. */
function isYaml(source: Source): boolean {
  return source.kind === "file" && /\.ya?ml$/.test(source.label);
}

function invalid(source: Source, count: number, problems: readonly string[]): CharlyError {
  return new CharlyError(`read ${source.label}: ${count} problem${count === 1 ? "" : "s"}\n${problems.join("\n")}`, {
    hint: "correct what is listed",
    code: "config-invalid",
    exitCode: 2,
  });
}

async function projectOf(source: Source, read: Omit<Read, "madeOf">): Promise<Project> {
  const { config, output, warnings = [], overlaid = [] } = read;
  // Candies that a typed config took over from YAML still have their files where they were fetched to.
  const dirs = Object.values(config.candies).flatMap(({ dir }) => dir?.startsWith("@") === true ? [dir] : []);
  const more = dirs.length === 0 ? {} : (await import("./remote/project_trees.ts")).projectTrees(source.root, dirs);
  const trees = { ...read.trees, ...more };
  return {
    name: config.project ?? projectName(source),
    root: source.root,
    configUrl: source.url,
    ...(Object.keys(trees).length === 0 ? {} : { trees }),
    config,
    output,
    warnings,
    overlaid,
  };
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
