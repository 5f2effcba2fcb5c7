/**
 * Deploys under exactly the flags `charly permissions` prints, with what Deno was asked for written down and compared:
 * the flags hold nothing that was not asked for, and nothing was asked for that they do not hold.
 */
import assert from "node:assert/strict";
import { compareAudit, grantsOf, readAudit } from "../shared/audit.ts";
import { run, tryRun } from "../shared/run.ts";
import { sshClient } from "../shared/ssh_client.ts";
import { type Sshd, startSshd } from "../shared/sshd.ts";
import { type TempDir, tempDir } from "../shared/tmp.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const main = `${root}/tasks/main.ts`;

/** Granted and not asked for, with the reason. Whole values, or the beginning of one. */
const mayBeUnused: readonly (readonly [grant: RegExp, why: string])[] = [
  [/^read \/etc\/ssh\/ssh_config\.d$/, "read when /etc/ssh/ssh_config includes it"],
  [/^env NO_COLOR$/, "Deno lets everybody read it, and says so only to who holds the permission"],
  [/^write (?!.*\/\.local\/state\/).*\/charly$/, "a configuration is kept there, unless it is there already"],
  [/^read .*\/(deno\.jsonc?|package\.json)$/, "looked at in each directory upwards until one is found"],
];

/** Asked for and not granted: what charly tries and lives without. */
const mayBeMissing: readonly (readonly [asked: RegExp, why: string])[] = [
  [
    /^read \/proc\/\d+\/status$/,
    "the sandbox watches its child's memory where Deno shows /proc, which is under -A only",
  ],
];

const except = (list: readonly string[], exceptions: typeof mayBeUnused) =>
  list.filter((it) => !exceptions.some(([pattern]) => pattern.test(it)));

/** A project with a file of its own, deployed `on` a target. */
function project(on: string): Promise<TempDir> {
  return tempDir({
    "deno.json": JSON.stringify({ imports: { "@charly/charly": `file://${root}/mod.ts` } }),
    "charly.config.ts": `
      import { bundle, candy, command, copy, defineConfig, local, ssh, write } from "@charly/charly";
      export default defineConfig({
        candies: { motd: candy({ version: "2026.300.0900", description: "a greeting", plan: [
          write("~/motd", { content: "hi\\n" }),
          copy("big", { to: "~/big" }),
          command("echo done > ~/stamp", { undo: "rm -f ~/stamp" }),
        ] }) },
        bundles: { here: bundle({ on: ${on}, candy: ["motd"] }) },
      });
    `,
    "candy/motd/big": "0123456789abcdef".repeat(100_000),
    "home/.keep": "",
  });
}

/** Asks for the flags, deploys and undoes under exactly them, and compares. */
async function deployUnderFlags(
  dir: TempDir,
  env: Readonly<Record<string, string>>,
  home: string,
): Promise<readonly string[]> {
  const denoDir = JSON.parse(await run([Deno.execPath(), "info", "--json"])).denoDir;
  const around = { cwd: dir.path, env: { DENO_DIR: denoDir, NO_COLOR: "1", ...env } };
  // as `deno task charly` starts it
  const start = ["-P=start", `--allow-run=${Deno.execPath()},/bin/sh`];
  const charly = (flags: readonly string[], words: readonly string[], more: Record<string, string> = {}) =>
    tryRun([Deno.execPath(), "run", "--quiet", "--no-prompt", ...flags, main, ...words], {
      ...around,
      env: { ...around.env, ...more },
    });
  const printed = await charly(start, ["permissions", "here"]);
  assert.equal(printed.code, 0, printed.stderr);
  const flags = printed.stdout.trim().split("\n");
  const audit = dir.join("..", `${dir.path.slice(dir.path.lastIndexOf("/") + 1)}.audit`);
  try {
    const deployed = await charly(flags, ["deploy", "here", "-y"], { DENO_AUDIT_PERMISSIONS: audit });
    assert.equal(deployed.code, 0, `${deployed.stdout}${deployed.stderr}\nunder ${flags.join(" ")}`);
    assert.equal(await Deno.readTextFile(`${home}/motd`), "hi\n");
    assert.equal((await Deno.stat(`${home}/big`)).size, 1_600_000);
    const { missing, unused } = compareAudit(flags, await readAudit(audit));
    assert.deepEqual({ missing: except(missing, mayBeMissing), unused: except(unused, mayBeUnused) }, {
      missing: [],
      unused: [],
    });
    const undone = await charly(flags, ["bundle", "del", "here", "-y"]);
    assert.equal(undone.code, 0, undone.stderr);
    await assert.rejects(() => Deno.stat(`${home}/motd`), Deno.errors.NotFound);
    // Deno writes nothing down for programs: without any one of them, the deploy must not work
    for (const { permission, value } of grantsOf(flags)) {
      // the sandbox starts deno through /bin/sh, which bounds it, and by itself where it may not: either one will do
      if (permission !== "run" || value === "/bin/sh" || value === Deno.execPath()) continue;
      const programs = grantsOf(flags).filter((it) => it.permission === "run" && it.value !== value);
      const fewer = flags.filter((flag) => !flag.startsWith("--allow-run="));
      const without = await charly(
        [...fewer, `--allow-run=${programs.map((it) => it.value).join(",")}`],
        ["deploy", "here", "-y"],
        { CHARLY_PERMITTED: "2" },
      );
      assert.notEqual(without.code, 0, `${value} is granted and not needed`);
    }
  } finally {
    await Deno.remove(audit).catch(() => {});
  }
  return flags;
}

Deno.test("a local deploy runs under exactly the flags `charly permissions` prints", async () => {
  await using dir = await project("local()");
  const flags = await deployUnderFlags(dir, { HOME: dir.join("home") }, dir.join("home"));
  assert.ok(!flags.some((flag) => flag.startsWith("--allow-net")), flags.join(" "));
});

Deno.test("a deploy over ssh2 runs under exactly the flags: one host and port, its key and known hosts", async () => {
  await using server = await startSshd();
  await using client = await sshClient(server);
  await using dir = await project(`ssh(${JSON.stringify(server.target)})`);
  const flags = await deployUnderFlags(dir, client.env, server.home);
  assert.ok(flags.includes(`--allow-net=127.0.0.1:${server.port}`), flags.join(" "));
});

Deno.test("a deploy over the system's ssh runs under exactly the flags: no network of ours, no key read", async () => {
  await using server = await startSshd();
  await using client = await sshClient(server);
  await using dir = await project(`ssh(${JSON.stringify(server.target)}, { transport: "openssh" })`);
  const flags = await deployUnderFlags(dir, client.env, server.home);
  assert.ok(!flags.some((flag) => flag.startsWith("--allow-net")), flags.join(" "));
  assert.ok(!flags.some((flag) => flag.includes(server.identity)), flags.join(" "));
});

Deno.test("a deploy through a jump host runs under exactly the flags: only the jump host is dialled", async () => {
  await using target = await startSshd();
  await using hop = await startSshd();
  await using client = await sshClient(await configured(target, { target, hop }, "ProxyJump hop"));
  await using dir = await project(`ssh("target")`);
  const flags = await deployUnderFlags(dir, client.env, target.home);
  assert.ok(flags.includes(`--allow-net=127.0.0.1:${hop.port}`), flags.join(" "));
});

Deno.test("a deploy through a ProxyCommand runs under exactly the flags: nothing is dialled", async () => {
  await using target = await startSshd();
  await using hop = await startSshd();
  const command = `ProxyCommand /usr/bin/ssh -F ${target.configFile} -W %h:%p hop`;
  await using client = await sshClient(await configured(target, { target, hop }, command));
  await using dir = await project(`ssh("target")`);
  const flags = await deployUnderFlags(dir, client.env, target.home);
  assert.ok(!flags.some((flag) => flag.startsWith("--allow-net")), flags.join(" "));
});

Deno.test("a deploy with a key of the agent runs under exactly the flags: its socket, and no key file", async () => {
  await using server = await startSshd();
  const socket = `${server.dir}/agent`;
  const agent = new Deno.Command("ssh-agent", { args: ["-D", "-a", socket], stdout: "piped", stderr: "null" }).spawn();
  try {
    const said = agent.stdout.getReader();
    await said.read(); // it tells its socket once it listens
    said.releaseLock();
    await run(["ssh-add", "-q", server.identity], { env: { SSH_AUTH_SOCK: socket } });
    await Deno.rename(server.identity, `${server.dir}/away`);
    const lines = (await Deno.readTextFile(server.configFile)).replace(
      "IdentityAgent none",
      "IdentityAgent SSH_AUTH_SOCK",
    );
    await Deno.writeTextFile(server.configFile, lines);
    await using client = await sshClient(server);
    await using dir = await project(`ssh(${JSON.stringify(server.target)})`);
    const flags = await deployUnderFlags(dir, { ...client.env, SSH_AUTH_SOCK: socket }, server.home);
    assert.ok(
      flags.some((flag) => flag.startsWith("--allow-net=") && flag.includes(`unix:${socket}`)),
      flags.join(" "),
    );
  } finally {
    agent.kill("SIGTERM");
    await agent.stdout.cancel();
    await agent.status;
  }
});

Deno.test("what only `ssh -G` knows of a host is found out by the process that may ask it", async () => {
  await using server = await startSshd();
  // an `ssh` with a configuration in a place nobody else knows
  await using away = await tempDir({
    config: `Host far\n  HostName 127.0.0.1\n  Port ${server.port}\n  User ${server.user}\n${await Deno.readTextFile(
      server.configFile,
    )}`,
  });
  await using client = await sshClient({ configFile: away.join("config"), clientHome: server.clientHome });
  await using dir = await project(`ssh("far")`);
  // the home of the passwd file: in another one, ssh would not look
  const home = (await run(["sh", "-c", "getent passwd $(id -u) | cut -d: -f6"])).trim();
  const env = { ...client.env, HOME: home, XDG_STATE_HOME: away.join("state") };
  const flags = await deployUnderFlags(dir, env, server.home);
  assert.ok(flags.includes(`--allow-net=127.0.0.1:${server.port}`), flags.join(" "));
});

/** A configuration file that knows several servers by name; `target` gets one more line. */
async function configured(
  target: Sshd,
  servers: Readonly<Record<string, Sshd>>,
  line: string,
): Promise<Pick<Sshd, "configFile" | "clientHome">> {
  const configFile = `${target.clientHome}/.ssh/config`, known = `${target.clientHome}/.ssh/known_all`;
  let blocks = "", keys = "";
  for (const [name, server] of Object.entries(servers)) {
    keys += await Deno.readTextFile(server.knownHosts);
    blocks +=
      `Host ${name}\n  HostName 127.0.0.1\n  Port ${server.port}\n  User ${server.user}\n  IdentityFile ${server.identity}\n` +
      (name === "target" ? `  ${line}\n` : "");
  }
  await Deno.writeTextFile(known, keys);
  await Deno.writeTextFile(
    configFile,
    `${blocks}Host *\n  UserKnownHostsFile ${known}\n  GlobalKnownHostsFile none\n  IdentitiesOnly yes\n  IdentityAgent none\n`,
  );
  return { configFile, clientHome: target.clientHome };
}
