/** Connections that begin while the engine is loaded: a handshake mostly waits for the other side, and loading waits for nobody. */
import type { TargetContext, Targets } from "../lib/deploy/target.ts";
import type { BundleTarget, SshTarget } from "../lib/entities/bundle.ts";
import type { Transport } from "../lib/execute/transport.ts";

/** Targets that hand out what was begun; disposing closes what nobody took. */
export interface Ahead extends AsyncDisposable {
  readonly targets: Targets;
}

interface Begun {
  readonly transport: Promise<Transport>;
  /** Tells the connection who asks for passphrases. */
  claim(context: Pick<TargetContext, "passphrase">): void;
}

/**
 * Begins to connect to hosts.
 *
 * @param on of the bundle; only SSH takes long enough to be begun early
 * @param hosts labels, as {@link Targets} call them
 */
export function connectAhead(
  targets: Targets,
  on: BundleTarget | undefined,
  hosts: readonly string[],
  env: Readonly<Record<string, string>>,
): Ahead {
  const begun = new Map<string, Begun>();
  if (on?.target === "ssh") { for (const host of hosts) begun.set(host, begin(targets, on, host, env)); }
  const take = (host: string, context: TargetContext) => {
    const early = begun.get(host);
    begun.delete(host);
    early?.claim(context);
    return early?.transport;
  };
  return {
    targets: {
      ...targets,
      ssh: { ...targets.ssh, open: (on, host, context) => take(host, context) ?? targets.ssh.open(on, host, context) },
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...begun.values()].map(async ({ transport, claim }) => {
        claim({});
        await transport.then((it) => it.close(), () => {}); // nobody asked for it, nobody hears why it failed
      }));
    },
  };
}

function begin(targets: Targets, on: SshTarget, host: string, env: Readonly<Record<string, string>>): Begun {
  const claimed = Promise.withResolvers<Pick<TargetContext, "passphrase">>();
  const passphrase = async (file: string) => await (await claimed.promise).passphrase?.(file);
  const transport = targets.ssh.open(on, host, { env, passphrase });
  transport.catch(() => {}); // whoever takes it hears of it
  return { transport, claim: claimed.resolve };
}
