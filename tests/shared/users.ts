/** A real user of this machine with the sudo rights that a test asks for; all of it gone at the end. */
import { randomBytes } from "node:crypto";
import { needPackages } from "./packages.ts";
import { type Ran, run, type RunOptions, tryRun } from "./run.ts";

/** What the user may do. */
export interface TestUserOptions {
  /** `requiretty`: without a password, but only from a terminal. @default {"none"} */
  readonly sudo?: "nopasswd" | "password" | "requiretty" | "none";
  /** Absolute path of the login shell. @default {"/bin/sh"} */
  readonly shell?: string;
  /** @default {a random one when sudo is "password", else none} */
  readonly password?: string;
}

/** A user of this machine. */
export interface TestUser extends AsyncDisposable {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  /** Nothing when the account has none. */
  readonly password: string | undefined;
  /** `words` as they have to be started to run as this user, in its home, with a clean environment. */
  as(...words: readonly string[]): string[];
  /** Runs `words` as this user, whatever the exit code. */
  run(words: readonly string[], options?: RunOptions): Promise<Ran>;
  /** How many processes of the user there are. */
  processes(): Promise<number>;
}

const rules = {
  nopasswd: (name: string) => `${name} ALL=(ALL:ALL) NOPASSWD: ALL\n`,
  password: (name: string) => `${name} ALL=(ALL:ALL) ALL\n`,
  requiretty: (name: string) => `Defaults:${name} requiretty\n${name} ALL=(ALL:ALL) NOPASSWD: ALL\n`,
};

/** Makes a user; `await using` ends its processes and removes it with its home. Needs root. */
export async function testUser(options: TestUserOptions = {}): Promise<TestUser> {
  await needPackages({ sudo: "/usr/bin/sudo" });
  const sudo = options.sudo ?? "none", shell = options.shell ?? "/bin/sh";
  const password = options.password ?? (sudo === "password" ? randomBytes(9).toString("base64url") : undefined);
  const name = `charly-${randomBytes(4).toString("hex")}`, home = `/home/${name}`, sudoers = `/etc/sudoers.d/${name}`;
  await run(["useradd", "-m", "-d", home, "-s", shell, "-p", "*", name]);
  const remove = async () => {
    await endProcesses(uid);
    await Deno.remove(sudoers).catch(unlessGone);
    await run(["userdel", "-f", name]);
    await Deno.remove(home, { recursive: true }).catch(unlessGone);
  };
  const [uid, gid] = [Number(await run(["id", "-u", name])), Number(await run(["id", "-g", name]))] as const;
  try {
    if (password !== undefined) await run(["chpasswd"], { stdin: `${name}:${password}\n` });
    if (sudo !== "none") await Deno.writeTextFile(sudoers, rules[sudo](name), { mode: 0o440 });
  } catch (error) {
    await remove();
    throw error;
  }
  const as = (...words: readonly string[]) => [
    ...["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--init-groups", "env", "-i", `--chdir=${home}`],
    ...[`HOME=${home}`, `USER=${name}`, `LOGNAME=${name}`, `SHELL=${shell}`, "PATH=/usr/local/bin:/usr/bin:/bin"],
    ...words,
  ];
  return {
    name,
    uid,
    gid,
    home,
    shell,
    password,
    as,
    run: (words, { env = {}, ...rest } = {}) =>
      tryRun(as(...Object.entries(env).map(([key, value]) => `${key}=${value}`), ...words), rest),
    processes: async () => (await processesOf(uid)).length,
    [Symbol.asyncDispose]: remove,
  };
}

/** Ends every process of a user; one that starts others while it is ended is caught in the next round. */
async function endProcesses(uid: number): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const pids = await processesOf(uid);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch (error) {
        unlessGone(error);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20)); // the kernel tells nobody but the parent
  }
  throw new Error(`processes of user ${uid} do not end: ${(await processesOf(uid)).join(", ")}`);
}

/** Pids that belong to `uid`, without those that only wait for their parent to notice their end. */
async function processesOf(uid: number): Promise<number[]> {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const status = await Deno.readTextFile(`/proc/${name}/status`).catch(() => ""); // ended meanwhile
    if (/^State:\t[ZX]/m.test(status)) continue;
    if (Number(/^Uid:\t(\d+)/m.exec(status)?.[1] ?? -1) === uid) found.push(Number(name));
  }
  return found;
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
