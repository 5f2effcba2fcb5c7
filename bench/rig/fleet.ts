/** Hosts for a bench: one sshd, a user per host (a host is a home), and names for them through a relay. */
import { randomBytes } from "node:crypto";
import { run, type Sshd, startSshd } from "../../tests/shared/sshd.ts";
import { tempDir } from "../../tests/shared/tmp.ts";
import { type Relay, startRelay } from "./relay.ts";

/** The machines, before anything lies between them and us. */
export interface Fleet extends AsyncDisposable {
  readonly sshd: Sshd;
  /** One account per host, all with `/bin/sh` and no sudo. */
  readonly users: readonly string[];
  /** Home of the account of host `n`. */
  home(n: number): string;
  /** Names `h0`, `h1`, … behind a relay of `ms` milliseconds. */
  behind(ms: number): Promise<Hosts>;
}

/** The machines as a client sees them. */
export interface Hosts extends AsyncDisposable {
  readonly relay: Relay;
  /** Names of the ssh configuration. */
  readonly names: readonly string[];
  /** HOME, PATH (an `ssh` that reads the configuration) and USER of whoever connects. */
  readonly env: Readonly<Record<string, string>>;
  readonly configFile: string;
  readonly identity: string;
  readonly knownHosts: string;
}

/** Starts the server and makes the users; all of it gone at the end. Needs root. */
export async function startFleet(count: number): Promise<Fleet> {
  const stack = new AsyncDisposableStack();
  try {
    const sshd = stack.use(
      await startSshd({ config: ["MaxStartups 500:30:1000", "MaxSessions 10", "Subsystem sftp internal-sftp"] }),
    );
    const users = [sshd.user], homes = [sshd.home];
    stack.defer(async () => {
      for (const user of users.slice(1)) await run("userdel", ["-f", user]);
    });
    for (let n = 1; n < count; n++) {
      const user = `charly-${randomBytes(4).toString("hex")}`, home = `${sshd.dir}/home${n}`;
      await run("useradd", ["-m", "-k", "/dev/null", "-d", home, "-s", "/bin/sh", "-p", "*", user]);
      users.push(user);
      homes.push(home);
    }
    return {
      sshd,
      users,
      home: (n) => homes[n]!,
      behind: (ms) => hostsBehind(sshd, users, ms),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function hostsBehind(sshd: Sshd, users: readonly string[], ms: number): Promise<Hosts> {
  const stack = new AsyncDisposableStack();
  const relay = stack.use(await startRelay(sshd.port, ms));
  const names = users.map((_, n) => `h${n}`);
  const key = (await Deno.readTextFile(`${sshd.hostKey("ed25519")}.pub`)).trim();
  const dir = stack.use(await tempDir({ "known_hosts": `[127.0.0.1]:${relay.port} ${key}\n` }));
  // a client of its own, also for its control sockets and caches
  const home = dir.join("client");
  await dir.write({
    "client/.ssh/config": [
      ...users.map((user, n) => `Host h${n}\n  HostName 127.0.0.1\n  Port ${relay.port}\n  User ${user}\n`),
      `Host *\n  IdentityFile ${sshd.identity}\n  IdentitiesOnly yes\n  IdentityAgent none\n`,
      `  UserKnownHostsFile ${dir.join("known_hosts")}\n  GlobalKnownHostsFile none\n`,
    ].join(""),
    // ssh looks for its files in the home of the password file, whatever HOME says
    "bin/ssh": `#!/bin/sh\nexec /usr/bin/ssh -F '${home}/.ssh/config' "$@"\n`,
  });
  await Deno.chmod(dir.join("bin/ssh"), 0o755);
  return {
    relay,
    names,
    env: {
      HOME: home,
      USER: "bench",
      LOGNAME: "bench",
      PATH: `${dir.join("bin")}:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}`,
      LANG: "C.UTF-8",
    },
    configFile: `${home}/.ssh/config`,
    identity: sshd.identity,
    knownHosts: dir.join("known_hosts"),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
