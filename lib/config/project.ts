/** A project: a directory, its config, and what the config says. */
import { CharlyError } from "../base/errors.ts";
import { configFile, yamlFile } from "../base/names.ts";
import { basename, dirname, filePath, join, resolve } from "../base/path.ts";
import type { Config } from "../entities/config.ts";
import type { Problem } from "./yaml/problem.ts";
import { fileSource, type Source, urlSource } from "./sandbox/source.ts";

/** What a verb holds in its hand. */
export interface Project {
  /** `project` of the config, else `name` of `deno.json`, else the directory's name; see {@link projectName}. */
  readonly name: string;
  /** Absolute path of the project's directory, with symbolic links resolved; relative paths of the config refer to it. */
  readonly root: string;
  /** Address of the config: `file:`, `http:` or `https:`. */
  readonly configUrl: string;
  /** Directories of other repositories it takes in, by `host/org/repo:version`; absent without any. */
  readonly trees?: Readonly<Record<string, string>>;
  /** Everything it declares, validated, frozen. */
  readonly config: Config;
  /** What the config printed while it was evaluated, made safe to show. */
  readonly output: string;
  /** What is odd about the YAML it was read from, in the order of files and lines. */
  readonly warnings: readonly Problem[];
  /** Fields that the overlay of this machine set (`web/host`), and deployments only it has. */
  readonly overlaid: readonly string[];
}

/** Which config is meant. */
export interface FindOptions {
  /** Where to look, upwards. @default {Deno.cwd()} */
  readonly cwd?: string;
  /** Path of a config or of its directory, or an `http:`, `https:` or `file:` address, instead of looking. */
  readonly config?: string;
  /** Hosts (`host` or `host:port`) the config's imports may come from, besides its own. */
  readonly allowImport?: readonly string[];
  /** Take an earlier download of a remote config when there is one. @default {false} */
  readonly cached?: boolean;
}

/**
 * Finds the config: the one that is named, else `charly.config.ts`, else `charly.yml`, in the working directory or the nearest
 * one above it.
 *
 * @throws {CharlyError} when there is none (exit code 2)
 */
export function findConfig(options: FindOptions = {}): Source {
  const cwd = options.cwd ?? Deno.cwd();
  const { config, allowImport = [] } = options;
  if (config === undefined) return fileSource(searchUp(resolve(cwd)), allowImport);
  if (/^https?:/i.test(config)) {
    if (!URL.canParse(config)) throw notThere(config);
    return urlSource(config, cwd, allowImport, options.cached !== true);
  }
  const path = resolve(cwd, config.startsWith("file:") ? filePath(config) : config);
  const kind = kindOf(path);
  if (kind === "directory") {
    const inside = configIn(path);
    if (inside === undefined) throw notThere(join(path, configFile));
    return fileSource(inside, allowImport);
  }
  if (kind === undefined) throw notThere(path);
  return fileSource(path, allowImport);
}

/** The name of a project whose config gives none; `@me/laptop` becomes `me-laptop`, so that it follows the rule for `project`. */
export function projectName(source: Source): string {
  if (source.kind === "file") return asName(source.facts.name ?? basename(source.root));
  // An address names the same project wherever it is run from.
  const { hostname, pathname } = new URL(source.url);
  return asName(hostname + pathname.replace(/(?:\/charly\.config)?\.[mc]?[jt]sx?$/, ""));
}

/** Letters, digits, `.`, `_`, `+` and `-`, starting with a letter, digit or `_`, at most 64 characters. */
function asName(text: string): string {
  const name = text.replace(/[^\p{L}\p{M}\p{N}._+-]+/gu, "-").replace(/^[^\p{L}\p{N}_]+|-+$/gu, "");
  return [...name].slice(0, 64).join("") || "project";
}

function searchUp(from: string): string {
  for (let dir = from;; dir = dirname(dir)) {
    const found = configIn(dir);
    if (found !== undefined) return found;
    if (dir === dirname(dir)) break;
  }
  throw new CharlyError(`find project: no ${configFile} in ${from} or above it`, {
    hint: `write a ${configFile}, or name one with \`--config PATH\``,
    code: "no-config",
    exitCode: 2,
  });
}

function configIn(dir: string): string | undefined {
  if (kindOf(join(dir, configFile)) === "file") return join(dir, configFile);
  if (kindOf(join(dir, yamlFile)) === "file") return join(dir, yamlFile);
  return undefined;
}

function kindOf(path: string): "file" | "directory" | undefined {
  try {
    return Deno.statSync(path).isDirectory ? "directory" : "file";
  } catch (error) {
    // Above what may be read there is nothing for us.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return undefined;
    if (error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.PermissionDenied) return undefined;
    throw error;
  }
}

function notThere(what: string): CharlyError {
  return new CharlyError(`find project: ${what} is not there`, {
    hint: "check the path given with `--config`",
    code: "no-config",
    exitCode: 2,
  });
}
