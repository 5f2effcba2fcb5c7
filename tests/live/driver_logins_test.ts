/** The driver behind real logins: every login shell, noisy start-up files, and root by every kind of sudo. */
import assert from "node:assert/strict";
import { connect } from "../../lib/execute/connect.ts";
import { driverExecutor, type ExecutorOptions } from "../../lib/execute/driver_executor.ts";
import type { DeployExecutor } from "../../lib/execute/executor.ts";
import { localTransport } from "../../lib/execute/transport/local.ts";
import { begin, say } from "../shared/driver_shells.ts";
import { needPackages } from "../shared/packages.ts";
import { type Sshd, type SshdOptions, startSshd } from "../shared/sshd.ts";
import { tempDir } from "../shared/tmp.ts";

async function loggedIn(
  options: SshdOptions,
  body: (executor: DeployExecutor, server: Sshd) => Promise<void>,
  how: ExecutorOptions = {},
): Promise<void> {
  await using server = await startSshd(options);
  await using executor = driverExecutor(
    await connect({ target: "ssh" }, server.target, { sshConfig: server.configFile, env: server.env }),
    how,
  );
  await body(executor, server);
}

const awkward = `a 'b' "c" $d \`e\` !f *g \\h (i) {j} ~k #l`;

async function actsFine(executor: DeployExecutor): Promise<void> {
  await begin(executor);
  const word = `'${awkward.replaceAll("'", "'\\''")}'`;
  const { output, end } = await say(
    executor,
    `listen\nBODY="printf %s ${
      word.replaceAll(/["$`\\]/g, "\\$&")
    }" UNLESS= TOUCH=\ncommand_act 1 kill 30 sh always ''\ndeaf`,
  );
  assert.deepEqual([output, end.reason], [awkward, "done"]);
}

await needPackages({ fish: "/usr/bin/fish", tcsh: "/usr/bin/tcsh", "busybox-static": "/bin/busybox" });
for (const shell of ["/bin/bash", "/bin/dash", "/usr/bin/fish", "/usr/bin/tcsh"]) {
  Deno.test(`a driver starts behind the login shell ${shell}`, () =>
    loggedIn({ shell }, async (executor) => {
      assert.match(await executor.probe("user"), new RegExp(`^shell=${shell}$`, "m"));
      await actsFine(executor);
    }));
}

Deno.test("a driver starts behind BusyBox as login shell", async () => {
  await using dir = await tempDir();
  await Deno.chmod(dir.path, 0o755);
  await Deno.symlink("/bin/busybox", dir.join("sh"));
  await loggedIn({ shell: dir.join("sh") }, actsFine);
});

async function withBashrc(server: Sshd, text: string): Promise<void> {
  await Deno.writeTextFile(`${server.home}/.bashrc`, text);
}

Deno.test("almost 1 MiB of noise before the driver is thrown away", () =>
  loggedIn({ shell: "/bin/bash" }, async (executor, server) => {
    await withBashrc(server, "head -c 1000000 /dev/urandom; echo H 0123456789abcdef0123456789abcdef; echo oops >&2\n");
    await actsFine(executor);
  }));

Deno.test("noise without end is refused", () =>
  loggedIn({ shell: "/bin/bash" }, async (executor, server) => {
    await withBashrc(server, "while :; do echo welcome; done\n");
    await assert.rejects(executor.probe("user"), {
      code: "no-hello",
      message: "start the driver: the target's login shell prints without end",
    });
  }));

Deno.test("a .bashrc that turns into fish is no obstacle", () =>
  loggedIn({ shell: "/bin/bash" }, async (executor, server) => {
    await withBashrc(server, 'exec /usr/bin/fish -c "$BASH_EXECUTION_STRING"\n');
    await actsFine(executor);
  }));

Deno.test("a .bashrc that waits is told from a slow machine by the time", () =>
  loggedIn({ shell: "/bin/bash" }, async (executor, server) => {
    await withBashrc(server, "sleep 60\n");
    await assert.rejects(executor.probe("user"), { code: "hello-timeout" });
  }, { helloTimeout: 1500 }));

Deno.test("a login that runs no commands is an error with what it said", () =>
  loggedIn({ shell: "/usr/sbin/nologin" }, async (executor) => {
    await assert.rejects(executor.probe("user"), { code: "no-hello" });
  }));

const root = async (executor: DeployExecutor) => /^uid=(\d+)$/m.exec(await executor.probe("root"))?.[1];

Deno.test("root is reached by sudo without a password", () =>
  loggedIn({ sudo: "ALL=(ALL) NOPASSWD: ALL" }, async (executor) => {
    assert.equal(await root(executor), "0");
    assert.equal((await executor.run(":", { level: "root" })).reason, "done");
  }));

Deno.test("root is reached by sudo with a password, asked for once, whatever the prompt says", async () => {
  let asked = 0;
  const sudoPassword = () => Promise.resolve(`right-${++asked}`);
  // a prompt in another language, and a delay before it
  const prompt = 'Defaults:USER passprompt="[sudo] Passwort für %p: ", badpass_message="Das war falsch"';
  await loggedIn({ sudo: "ALL=(ALL) ALL", password: "right-1" }, async (executor, server) => {
    const rules = `/etc/sudoers.d/${server.user}`;
    await Deno.chmod(rules, 0o640);
    await Deno.writeTextFile(rules, `${prompt.replace("USER", server.user)}\n`, { append: true });
    await Deno.chmod(rules, 0o440);
    assert.equal(await root(executor), "0");
    const bytes = new TextEncoder().encode("root's\0file");
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const path = `${server.dir}/by-root`;
    await executor.put(path, {
      size: bytes.length,
      async *open() {
        await Promise.resolve();
        yield bytes;
      },
    }, { level: "root", mode: "0600", sha256: digest.toHex() });
    assert.equal((await Deno.stat(path)).uid, 0);
    const back = await new Response(executor.get(path, { level: "root" })).bytes();
    assert.deepEqual(back, bytes);
    assert.equal(asked, 1);
  }, { sudoPassword });
});

Deno.test("a wrong password is tried once, in all", async () => {
  let asked = 0;
  const sudoPassword = () => (asked++, Promise.resolve("wrong"));
  await loggedIn({ sudo: "ALL=(ALL) ALL", password: "right" }, async (executor, server) => {
    const log = `${server.dir}/sudo.log`;
    await Deno.writeTextFile(`/etc/sudoers.d/${server.user}-log`, `Defaults:${server.user} logfile=${log}\n`, {
      mode: 0o440,
    });
    try {
      await assert.rejects(executor.probe("root"), { code: "sudo-password-wrong" });
      await assert.rejects(executor.run(":", { level: "root" }), { code: "sudo-password-wrong" });
      assert.equal(asked, 1);
      assert.equal((await executor.run(":", { level: "user" })).reason, "done");
      const tries = (await Deno.readTextFile(log)).match(/(\d+) incorrect password attempt/g) ?? [];
      assert.deepEqual(tries, ["1 incorrect password attempt"]);
    } finally {
      await Deno.remove(`/etc/sudoers.d/${server.user}-log`);
    }
  }, { sudoPassword });
});

Deno.test("a password that nobody gives is not tried", () =>
  loggedIn({ sudo: "ALL=(ALL) ALL", password: "right" }, async (executor) => {
    await assert.rejects(executor.probe("root"), { code: "sudo-refused", message: /a password is required/ });
  }, { sudoPassword: () => Promise.resolve(undefined) }));

Deno.test("a user who may not become root is told so", () =>
  loggedIn({ password: "right" }, async (executor) => {
    await assert.rejects(executor.probe("root"), { code: "sudo-refused", message: /is not in the sudoers file/ });
  }, { sudoPassword: () => Promise.resolve("right") }));

Deno.test("requiretty is refused with the line that mends it, and no password is asked for", () => {
  let asked = 0;
  return loggedIn({ sudo: "ALL=(ALL) NOPASSWD: ALL" }, async (executor, server) => {
    const rules = `/etc/sudoers.d/${server.user}`;
    await Deno.writeTextFile(rules, `Defaults:${server.user} requiretty\n`, { append: true });
    await assert.rejects(executor.probe("root"), {
      code: "sudo-tty",
      hint: "add the line `Defaults:<user> !requiretty` with `visudo -f /etc/sudoers.d/charly`",
    });
    assert.equal(asked, 0);
  }, { sudoPassword: () => (asked++, Promise.resolve("x")) });
});

Deno.test("a machine without sudo is told before anything is tried", async () => {
  await using server = await startSshd();
  await using bin = await tempDir();
  await Deno.chmod(bin.path, 0o755);
  for (const from of ["/usr/bin", "/usr/sbin", "/bin"]) {
    for await (const { name } of Deno.readDir(from)) {
      if (name === "sudo") continue;
      await Deno.symlink(`${from}/${name}`, bin.join(name)).catch((error) => {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      });
    }
  }
  const as = (command: string) =>
    `setpriv --reuid=${server.user} --regid=${server.user} --init-groups env -i HOME=${server.home} PATH=${bin.path} ${command}`;
  const local = localTransport();
  await using executor = driverExecutor({ ...local, venue: "local", open: (command) => local.open(as(command)) }, {
    host: "web-1",
  });
  await assert.rejects(executor.probe("root"), {
    code: "sudo-missing",
    message: `become root on web-1: sudo is not installed and ${server.user} is not root`,
  });
});
