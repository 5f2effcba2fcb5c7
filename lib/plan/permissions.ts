/** What a run may touch on the operator's side, as Deno permissions: derived from a plan and from how its hosts are reached. */
import { ownEnv } from "../base/env.ts";
import { controlDir } from "../base/names.ts";
import type { Act, Content } from "../steps/act.ts";
import type { DeployPlan } from "./install_plan.ts";

/** How one host of a bundle is reached, with `~/.ssh/config` applied. */
export type Reach =
  | { readonly kind: "local"; readonly host: string }
  | {
    readonly kind: "ssh";
    /** Label of the host, as in plans. */
    readonly host: string;
    /** `openssh` starts the system's `ssh`, which needs no network permission of ours. */
    readonly transport: "ssh2" | "openssh";
    /** Every machine on the way, the target last. */
    readonly hops: readonly { readonly host: string; readonly port: number }[];
    /** Absolute paths read on this side: keys, certificates, known_hosts files. */
    readonly files: readonly string[];
    /** Where ssh_config stands, read by ourselves only without an `ssh` to ask, or when HOME is not where it looks. */
    readonly config?: readonly string[];
    readonly readsConfig?: boolean;
    /** Socket of the agent, when one is used. */
    readonly agent?: string;
    /** A ProxyCommand: shell text. */
    readonly proxyCommand?: string;
  };

/** Deno permissions as lists. Order and repetition mean nothing. */
export interface Permissions {
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** `host:port`, `[v6]:port` or `unix:/path`. */
  readonly net: readonly string[];
  /** Absolute paths of programs. */
  readonly run: readonly string[];
  /** Names; `*` stands for all of them. */
  readonly env: readonly string[];
  readonly sys: readonly string[];
}

/** What {@link derivePermissions} looks at. */
export interface PermissionInput {
  readonly reach: readonly Reach[];
  /** Compiled plans with their acts, when there are any yet. */
  readonly plans?: readonly { readonly plan: DeployPlan; readonly acts: readonly Act[] }[];
  /** Absolute directory of the project and the file its configuration was read from (a path; nothing for an address). */
  readonly project?: { readonly root: string; readonly config?: string };
  /** Absolute `${XDG_STATE_HOME:-~/.local/state}/charly`. */
  readonly state: string;
  /** `Deno.execPath()`: the sandbox is another Deno. */
  readonly deno: string;
  /** Absolute path of a program, or nothing when it is not installed. */
  readonly program: (name: string) => string | undefined;
  /** Files the verb itself writes or reads (`plan --out`). */
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  /** Variables the verb itself looks at. */
  readonly env?: readonly string[];
}

/**
 * The permissions a run needs; nothing else.
 *
 * @param input how the hosts are reached, and the plans
 */
export function derivePermissions(input: PermissionInput): Permissions {
  const { state, project } = input;
  const read = [state, ...input.reads ?? []];
  const write = [state, ...input.writes ?? []];
  const net: string[] = [];
  const run = [input.deno, "/bin/sh"]; // the sandbox bounds its child with ulimit
  const env = [...ownEnv, ...input.env ?? []];
  const sys = ["hostname"]; // who holds a lock is told by user@host
  const programs = (...names: string[]) => run.push(...names.map(input.program).filter((path) => path !== undefined));
  if (project !== undefined) read.push(project.root, ...(project.config === undefined ? [] : [project.config]));

  for (const reach of input.reach) {
    if (reach.kind === "local") {
      run.push("/usr/bin/env"); // it finds setsid, and that starts the shell
      continue;
    }
    // The effective configuration of a host is what `ssh -G` says, whatever connects afterwards.
    if (reach.readsConfig !== true) programs("ssh");
    sys.push("uid"); // %i in ssh_config
    read.push("/etc/passwd"); // whether HOME is where `ssh` looks
    if (reach.readsConfig === true || input.program("ssh") === undefined) read.push(...reach.config ?? []);
    if (reach.transport === "openssh") {
      run.push("/usr/bin/env");
      // the control socket and the log of `ssh` stand in a directory of their own there; keys are its own to read
      read.push(controlDir);
      write.push(controlDir);
      continue;
    }
    read.push(...reach.files);
    if (reach.proxyCommand !== undefined) env.push("NODE_V8_COVERAGE"); // node's way to start a program asks for it
    // behind a ProxyCommand nothing is dialled by us, and behind a jump host the jump host dials
    else net.push(...reach.hops.slice(0, 1).map(netAddress));
    if (reach.agent !== undefined) {
      env.push("SSH_AUTH_SOCK");
      read.push(reach.agent);
      write.push(reach.agent);
      net.push(`unix:${reach.agent}`);
    }
  }

  for (const { plan, acts } of input.plans ?? []) {
    for (const file of acts.flatMap(contents)) if (file.from.kind === "file") read.push(file.from.path);
    if (project !== undefined) {
      for (const artifact of plan.artifacts) write.push(parentOf(resolve(project.root, artifact.retrieveTo)));
    }
    env.push(...plan.secrets.map(({ name }) => name));
    if (plan.plans.some(({ steps }) => steps.some(({ kind }) => kind === "Builder"))) programs("podman", "docker");
  }
  return { read: paths(read), write: paths(write), net: list(net), run: list(run), env: list(env), sys: list(sys) };
}

/** Union of two sets. */
export function mergePermissions(a: Permissions, b: Permissions): Permissions {
  return {
    read: paths([...a.read, ...b.read]),
    write: paths([...a.write, ...b.write]),
    net: list([...a.net, ...b.net]),
    run: list([...a.run, ...b.run]),
    env: list([...a.env, ...b.env]),
    sys: list([...a.sys, ...b.sys]),
  };
}

/**
 * The flags of `deno run`, in a fixed order; an empty list gives no flag, because a flag without a value means everything.
 *
 * A path with a comma cannot be written in a flag (a comma separates, and Deno knows no escape): its nearest parent
 * directory without one stands for it.
 */
export function renderFlags(permissions: Permissions): string[] {
  const names = ["read", "write", "net", "run", "env", "sys"] as const;
  return names.flatMap((name) => {
    const isPath = name === "read" || name === "write";
    if (name === "env" && permissions.env.includes("*")) return ["--allow-env"];
    const values = isPath ? paths(permissions[name].map(withoutComma)) : list(permissions[name]);
    return values.length === 0 ? [] : [`--allow-${name}=${values.join(",")}`];
  });
}

/** `host:port` as `--allow-net` writes it. */
export function netAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function contents(act: Act): Content[] {
  if (act.type === "file") return [act.content];
  if (act.type === "command") return (act.ctx ?? []).map(({ content }) => content);
  return [];
}

function list(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

/** Sorted, and without paths inside other listed ones. */
function paths(values: readonly string[]): string[] {
  const sorted = list(values);
  return sorted.filter((path) =>
    !sorted.some((other) => other !== path && path.startsWith(other === "/" ? "/" : `${other}/`))
  );
}

function withoutComma(path: string): string {
  return path.includes(",") ? parentOf(path.slice(0, path.indexOf(",")) + "x") : path;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

function resolve(root: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${root}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
