/** Config in, frozen data out: imports checked first, then evaluated with no permission. */
import { CharlyError } from "../../base/errors.ts";
import { type Evaluated, runChild } from "./child.ts";
import { checkGraph } from "./check_graph.ts";
import { firstDifference } from "./data.ts";
import { checkIntegrity, integrityOf } from "./integrity.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { type ModuleGraph, moduleGraph } from "./module_graph.ts";
import { printable } from "./printable.ts";
import type { Source } from "./source.ts";

/** Data and where it came from. */
export interface Evaluation extends Evaluated {
  /** Every file it was made of, when it was made of files only and would be the same next time. */
  readonly madeOf?: readonly string[];
}

/** How careful to be. */
export interface EvaluateOptions {
  /** Digest the config and its imports must have, `sha256-<hex>`. */
  readonly integrity?: string;
  /** Evaluate twice and refuse a config that differs. */
  readonly verifyDeterministic?: boolean;
  /** Limits other than the default ones. */
  readonly limits?: Partial<Limits>;
}

/**
 * Evaluates a config.
 *
 * @throws {CharlyError} with exit code 2 for everything a config can do wrong
 */
export async function evaluate(source: Source, options: EvaluateOptions = {}): Promise<Evaluation> {
  const limits = { ...defaultLimits, ...options.limits };
  const graph = await checkImports(source, options.integrity, limits);
  const once = await runChild(source, limits);
  const files = once.lasting ? onlyFiles(graph) : undefined;
  const first = files === undefined ? once : { ...once, madeOf: files };
  if (options.verifyDeterministic !== true) return first;
  const second = await runChild(source, limits);
  const path = firstDifference(first.data, second.data);
  if (path === undefined) return first;
  throw new CharlyError(
    `evaluate ${source.label} twice: ${
      path.length === 0 ? "default export" : printable(path.join("/"))
    } differs between two evaluations`,
    { hint: "write the value down instead of the clock or a random number", code: "config-differs", exitCode: 2 },
  );
}

async function checkImports(source: Source, integrity: string | undefined, limits: Limits): Promise<ModuleGraph> {
  const graph = await moduleGraph(source, limits);
  checkGraph(graph, source);
  if (integrity === undefined) return graph;
  const cached = source.kind === "url" && !source.reload;
  // A cache that does not have the digest may only be old.
  if (cached && integrityOf(graph, source) !== integrity) {
    return await checkImports({ ...source, reload: true }, integrity, limits);
  }
  checkIntegrity(graph, source, integrity);
  return graph;
}

/** The files of a graph; undefined when anything else belongs to it (a download, a package, a module of Node). */
function onlyFiles({ modules }: ModuleGraph): string[] | undefined {
  const files: string[] = [];
  for (const { specifier, local } of modules) {
    if (specifier.startsWith("data:")) continue;
    if (!specifier.startsWith("file:") || local === undefined) return undefined;
    files.push(local);
  }
  return files;
}
