/** Targets that refer to nothing: this machine, hosts over SSH, and what is inside them. */
import type { LocalTarget, NestedTarget, SshTarget } from "../../entities/bundle.ts";

/**
 * This machine as the target of a bundle.
 *
 * @returns `{ target: "local" }`
 *
 * @example
 * ```ts
 * import { bundle, defineConfig, local } from "@charly/charly";
 *
 * export default defineConfig({ bundles: { laptop: bundle({ on: local() }) } });
 * ```
 */
export function local(): LocalTarget {
  return { target: "local" };
}

/** Options of {@link ssh}. */
export interface SshOptions {
  /** Login user, unless the host says one itself. */
  readonly user?: string;
  /** ssh2 in this process, or the system's `ssh`. @default {"ssh2"} */
  readonly transport?: "ssh2" | "openssh";
  /** Options passed to the system's `ssh`; needs `transport: "openssh"`. */
  readonly sshArg?: readonly string[];
}

/**
 * One or several hosts reached over SSH; each gets the same plan for itself.
 *
 * @param host `[user@]host[:port]`, `[v6]:port`, or an alias of the ssh config
 * @param options user, transport and `ssh` options
 * @returns `{ target: "ssh", host: […], … }`
 *
 * @example
 * ```ts
 * import { ssh } from "@charly/charly";
 *
 * const one = ssh("deploy@web1");
 * const many = ssh(["web1", "web2:2222"], { user: "deploy" });
 * if (one.host[0] !== "deploy@web1" || many.host.length !== 2) throw new Error("unexpected");
 * ```
 */
export function ssh(host: string | readonly string[], options: SshOptions = {}): SshTarget {
  return { target: "ssh", host: typeof host === "string" ? [host] : host, ...options };
}

/** Options of {@link nested}. */
export interface NestedOptions {
  /** How the inner venue is entered. */
  readonly via: "podman-exec" | "docker-exec" | "ssh";
  /** Container name, or host for `ssh`. */
  readonly name: string;
  /** User inside. */
  readonly user?: string;
}

/**
 * A venue inside another one: a container, or a machine only the outer one can reach.
 *
 * @param outer where it is entered from
 * @param options how, and what it is called there
 * @returns `{ target: "nested", outer, via, name, … }`
 *
 * @example
 * ```ts
 * import { nested, ssh } from "@charly/charly";
 *
 * const target = nested(ssh("deploy@web1"), { via: "podman-exec", name: "app" });
 * if (target.via !== "podman-exec") throw new Error("unexpected");
 * ```
 */
export function nested(outer: LocalTarget | SshTarget, options: NestedOptions): NestedTarget {
  return { target: "nested", outer, ...options };
}
