/** Machines reached over SSH. */
import type { Reach } from "../../lib/deploy/contract.ts";
import type { DeployTarget, TargetContext } from "../../lib/deploy/target.ts";
import type { SshTarget } from "../../lib/entities/bundle.ts";
import { parseSshAddress } from "../../lib/execute/transport/ssh_address.ts";
import { movedHome, resolveSettings, type SshSettings } from "../../lib/execute/transport/ssh_config.ts";
import { lastHop } from "../../lib/execute/transport/jumps.ts";

/** Loaded when somebody connects: whoever only asks for the way does not need it. */
const connecting = () => import("../../lib/execute/connect.ts");

/** Every host gets the same plan, each for itself. */
export const sshTarget: DeployTarget<SshTarget> = {
  kind: "ssh",
  hosts: (on) => on.host.map((host) => on.user === undefined ? host : `${on.user}@${host}`),
  reach: (on, host, context) => reachSsh(on, host, context),
  open: async (on, host, { env, passphrase }) =>
    (await connecting()).connect(withoutUser(on), host, { env, ...(passphrase === undefined ? {} : { passphrase }) }),
};

/** The user is part of the host's label already. */
function withoutUser(on: SshTarget): Omit<SshTarget, "user"> {
  const { user: _user, ...rest } = on;
  return rest;
}

/** Every hop with its effective settings, the target last. */
export async function reachSsh(on: SshTarget, host: string, { env }: TargetContext): Promise<Reach> {
  const chain: SshSettings[] = [];
  let next: string | undefined = host;
  let jump: string | undefined;
  while (next !== undefined && chain.length < 9) {
    const settings: SshSettings = await resolveSettings(parseSshAddress(next), { env });
    chain.unshift(settings);
    const proxy: string | undefined = jump ?? settings.proxyJump;
    if (proxy === undefined || proxy === "none") break;
    const { hop, before } = lastHop(proxy);
    next = hop;
    jump = before;
  }
  const files = chain.flatMap((
    it,
  ) => [...it.identityFiles, ...it.identityFiles.map((file) => `${file}.pub`), ...it.knownHostsFiles]);
  const agent = chain.map((it) => it.identityAgent).find((socket) => socket !== undefined);
  const proxyCommand = chain[0]?.proxyCommand;
  return {
    kind: "ssh",
    host,
    transport: on.transport ?? "ssh2",
    hops: chain.map((it) => ({ host: it.hostName, port: it.port })),
    files: [...new Set(files)],
    config: [...env.HOME === undefined ? [] : [`${env.HOME}/.ssh`], "/etc/ssh/ssh_config", "/etc/ssh/ssh_config.d"],
    ...(movedHome({ env }) ? { readsConfig: true } : {}),
    ...(agent === undefined ? {} : { agent }),
    ...(proxyCommand === undefined ? {} : { proxyCommand }),
  };
}
