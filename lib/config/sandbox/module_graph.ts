/** Asks Deno what a config would load, without running any of it. */
import { CharlyError } from "../../base/errors.ts";
import { childEnv } from "./child_env.ts";
import { runDeno } from "./run_deno.ts";
import type { Source } from "./source.ts";
import type { Limits } from "./limits.ts";
import { printable } from "./printable.ts";

/** One module as `deno info --json` tells it; only the fields read here. */
export interface GraphModule {
  readonly specifier: string;
  readonly kind?: string;
  /** Where its bytes are: the file itself, or the cached download. */
  readonly local?: string;
  readonly mediaType?: string;
  readonly error?: string;
  readonly dependencies?: readonly GraphDependency[];
}

/** An import as written. */
export interface GraphDependency {
  readonly specifier: string;
  readonly code?: GraphTarget;
  readonly type?: GraphTarget;
}

/** Where an import leads and where it stands (lines and columns from 0). */
export interface GraphTarget {
  readonly specifier?: string;
  readonly error?: string;
  readonly span?: { readonly start: { readonly line: number; readonly character: number } };
}

/** Everything a config would load. */
export interface ModuleGraph {
  readonly modules: readonly GraphModule[];
  readonly redirects: Readonly<Record<string, string>>;
}

/** Flags that resolving and running must share, so that both see the same modules. */
export function resolutionFlags(source: Source): string[] {
  const flags = ["--quiet", "--vendor=false"];
  if (source.kind === "file") {
    flags.push("--frozen");
    if (!source.facts.locked) flags.push("--no-npm");
    if (!source.facts.manualNodeModules) flags.push("--node-modules-dir=none");
  } else {
    flags.push("--no-config", "--no-lock", "--no-npm", "--node-modules-dir=none", `--import-map=${source.importMap}`);
  }
  flags.push(source.importHosts.length === 0 ? "--no-remote" : `--allow-import=${source.importHosts.join(",")}`);
  return flags;
}

/** Resolves the imports of a config. Downloads only from the hosts of `source.importHosts`, and npm packages of the lock file. */
export async function moduleGraph(source: Source, limits: Limits): Promise<ModuleGraph> {
  const reload = source.kind === "url" && source.reload ? ["--reload"] : [];
  const end = await runDeno({
    args: ["info", "--json", ...resolutionFlags(source), ...reload, source.url],
    cwd: source.root,
    env: childEnv(true),
    wallMs: limits.graphMs,
    memoryMiB: limits.graphMiB,
    stdoutBytes: 256 * 1024 * 1024,
    stderrBytes: 1024 * 1024,
  });
  if (end.reason === "time") {
    throw new CharlyError(`resolve imports of ${source.label}: not done after ${limits.graphMs / 1000} s`, {
      hint: "check the network, or run `deno install` first",
      code: "config-graph-time",
      exitCode: 2,
    });
  }
  if (end.reason === "memory" || end.reason === "output" || end.signal !== null) {
    throw new CharlyError(`resolve imports of ${source.label}: they are larger than ${limits.graphMiB} MiB`, {
      hint: "look for an import of something that is not an ordinary file",
      code: "config-graph-memory",
      exitCode: 2,
    });
  }
  if (end.code !== 0) throw infoFailed(source, end.stderr);
  return JSON.parse(new TextDecoder().decode(end.stdout)) as ModuleGraph;
}

function infoFailed(source: Source, stderr: string): CharlyError {
  if (stderr.includes("lockfile is out of date")) {
    return new CharlyError(`resolve imports of ${source.label}: deno.lock does not list what the project imports`, {
      hint: `run \`deno install --entrypoint ${source.label}\`, look at the change of deno.lock, and keep it`,
      code: "config-lock",
      exitCode: 2,
    });
  }
  const text = printable(stderr).replace(/^error:\s*/, "").split("\n\nStack backtrace")[0]!.trim();
  return new CharlyError(`resolve imports of ${source.label}: ${text || "deno info ended without an answer"}`, {
    hint: `run \`deno info ${source.url}\` to see it alone`,
    code: "config-graph",
    exitCode: 2,
  });
}
