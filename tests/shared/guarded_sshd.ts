/** An OpenSSH server whose configuration a bundle may break and restart, with a user who needs his password for sudo. */
import { freePort, type Sshd, type SshdOptions, startSshd } from "./sshd.ts";
import { run } from "./run.ts";

/** The server charly connects to; the one of `startSshd` behind it only lends its user, keys and directory. */
export interface GuardedSshd extends AsyncDisposable {
  readonly sshd: Sshd;
  /** `user@address:port`. */
  readonly target: string;
  /** Its configuration: root's. */
  readonly config: string;
  /** What stands there while it answers. */
  readonly good: string;
  /** Starts it anew with what its configuration says; succeeds also where it does not come up. */
  readonly restart: string;
  /** Its process, if it is there. */
  pid(): Promise<number | undefined>;
}

/** Starts one; `await using` ends it. Needs root. */
export async function guardedSshd(options: SshdOptions = {}): Promise<GuardedSshd> {
  await using stack = new AsyncDisposableStack();
  const sshd = stack.use(await startSshd(options));
  const port = freePort();
  const [config, pidFile, script] = [`${sshd.dir}/guarded_config`, `${sshd.dir}/guarded_pid`, `${sshd.dir}/restart`];
  const good = (await Deno.readTextFile(`${sshd.dir}/sshd_config`))
    .replace(/^Port .*$/m, `Port ${port}`).replace(/^PidFile .*$/m, `PidFile ${pidFile}`);
  await Deno.writeTextFile(config, good, { mode: 0o600 });
  const key = (await Deno.readTextFile(`${sshd.hostKey("ed25519")}.pub`)).trim();
  await Deno.writeTextFile(sshd.knownHosts, `[127.0.0.1]:${port} ${key}\n`, { append: true });
  // A process that has ended may stay a zombie where nobody fetches it: that is gone, too.
  await Deno.writeTextFile(
    script,
    `pid=$(cat ${pidFile} 2>/dev/null)
there() { [ -n "$pid" ] && [ -r /proc/$pid/status ] && ! grep -q '^State:.Z' /proc/$pid/status; }
! there || kill $pid
n=0
while there && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
rm -f ${pidFile}
/usr/sbin/sshd -f ${config} -E ${sshd.dir}/guarded_log || exit 0
n=0
while [ ! -s ${pidFile} ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
`,
  );
  const pid = async () => {
    const found = Number(await Deno.readTextFile(pidFile).catch(() => ""));
    return found > 0 ? found : undefined;
  };
  await run(["sh", script]);
  stack.defer(async () => {
    const own = await pid();
    if (own !== undefined) Deno.kill(own, "SIGTERM");
  });
  const kept = stack.move();
  return {
    sshd,
    target: `${sshd.user}@127.0.0.1:${port}`,
    config,
    good,
    restart: `sh ${script}`,
    pid,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
