/** Config in, frozen data out: imports checked first, then evaluated with no permission. */
import { CharlyError } from "../../base/errors.ts";
import { type Evaluated, runChild } from "./child.ts";
import { checkGraph } from "./check_graph.ts";
import { firstDifference } from "./data.ts";
import { checkIntegrity, integrityOf } from "./integrity.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { moduleGraph } from "./module_graph.ts";
import { printable } from "./printable.ts";
import type { Source } from "./source.ts";

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
export async function evaluate(source: Source, options: EvaluateOptions = {}): Promise<Evaluated> {
  const limits = { ...defaultLimits, ...options.limits };
  await checkImports(source, options.integrity, limits);
  const first = await runChild(source, limits);
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

async function checkImports(source: Source, integrity: string | undefined, limits: Limits): Promise<void> {
  const graph = await moduleGraph(source, limits);
  checkGraph(graph, source);
  if (integrity === undefined) return;
  const cached = source.kind === "url" && !source.reload;
  // A cache that does not have the digest may only be old.
  if (cached && integrityOf(graph, source) !== integrity) {
    return await checkImports({ ...source, reload: true }, integrity, limits);
  }
  checkIntegrity(graph, source, integrity);
}
