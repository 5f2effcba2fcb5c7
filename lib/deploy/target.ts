/** What a kind of target answers for; `targets/` fulfils it and is handed in, so that this room knows none of them. */
import type { Bundle, BundleTarget } from "../entities/bundle.ts";
import type { Transport } from "../execute/transport.ts";
import type { Reach } from "../plan/permissions.ts";

/** The operator's side of a connection. */
export interface TargetContext {
  /** Environment of this process: HOME, SSH_AUTH_SOCK, PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Asks for the passphrase of a key file. */
  readonly passphrase?: (file: string) => Promise<string | undefined>;
}

/** One kind of target. */
export interface DeployTarget<T extends BundleTarget = BundleTarget> {
  readonly kind: T["target"];
  /** Labels of the hosts a bundle's `on` names, in its order. */
  hosts(on: T): readonly string[];
  /** How a host is reached, asked of configuration alone. */
  reach(on: T, host: string, context: TargetContext): Promise<Reach>;
  /** Connects. @throws {CharlyError} with a `ConnectFailure` as its code */
  open(on: T, host: string, context: TargetContext): Promise<Transport>;
}

/** The targets there are, by kind. */
export type Targets = { readonly [K in BundleTarget["target"]]: DeployTarget<Extract<BundleTarget, { target: K }>> };

/** The target of a bundle and its `on`, joined so that the types agree. */
export function targetOf(targets: Targets, { on }: Pick<Bundle, "on">): {
  readonly hosts: readonly string[];
  reach(host: string, context: TargetContext): Promise<Reach>;
  open(host: string, context: TargetContext): Promise<Transport>;
} {
  const target = targets[on.target] as DeployTarget;
  return {
    hosts: target.hosts(on),
    reach: (host, context) => target.reach(on, host, context),
    open: (host, context) => target.open(on, host, context),
  };
}
