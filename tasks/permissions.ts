/** What a verb needs on this machine, and the way there from a process that was started with less. */
import type { CliProject } from "../lib/cli/context.ts";
import { dirname, filePath, join, resolve } from "../lib/base/path.ts";
import { readEnv } from "../lib/cli/io.ts";
import { hasEverything, isEmpty, missingPermissions, permittedMark, reexec } from "../lib/cli/reexec.ts";
import type { DeployApi, HostPlan } from "../lib/deploy/contract.ts";
import { derivePermissions, type Permissions, type Reach, renderFlags } from "../lib/plan/permissions.ts";
import { hostFiles } from "../lib/config/host/host_files.ts";
import { rememberedDir } from "../lib/config/remembered.ts";
import type { AnyContext } from "./verbs/_shared.ts";

/** What {@link enterPermissions} derives from. */
export interface PermissionRequest {
  /** The engine, or how to get it when it turns out to be needed. */
  readonly api: Pick<DeployApi, "reachOf"> | (() => Promise<Pick<DeployApi, "reachOf">>);
  readonly project: CliProject | undefined;
  /** Nothing: every bundle of the project. */
  readonly bundle: string | undefined;
  readonly words: readonly string[];
  readonly writes?: readonly string[];
  /** Files the verb itself looks at: absolute paths. */
  readonly reads?: readonly string[];
  /** Variables the verb looks at beside charly's own; `*` for all. */
  readonly env?: readonly string[];
  /** The module to start again. @default {Deno.mainModule} */
  readonly main?: string;
}

/**
 * Makes sure the verb has what it needs. Started with less, it runs the same command again under the derived flags.
 *
 * @returns the exit code of that second run, or nothing when this process may go on itself
 */
export async function enterPermissions(context: AnyContext, request: PermissionRequest): Promise<number | undefined> {
  const round = Number(readEnv(permittedMark) ?? "0");
  if (hasEverything() || round > 1) return undefined;
  const reach = await reachOf(context, request);
  // The second process may ask `ssh -G`, which knows more than the first could read: it may have to start a third. Nothing
  // else is looked at again: what it may not look at (PATH) would look different to it.
  if (round === 1 && reach.every(({ kind }) => kind === "local")) return undefined;
  const needed = permissionsFor(context, { ...request, reach });
  if (isEmpty(missingPermissions(needed))) return undefined;
  if (context.out.verbose) context.out.note(`starting again with: ${renderFlags(needed).join(" ")}`);
  return await reexec(renderFlags(needed), request.words, request.main, round + 1);
}

/** The hosts a request is about; this machine when there are none. */
export async function reachOf(
  { globals, signal }: AnyContext,
  { api, project, bundle }: PermissionRequest,
): Promise<Reach[]> {
  const options = { signal, ...(globals.host.length > 0 ? { host: globals.host } : {}) };
  const engine = async () => typeof api === "function" ? await api() : api;
  const declared = project?.config.bundles ?? {};
  if (bundle !== undefined && declared[bundle] === undefined) {
    return [...await (await engine()).reachOf(project, bundle, options)];
  }
  const bundles = bundle === undefined ? Object.keys(declared) : [bundle];
  const reach = await Promise.all(bundles.map(async (name): Promise<readonly Reach[]> => {
    // No engine is needed to know where this machine is.
    if (declared[name]!.on.target === "local") return [{ kind: "local", host: "local" }];
    return await (await engine()).reachOf(project, name, options);
  }));
  const all = reach.flat();
  return all.length > 0 ? all : [{ kind: "local", host: "local" }];
}

/** The permissions of a verb, with the places of this machine filled in. */
export function permissionsFor(
  context: Pick<AnyContext, "cwd">,
  { project, reach, plans, writes, reads, env }: Pick<PermissionRequest, "project" | "writes" | "reads" | "env"> & {
    readonly reach: readonly Reach[];
    readonly plans?: readonly HostPlan[];
  },
): Permissions {
  const home = readEnv("HOME") ?? "/";
  const under = (variable: string, fallback: string) => readEnv(variable) || `${home}/${fallback}`;
  const secrets = secretsOf(project);
  // Undo without a configuration learns from the target which secrets it needs.
  const store = secrets.length > 0 || project === undefined
    ? [`${under("XDG_DATA_HOME", ".local/share")}/charly/secret`]
    : [];
  const kept = project === undefined || rememberedDir() === "" ? [] : [rememberedDir()];
  const config = project?.configUrl.startsWith("file:") ? filePath(project.configUrl) : undefined;
  // What is written in YAML is read as this user's overlay and settings say.
  const host = config !== undefined && /\.ya?ml$/.test(config) ? hostPlaces() : [];
  return derivePermissions({
    reach,
    ...(plans === undefined ? {} : { plans }),
    ...(project === undefined ? {} : { project: { root: project.root, ...(config === undefined ? {} : { config }) } }),
    state: `${under("XDG_STATE_HOME", ".local/state")}/charly`,
    deno: Deno.execPath(),
    program: findProgram,
    reads: [...reads ?? [], ...kept, ...store, ...host, ...ownFiles(), ...projectFiles(project)],
    env: [...env ?? [], ...secrets],
    writes: [...kept, ...store, ...(writes ?? []).map((path) => resolve(context.cwd, path)), ...artifactsOf(project)],
  });
}

/** What a project is read from beside its own directory: fetched repositories, and what says how modules are found. */
function projectFiles(project: CliProject | undefined): string[] {
  return project === undefined ? [] : [...denoFiles(project.root), ...treeFiles(Object.values(project.trees ?? {}))];
}

/** Fetched trees with what stands beside them. */
export function treeFiles(trees: readonly string[]): string[] {
  return trees.flatMap((dir) => [dir, `${dir}.json`]);
}

/** The directory of this user's own files, and where links in it lead. */
function hostPlaces(): string[] {
  const files = hostFiles();
  if (files === undefined) return [];
  const real = [files.overlay, files.settings].flatMap((path) => {
    try {
      return [Deno.realPathSync(path)];
    } catch {
      return []; // not there: nothing leads elsewhere
    }
  });
  return [files.dir, ...real];
}

/** Where artifacts go, as the configuration says before there is a plan. */
function artifactsOf(project: CliProject | undefined): string[] {
  const artifacts = Object.values(project?.config.candies ?? {}).flatMap(({ artifact }) => artifact ?? []);
  return artifacts.map(({ retrieveTo }) => dirname(resolve(project!.root, retrieveTo)));
}

/** Variables secrets may come from. */
function secretsOf(project: CliProject | undefined): string[] {
  const candies = Object.values(project?.config.candies ?? {});
  return candies.flatMap(({ secretRequire = [], secretAccept = [] }) => [...secretRequire, ...secretAccept]).map((
    { name },
  ) => name);
}

/** Charly's own checkout: the sandbox compares what a configuration imports with it. A served charly is not on this disk. */
function ownFiles(): string[] {
  const root = new URL("..", import.meta.url);
  return root.protocol === "file:" ? [filePath(root).replace(/\/$/, "")] : [];
}

/** What says how a project's modules are found, there and in the directories above it. */
export function denoFiles(root: string): string[] {
  const found: string[] = [];
  for (let dir = root; dir !== dirname(dir);) {
    dir = dirname(dir);
    found.push(...["deno.json", "deno.jsonc", "package.json"].map((name) => join(dir, name)));
  }
  return found;
}

/** Directories of PATH, for verbs that look for programs there. */
export function pathDirs(): string[] {
  return (readEnv("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(":").filter((dir) => dir.startsWith("/"));
}

/** Where a program is on PATH. What may not be looked at counts as not there, and the usual places are tried then. */
export function findProgram(name: string): string | undefined {
  let allowed = false;
  for (const dir of pathDirs()) {
    const path = `${dir}/${name}`;
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") {
      // who was started with derived flags may run it without having seen it
      if (Deno.permissions.querySync({ name: "run", command: path }).state === "granted") return path;
      continue;
    }
    allowed = true;
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // not in this directory
    }
  }
  return allowed ? undefined : `/usr/bin/${name}`;
}
