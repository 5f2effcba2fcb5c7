/** Several real servers under names of one ssh configuration. */
import { sshClient } from "./ssh_client.ts";
import { freePort, type Sshd, type SshdOptions, startSshd } from "./sshd.ts";

/** Servers by name, and the client side that knows them. */
export interface SshFleet<Name extends string> extends AsyncDisposable {
  readonly servers: Readonly<Record<Name, Sshd>>;
  /** Environment of charly: HOME with the configuration, an `ssh` that reads it. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a server per name.
 *
 * @param names aliases in ssh_config
 * @param unreachable an alias of a port where nobody listens
 */
export async function sshFleet<const Name extends string>(
  names: readonly Name[],
  unreachable?: string,
  options: SshdOptions = {},
): Promise<SshFleet<Name>> {
  const stack = new AsyncDisposableStack();
  const servers = {} as Record<Name, Sshd>;
  try {
    for (const name of names) servers[name] = stack.use(await startSshd(options));
    const first = servers[names[0]!];
    let blocks = "", keys = "";
    for (const name of names) {
      const { port, user, identity, knownHosts } = servers[name];
      keys += await Deno.readTextFile(knownHosts);
      blocks += `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  User ${user}\n  IdentityFile ${identity}\n`;
    }
    if (unreachable !== undefined) blocks += `Host ${unreachable}\n  HostName 127.0.0.1\n  Port ${freePort()}\n`;
    await Deno.writeTextFile(first.knownHosts, keys);
    const common =
      `  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile ${first.knownHosts}\n  GlobalKnownHostsFile none\n`;
    await Deno.writeTextFile(first.configFile, `${blocks}Host *\n${common}`);
    const client = stack.use(await sshClient(first));
    return { servers, env: client.env, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
