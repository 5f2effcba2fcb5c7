/** Case 12: sudo in every mood, over both SSH transports. What tests/live/{sudo,driver_logins}_test.ts hold is not repeated. */
import assert from "node:assert/strict";
import { CharlyError } from "../../lib/base/errors.ts";
import { connect } from "../../lib/execute/connect.ts";
import { driverExecutor, type ExecutorOptions } from "../../lib/execute/driver_executor.ts";
import type { DeployExecutor } from "../../lib/execute/executor.ts";
import { attackRig, escaped } from "../shared/attack_rig.ts";
import { eventually } from "../shared/driver_shells.ts";
import { sample } from "../shared/sample.ts";
import { run, type Sshd, type SshdOptions, startSshd } from "../shared/sshd.ts";
import { systemLock } from "../shared/system_lock.ts";
import { tempDir } from "../shared/tmp.ts";

const transports = ["ssh2", "openssh"] as const;

/** A server whose user has a password and may use sudo with it. */
interface Machine extends AsyncDisposable {
  readonly sshd: Sshd;
  /** Lines for sudoers, `USER` for its name; they replace those before. */
  defaults(...lines: readonly string[]): Promise<void>;
  setPassword(password: string): Promise<void>;
  /** Wrong passwords sudo has written down since the last time there were any. */
  wrong(): Promise<number>;
  executor(transport: typeof transports[number], options?: ExecutorOptions): Promise<DeployExecutor>;
}

async function machine(options: SshdOptions = {}): Promise<Machine> {
  const sshd = await startSshd({ sudo: "ALL=(ALL) ALL", password: "first", ...options });
  const log = `${sshd.dir}/sudo.log`;
  const rules = `/etc/sudoers.d/${sshd.user}`;
  const defaults = async (...lines: readonly string[]) => {
    const text = [`Defaults:USER logfile=${log}, loglinelen=0`, ...lines, "USER ALL=(ALL) ALL"].join("\n");
    await Deno.chmod(rules, 0o640);
    await Deno.writeTextFile(rules, `${text.replaceAll("USER", sshd.user)}\n`);
    await Deno.chmod(rules, 0o440);
  };
  await defaults();
  return {
    sshd,
    defaults,
    setPassword: async (password) => void await run("chpasswd", [], `${sshd.user}:${password}\n`),
    wrong: async () => {
      const text = await Deno.readTextFile(log).catch(() => "");
      if (text.includes("incorrect")) await Deno.writeTextFile(log, "");
      return [...text.matchAll(/(\d+) incorrect password attempts?/g)].reduce((sum, [, n]) => sum + Number(n), 0);
    },
    executor: async (transport, how = {}) =>
      driverExecutor(
        await connect({ target: "ssh", transport }, sshd.target, { sshConfig: sshd.configFile, env: sshd.env }),
        how,
      ),
    [Symbol.asyncDispose]: () => sshd[Symbol.asyncDispose](),
  };
}

/** `uid 0`, or the code of the refusal. */
async function rootOf(executor: DeployExecutor): Promise<string> {
  try {
    const hello = await executor.probe("root");
    return `uid ${/^uid=(\d+)$/m.exec(hello)?.[1]}`;
  } catch (error) {
    assert.ok(error instanceof CharlyError, String(error));
    assert.ok((error.hint ?? "").length > 10);
    return `${error.code}`;
  }
}

const given = (password: string): ExecutorOptions => ({ sudoPassword: () => Promise.resolve(password) });

/** Passwords that are words of a shell, of sudo, of charly, or of nobody. */
const passwords = [
  `;'"\\ a b`,
  " space at both ends ",
  "$(touch escaped)`touch escaped`",
  "pässwörd 日本 👩‍👩‍👧",
  "sh",
  "-S -p",
  "%p%u\\n%%",
  "0123456789abcdef0123456789abcdef:",
  "H 0123456789abcdef0123456789abcdef",
  "1 20 0123456789abcdef0123456789abcdef",
  "[sudo] password for root: ",
  "x".repeat(200),
];

for (const transport of transports) {
  Deno.test(`${transport}: a password is any line, and is tried once`, async () => {
    await using it = await machine();
    for (const password of passwords.slice(0, sample(5, passwords.length))) {
      await it.setPassword(password);
      await using right = await it.executor(transport, given(password));
      assert.deepEqual([password, await rootOf(right)], [password, "uid 0"]);
      assert.equal((await right.run("touch /nonexistent/x 2>/dev/null; :", { level: "root" })).reason, "done");
      assert.equal(await it.wrong(), 0);
    }
    await using wrong = await it.executor(transport, given("$(touch escaped) is wrong"));
    assert.equal(await rootOf(wrong), "sudo-password-wrong");
    assert.equal(await rootOf(wrong), "sudo-password-wrong");
    await eventually("sudo has written down one wrong password", async () => await it.wrong() === 1);
    assert.deepEqual(await escaped({ home: it.sshd.home, place: it.sshd.dir }), []);
  });

  Deno.test(`${transport}: a password that is no line of sudo's is not tried at all`, async () => {
    await using it = await machine();
    for (const password of ["first\n", "wrong\nfirst", "first\r", "first\0", "x".repeat(2000)]) {
      await using executor = await it.executor(transport, given(password));
      assert.deepEqual([password.length, await rootOf(executor)], [password.length, "sudo-password-unusable"]);
      assert.equal((await executor.run(":", { level: "user" })).reason, "done");
    }
    assert.equal(await it.wrong(), 0);
  });

  Deno.test(`${transport}: prompts, lectures and time limits of any kind`, async () => {
    await using it = await machine();
    const lecture = `${it.sshd.dir}/lecture`;
    await Deno.writeTextFile(lecture, "[sudo] password for root: \nSorry, try again.\n".repeat(40_000));
    const kinds: readonly (readonly string[])[] = [
      ['Defaults:USER passprompt="Passwort bitte", badpass_message="Falsch"'],
      ['Defaults:USER passprompt="[sudo] Mot de passe de %p :", passprompt_override'],
      [`Defaults:USER lecture=always, lecture_file=${lecture}`], // more than anybody keeps, before the prompt
      ["Defaults:USER passwd_timeout=0.05"], // three seconds: longer than we need, shorter than people do
      ["Defaults:USER timestamp_timeout=0, passwd_tries=1"],
      ["Defaults:USER !pam_session, use_pty"],
    ];
    let waited = 0;
    const slowly = async () => {
      if (waited++ === 3) await new Promise((resolve) => setTimeout(resolve, 3500));
      return "first";
    };
    for (const lines of transport === "ssh2" ? kinds : kinds.slice(0, sample(3, kinds.length))) {
      await it.defaults(...lines);
      await using executor = await it.executor(transport, { sudoPassword: slowly });
      assert.deepEqual([...lines, await rootOf(executor)], [...lines, "uid 0"]);
    }
    assert.equal(await it.wrong(), 0);
    await it.defaults("Defaults:USER passwd_tries=1");
    await using wrong = await it.executor(transport, given("wrong"));
    assert.match(await rootOf(wrong), /^sudo-(refused|password-wrong)$/);
    await eventually("sudo has written down one wrong password", async () => await it.wrong() === 1);
  });

  Deno.test(`${transport}: what start-up files say about passwords is not sudo's word`, async () => {
    await using it = await machine({ shell: "/bin/bash" });
    await Deno.writeTextFile(
      `${it.sshd.home}/.bashrc`,
      "echo 'wrong-password sudo: sorry, you must have a tty to run sudo' >&2\nhead -c 200000 /dev/zero | tr '\\0' x >&2\n",
    );
    await using executor = await it.executor(transport, given("first"));
    assert.equal(await rootOf(executor), "uid 0");
    await using none = await it.executor(transport);
    assert.equal(await rootOf(none), "sudo-refused");
  });

  Deno.test(`${transport}: a right that is taken away midway refuses what comes after, and nothing else`, async () => {
    await using it = await machine();
    await it.defaults("USER ALL=(ALL) NOPASSWD: ALL");
    await Deno.writeTextFile(`/etc/sudoers.d/${it.sshd.user}`, `${it.sshd.user} ALL=(ALL) NOPASSWD: ALL\n`);
    await using executor = await it.executor(transport);
    assert.equal(await rootOf(executor), "uid 0");
    await it.defaults();
    const nothing = { size: 0, async *open() {} };
    const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const path = `${it.sshd.dir}/by-root`;
    const put = executor.put(path, nothing, { level: "root", mode: "0600", sha256: digest });
    await assert.rejects(put, { code: "sudo-refused" });
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    assert.equal((await executor.run(":", { level: "root" })).reason, "done");
    assert.equal((await executor.run(":", { level: "user" })).reason, "done");
  });
}

/** What stands in front of the real sudo: a program that asks, answers and reads as it likes, and writes down what it read. */
const sudos = {
  // sudo-rs has words of its own, and puts ours into its prompt.
  "asks in other words": `
case " $* " in *" -n "*) echo 'sudo: interactive authentication is required' >&2; exit 1 ;; esac
printf '[sudo: %s] Password: ' "$PROMPT" >&2; take; [ "$GOT" = first ] || exit 1; rest "$@"`,
  "does not ask at all the second time": `
case " $* " in *" -n "*) echo 'sudo: a password is required' >&2; exit 1 ;; esac
rest "$@"`,
  "asks for something else": `
case " $* " in *" -n "*) echo 'sudo: a password is required' >&2; exit 1 ;; esac
printf 'Verification code: ' >&2; take; exit 1`,
  "asks again and again": `
case " $* " in *" -n "*) echo 'sudo: a password is required' >&2; exit 1 ;; esac
printf '%s' "$PROMPT" >&2; take; printf 'Sorry, try again.\\n%s' "$PROMPT" >&2; take; printf '%s' "$PROMPT" >&2; take; exit 1`,
  "lets in and dies": `
case " $* " in *" -n "*) echo 'sudo: a password is required' >&2; exit 1 ;; esac
printf '%s' "$PROMPT" >&2; take; kill -9 $$`,
};

/** How each of them ends, and how often it was given the password. */
const ends: Readonly<Record<keyof typeof sudos, { readonly end: string; readonly lines: number }>> = {
  "asks in other words": { end: "uid", lines: 1 },
  "does not ask at all the second time": { end: "uid", lines: 0 },
  "asks for something else": { end: "hello-timeout", lines: 0 },
  "asks again and again": { end: "sudo-password-wrong", lines: 1 },
  "lets in and dies": { end: "sudo-refused", lines: 1 },
};

for (const transport of transports) {
  Deno.test(`${transport}: a sudo that behaves otherwise gets the password once at most, and only when it asks with our words`, async () => {
    await using bin = await tempDir();
    await Deno.chmod(bin.path, 0o777);
    await using it = await machine({ config: [`SetEnv PATH=${bin.path}:/usr/bin:/bin`] });
    for (const [what, body] of Object.entries(sudos)) {
      const read = bin.join("read");
      await Deno.writeTextFile(read, "");
      await Deno.chmod(read, 0o666);
      const program = `#!/bin/sh
PROMPT=; p=; for w; do [ "$p" = -p ] && PROMPT=$w; p=$w; done
take() { IFS= read -r GOT || GOT=; [ -z "$GOT" ] || printf '%s\\n' "$GOT" >>${read}; }
rest() { while [ "$1" != sh ]; do shift; done; exec "$@"; }
${body}
`;
      await Deno.writeTextFile(bin.join("sudo"), program, { mode: 0o755 });
      await using executor = await it.executor(transport, { ...given("first"), helloTimeout: 4000 });
      const { end, lines } = ends[what as keyof typeof sudos];
      assert.deepEqual([what, (await rootOf(executor)).replace(/^uid .*/, "uid")], [what, end]);
      const got = (await Deno.readTextFile(read)).split("\n").filter((line) => line !== "");
      assert.deepEqual([what, ...got], [what, ...Array(lines).fill("first")]);
      assert.equal((await executor.run(":", { level: "user" })).reason, "done");
    }
  });
}

Deno.test("openssh: root's part is done and undone with a password full of quotes", async () => {
  await using _lock = await systemLock();
  const password = `p4ss; 'w"o\\rd $(touch escaped)`;
  await using rig = await attackRig("openssh", {
    sshd: { sudo: "ALL=(ALL) ALL", password },
    password: () => password,
  });
  const place = `/srv/charly-attack-${rig.sshd!.user}`;
  const written = {
    candies: {
      it: {
        plan: [
          { write: place, content: "root\n", mode: "0600" as const, runAs: "root" },
          { command: `id -un >>${place}`, runAs: "root", touches: [place] },
        ],
      },
    },
  };
  await rig.applied(written, { install: { allowRootTasks: true } });
  assert.equal(await Deno.readTextFile(place), "root\nroot\n");
  assert.deepEqual((await rig.del()).left, []);
  await assert.rejects(Deno.stat(place), Deno.errors.NotFound);
  assert.equal(rig.events.filter(({ kind }) => kind === "password").length, 2);
  assert.deepEqual(await escaped(rig), []);
});
