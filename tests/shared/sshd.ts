/** A real OpenSSH server on a loopback port, with a user, keys and known_hosts of its own; all gone at the end. */
import { randomBytes } from "node:crypto";
import { needPackages } from "./packages.ts";

/** What may differ from one server to the next. */
export interface SshdOptions {
  /** Types of its host keys. @default {["ed25519"]} */
  readonly hostKeys?: readonly ("ed25519" | "rsa" | "ecdsa")[];
  /** Lines for sshd_config, before all others (the first one wins), e.g. `MaxSessions 1`. */
  readonly config?: readonly string[];
  /** Login shell of the user. @default {"/bin/sh"} */
  readonly shell?: string;
  /** What follows the user's name in sudoers, e.g. `ALL=(ALL) NOPASSWD: ALL`. */
  readonly sudo?: string;
  /** Password of the user, for `sudo`. @default {none: `*`} */
  readonly password?: string;
  /** Sent before authentication. */
  readonly banner?: string;
  /** The address it listens on. @default {"127.0.0.1"} */
  readonly address?: string;
  /** Shell text that is run, as root, in a mount namespace of its own, in which the server then is. */
  readonly mounts?: string;
}

/** A running server. */
export interface Sshd extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Of the process that listens. */
  readonly pid: number;
  readonly user: string;
  /** Home of the user on the "target". */
  readonly home: string;
  /** `user@address:port` as the config writes it. */
  readonly target: string;
  /** Directory with everything of this server. */
  readonly dir: string;
  /** HOME for the client: `.ssh/id_ed25519`, `.ssh/known_hosts`, `.ssh/config`. */
  readonly clientHome: string;
  /** Environment for the client side. */
  readonly env: Readonly<Record<string, string>>;
  readonly knownHosts: string;
  /** Client configuration that names the key and known_hosts of this server for `Host *`. */
  readonly configFile: string;
  readonly identity: string;
  /** The private host key file of a type. */
  hostKey(type: string): string;
  /** The log of the server so far. */
  log(): Promise<string>;
  /** Cuts every connection (kills the processes that serve them); the server keeps listening. */
  cut(): Promise<void>;
  /** Stops the processes that serve connections without ending them, as a half-open link looks; call the result to go on. */
  freeze(): Promise<() => void>;
  /** How many processes serve connections now. */
  sessions(): Promise<number>;
}

/** Starts a server; `await using` ends it and removes its user. Needs root. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  await needPackages({
    "openssh-server": "/usr/sbin/sshd",
    "openssh-client": "/usr/bin/ssh",
    ...(options.sudo === undefined ? {} : { sudo: "/usr/bin/sudo" }),
  });
  const address = options.address ?? "127.0.0.1";
  const user = `charly-${randomBytes(4).toString("hex")}`;
  const dir = await Deno.makeTempDir({ prefix: "charly-sshd-" });
  await Deno.chmod(dir, 0o755); // sshd reads authorized_keys as the user
  const home = `${dir}/home`, clientHome = `${dir}/client`, identity = `${clientHome}/.ssh/id_ed25519`;
  await Deno.mkdir(`${clientHome}/.ssh`, { recursive: true });
  await Deno.chmod(clientHome, 0o700);
  await run("useradd", ["-m", "-d", home, "-s", options.shell ?? "/bin/sh", "-p", "*", user]);
  if (options.password !== undefined) await run("chpasswd", [], `${user}:${options.password}\n`);
  const sudoers = `/etc/sudoers.d/${user}`;
  if (options.sudo !== undefined) {
    await Deno.writeTextFile(sudoers, options.sudo.split("\n").map((rule) => `${user} ${rule}\n`).join(""), {
      mode: 0o440,
    });
  }
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "charly-test", "-f", identity]);
  await Deno.copyFile(`${identity}.pub`, `${dir}/authorized_keys`);
  const types = options.hostKeys ?? ["ed25519"];
  for (const type of types) {
    await run("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "", "-f", `${dir}/host_${type}`]);
  }

  const port = freePort(address);
  const name = port === 22 ? address : `[${address}]:${port}`;
  const knownHosts = `${clientHome}/.ssh/known_hosts`;
  const keys = await Promise.all(types.map((type) => Deno.readTextFile(`${dir}/host_${type}.pub`)));
  await Deno.writeTextFile(knownHosts, keys.map((key) => `${name} ${key.trim()}\n`).join(""));
  const configFile = `${clientHome}/.ssh/config`;
  await Deno.writeTextFile(
    configFile,
    `Host *\n  IdentityFile ${identity}\n  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile ${knownHosts}\n  GlobalKnownHostsFile none\n`,
  );
  if (options.banner !== undefined) await Deno.writeTextFile(`${dir}/banner`, options.banner);
  await Deno.mkdir("/run/sshd", { recursive: true }); // privilege separation wants it
  await Deno.writeTextFile(
    `${dir}/sshd_config`,
    [
      ...options.config ?? [],
      `Port ${port}`,
      `ListenAddress ${address}`,
      ...types.map((type) => `HostKey ${dir}/host_${type}`),
      `AuthorizedKeysFile ${dir}/authorized_keys`,
      `PidFile none`,
      "StrictModes no", // the directory below /tmp is not the user's
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "UsePAM no",
      "PrintMotd no",
      "LogLevel VERBOSE",
      ...(options.banner === undefined ? [] : [`Banner ${dir}/banner`]),
      "",
    ].join("\n"),
  );
  const words = ["/usr/sbin/sshd", "-D", "-e", "-f", `${dir}/sshd_config`];
  const [program, ...args] = options.mounts === undefined
    ? words
    : ["unshare", "--mount", "sh", "-ec", `${options.mounts}\nexec "$@"`, "sh", ...words];
  const server = new Deno.Command(program!, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  const listening = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const text of server.stderr.pipeThrough(new TextDecoderStream())) {
      log += text;
      if (log.includes("Server listening on")) listening.resolve();
    }
    listening.reject(new Error(`sshd ended: ${log}`));
  })();

  const removeAll = async () => {
    server.kill("SIGTERM");
    await server.status;
    for (const pid of await serving(user)) kill(pid);
    await reading;
    if (options.sudo !== undefined) await Deno.remove(sudoers);
    await gone(user);
    await run("userdel", ["-f", user]);
    await Deno.remove(dir, { recursive: true });
  };
  try {
    await listening.promise;
  } catch (error) {
    await removeAll();
    throw error;
  }
  return {
    address,
    port,
    pid: server.pid,
    user,
    home,
    target: `${user}@${address.includes(":") ? `[${address}]` : address}:${port}`,
    dir,
    clientHome,
    env: { HOME: clientHome, USER: "tester", PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin" },
    knownHosts,
    configFile,
    identity,
    hostKey: (type) => `${dir}/host_${type}`,
    log: () => Promise.resolve(log),
    cut: async () => {
      for (const pid of await serving(user)) kill(pid);
    },
    freeze: async () => {
      const frozen = await serving(user);
      for (const pid of frozen) kill(pid, "SIGSTOP");
      return () => frozen.forEach((pid) => kill(pid, "SIGCONT"));
    },
    sessions: async () => (await serving(user)).length,
    [Symbol.asyncDispose]: removeAll,
  };
}

/** A port that nobody listens on now. */
export function freePort(hostname = "127.0.0.1"): number {
  const listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

/** Runs a program and throws with its output when it fails. */
export async function run(program: string, args: readonly string[], input?: string): Promise<string> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }
  const { success, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${text.decode(stderr)}${text.decode(stdout)}`);
  return text.decode(stdout);
}

/** The sshd processes that serve `user` (privileged monitor and its unprivileged half). */
async function serving(user: string): Promise<number[]> {
  return await processes((command) => command.startsWith(`sshd: ${user}`));
}

async function processes(wanted: (command: string, status: string) => boolean): Promise<number[]> {
  const found: number[] = [];
  for await (const entry of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(entry.name)) continue;
    try {
      const command = (await Deno.readTextFile(`/proc/${entry.name}/cmdline`)).replaceAll("\0", " ");
      const status = await Deno.readTextFile(`/proc/${entry.name}/status`);
      if (wanted(command, status)) found.push(Number(entry.name));
    } catch {
      // it ended while we looked
    }
  }
  return found;
}

/** Ends what still runs as `user`, so that userdel can remove it. */
async function gone(user: string): Promise<void> {
  const uid = (await run("id", ["-u", user])).trim();
  for (const pid of await processes((_, status) => new RegExp(`^Uid:\\s+${uid}\\s`, "m").test(status))) kill(pid);
}

function kill(pid: number, signal: Deno.Signal = "SIGKILL"): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
