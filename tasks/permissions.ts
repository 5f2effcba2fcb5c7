/** What a verb needs on this machine, and the way there from a process that was started with less. */
import { fileURLToPath } from "node:url";
import { CharlyError } from "../lib/base/errors.ts";
import type { CliProject } from "../lib/cli/context.ts";
import { readEnv } from "../lib/cli/io.ts";
import { hasEverything, isEmpty, missingPermissions, permittedMark, reexec } from "../lib/cli/reexec.ts";
import type { DeployApi, HostPlan } from "../lib/deploy/contract.ts";
import { derivePermissions, type Permissions, type Reach, renderFlags } from "../lib/plan/permissions.ts";
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
  if (hasEverything()) return undefined;
  const reach = await reachOf(context, request);
  const needed = permissionsFor(context, { ...request, reach });
  const missing = missingPermissions(needed);
  if (isEmpty(missing)) return undefined;
  if (readEnv(permittedMark) === "1") {
    throw new CharlyError(`get permissions: still missing ${renderFlags(missing).join(" ")}`, {
      hint: "run `charly permissions`, and start deno with the flags it prints",
      code: "permissions",
    });
  }
  if (context.out.verbose) context.out.note(`starting again with: ${renderFlags(needed).join(" ")}`);
  return await reexec(renderFlags(needed), request.words, request.main);
}

/** The hosts a request is about. Without a project, only this machine can be meant. */
export async function reachOf(
  { globals, signal }: AnyContext,
  { api, project, bundle }: PermissionRequest,
): Promise<Reach[]> {
  if (project === undefined) return [{ kind: "local", host: "local" }];
  const declared = Object.keys(project.config.bundles);
  const bundles = bundle === undefined ? declared : declared.filter((name) => name === bundle);
  const engine = typeof api === "function" ? await api() : api;
  const options = { signal, ...(globals.host.length > 0 ? { host: globals.host } : {}) };
  const reach = await Promise.all(bundles.map((name) => engine.reachOf(project, name, options)));
  const all = reach.flat();
  return all.length > 0 ? all : [{ kind: "local", host: "local" }];
}

/** The permissions of a verb, with the places of this machine filled in. */
export function permissionsFor(
  context: Pick<AnyContext, "cwd">,
  { project, reach, plans, writes, env }: Pick<PermissionRequest, "project" | "writes" | "env"> & {
    readonly reach: readonly Reach[];
    readonly plans?: readonly HostPlan[];
  },
): Permissions {
  const home = readEnv("HOME") ?? "/root";
  const state = readEnv("XDG_STATE_HOME");
  const config = project?.configUrl.startsWith("file:") ? fileURLToPath(project.configUrl) : undefined;
  return derivePermissions({
    reach,
    ...(plans === undefined ? {} : { plans }),
    ...(project === undefined ? {} : { project: { root: project.root, ...(config === undefined ? {} : { config }) } }),
    home,
    state: `${state === undefined || state === "" ? `${home}/.local/state` : state}/charly`,
    deno: Deno.execPath(),
    program: findProgram,
    ...(writes === undefined
      ? {}
      : { writes: writes.map((path) => path.startsWith("/") ? path : `${context.cwd}/${path}`) }),
  });
}

/** Where a program is on PATH. What may not be looked at counts as not there, and the usual places are tried then. */
export function findProgram(name: string): string | undefined {
  const dirs = (readEnv("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(":").filter((dir) => dir.startsWith("/"));
  let allowed = false;
  for (const dir of dirs) {
    const path = `${dir}/${name}`;
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") continue;
    allowed = true;
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // not in this directory
    }
  }
  return allowed ? undefined : `/usr/bin/${name}`;
}
