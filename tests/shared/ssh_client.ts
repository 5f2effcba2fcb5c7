/** A client side for whole charly processes: the system's ssh looks for `~/.ssh` in the password file, not in HOME. */
import type { Sshd } from "./sshd.ts";
import { tempDir } from "./tmp.ts";

/** Environment under which the system's ssh knows a server's key and host key. */
export interface SshClient extends AsyncDisposable {
  /** HOME, PATH and USER for a process that deploys to the server. */
  readonly env: Readonly<Record<string, string>>;
}

/** Puts an `ssh` in front of PATH that reads the configuration of this server. */
export async function sshClient(server: Pick<Sshd, "configFile" | "clientHome">): Promise<SshClient> {
  const dir = await tempDir({ ssh: `#!/bin/sh\nexec /usr/bin/ssh -F '${server.configFile}' "$@"\n` });
  await Deno.chmod(dir.join("ssh"), 0o755);
  return {
    env: { HOME: server.clientHome, USER: "tester", PATH: `${dir.path}:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}` },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}
