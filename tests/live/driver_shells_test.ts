/** The driver's programs with dash, bash and BusyBox as `sh`: the same everywhere. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { localRig, timeless } from "../shared/local_rig.ts";
import {
  alive,
  begin,
  eventually,
  numbersIn,
  say,
  type ShellName,
  shellPath,
  type ShellRig,
  shellRig,
  shells,
} from "../shared/driver_shells.ts";

for (const shell of shells) {
  const test = (does: string, body: (rig: ShellRig) => Promise<void>) =>
    Deno.test(`the driver in ${shell} ${does}`, async () => {
      await using place = await shellPath(shell);
      await using rig = await shellRig(place.path);
      await body(rig);
    });

  test("says hello with what the machine is", async ({ home, open }) => {
    const hello = await open().executor.probe("user");
    const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(hello)?.[1];
    assert.equal(value("home"), home);
    assert.equal(value("uid"), String(Deno.uid()));
    assert.equal(value("boot"), (await Deno.readTextFile("/proc/sys/kernel/random/boot_id")).trim());
    assert.equal(value("tools")!.split(" ").includes("bash"), shell !== ("busybox" satisfies ShellName));
    assert.match(hello, /\nos-release:\n(.*\n)*ID=/);
  });

  test("looks at files, directories, links and what is absent", async ({ home, open }) => {
    await Deno.writeTextFile(`${home}/f`, "hello\n", { mode: 0o640 });
    await Deno.mkdir(`${home}/a dir`, { mode: 0o700 });
    await Deno.symlink("no where", `${home}/l`);
    const { lines } = await say(
      open().executor,
      `looks 1 '${home}/f' - 2 '${home}/a dir' - 3 '${home}/l' - 4 '${home}/none' -\nlooked 1 2 3 4`,
    );
    const own = `${Deno.uid()}:${Deno.gid()}`;
    const sum = createHash("sha256").update("hello\n").digest("hex");
    assert.deepEqual(lines[0]!.split("\n").map((line) => line.replace(/ \d+ -$/, " -")), [
      `V 0 looks: 1 file 0640 ${own} 1 6 ${sum}`,
      `2 dir 0700 ${own} 2 -`,
      `3 link 0777 ${own} 1 -`,
      "4 absent - - 0 -",
      "",
    ]);
  });

  Deno.test(`the driver in ${shell} applies, applies again and takes back to the same tree`, async () => {
    await using place = await shellPath(shell);
    await using rig = await localRig({ "old": "as it was\n", ".bashrc": "alias a=b\n" }, { PATH: place.path });
    await Deno.chmod(`${rig.home}/old`, 0o600);
    const before = await rig.tree();
    const written = {
      candies: {
        motd: {
          env: { EDITOR: "vi" },
          plan: [
            { write: '~/it\'s/"deep"/greeting', content: "hello\n" },
            { write: "~/old", content: "changed\n" },
            { mkdir: "~/a/b/c" },
            { link: "~/a/l", target: "~/old" },
          ],
        },
      },
    };
    const first = await rig.add(written as never);
    assert.equal(first.ok, true, first.hosts[0]?.error?.message);
    assert.equal(await rig.read('it\'s/"deep"/greeting'), "hello\n");
    assert.equal(await Deno.readLink(`${rig.home}/a/l`), `${rig.home}/old`);
    const applied = await rig.tree();
    assert.equal((await rig.add(written as never)).ok, true);
    assert.deepEqual(await rig.tree(), applied);
    assert.equal((await rig.del()).ok, true);
    assert.deepEqual(timeless(await rig.tree()), timeless(before));
  });

  test("carries 10 MiB of binary output on both streams, as fast as they are taken", async ({ home, open }) => {
    const { executor } = open();
    await begin(executor);
    const body = `dd if=/dev/urandom of=${home}/random bs=65536 count=160 2>/dev/null; ` +
      `sha256sum <${home}/random >${home}/sum; cat ${home}/random; echo late >&2; echo last; echo done >${home}/done`;
    let size = 0, held = false;
    const hash = createHash("sha256"), tail: Uint8Array[] = [];
    const { end, lines } = await say(
      executor,
      `listen\nBODY='${body}' UNLESS= TOUCH=\ncommand_act 1 kill 60 sh always ''\ndeaf`,
      {
        async onFrame(frame) {
          if (frame.type !== "O") return;
          if (!held) {
            // nobody takes anything for a while: then the command has to wait, too
            held = true;
            await new Promise((resolve) => setTimeout(resolve, 1500));
            await assert.rejects(Deno.stat(`${home}/done`), Deno.errors.NotFound);
          }
          const rest = Math.max(0, 160 * 65536 - size);
          hash.update(frame.payload.subarray(0, rest));
          tail.push(frame.payload.subarray(rest));
          size += frame.payload.length;
        },
      },
    );
    assert.equal(end.reason, "done");
    assert.deepEqual(lines.at(-1), "E 1 0 ok 0: ");
    assert.equal(size, 160 * 65536 + "late\nlast\n".length);
    assert.equal(`${hash.digest("hex")}  -\n`, await Deno.readTextFile(`${home}/sum`));
    assert.equal(await new Blob(tail as BlobPart[]).text(), "late\nlast\n");
  });

  for (
    const [code, body] of [[0, "true"], [1, "false"], [7, "exit 7"], [127, "no_such_program"], [
      255,
      "exit 255",
    ]] as const
  ) {
    test(`ends an act with the exit code ${code} of its body`, async ({ open }) => {
      const { executor } = open();
      await begin(executor);
      const { lines, end } = await act(executor, body);
      assert.deepEqual([lines.at(-1), end.reason], [
        `E 1 ${code} ${code === 0 ? "ok" : "fail"} 0: `,
        code === 0 ? "done" : "failed",
      ]);
    });
  }

  test("goes on after a body that is no shell text", async ({ open }) => {
    const { executor } = open();
    await begin(executor);
    const { lines } = await act(executor, 'echo "never ends; if');
    assert.match(lines.at(-1)!, /^E 1 2 fail 0: $/);
    assert.equal((await act(executor, "echo fine", { n: 2 })).output, "fine\n");
  });

  test("gives a step no stdin, and neither channel, journal nor lock", async ({ open }) => {
    const { executor } = open();
    await begin(executor);
    const own = await say(executor, 'for _f in 3 5 6 7; do fr V 0 "$(readlink /proc/$$/fd/$_f)"; done');
    // without flock the lock is a directory
    const held = own.lines.map((line) => line.slice("V 0 : ".length)).filter((file) => file !== "");
    const { output } = await act(
      executor,
      "cat; read -r x || echo empty; for f in /proc/$$/fd/*; do readlink $f; done",
    );
    const [empty, ...files] = output.trim().split("\n");
    assert.equal(empty, "empty");
    assert.equal(held.length, shell === "busybox" ? 3 : 4);
    assert.deepEqual(held.filter((file) => files.includes(file)), []);
  });

  test("clears the environment of a step, and lets it see no secret of the channel", async ({ open, home }) => {
    const { executor } = open();
    await begin(executor);
    const { output } = await act(executor, "env | sort; set");
    for (const line of [`HOME=${home}`, "LANG=C.UTF-8", "CHARLY_STEP=1"]) assert.ok(output.includes(`${line}\n`), line);
    assert.doesNotMatch(output, /\b[0-9a-f]{32}\b/);
  });

  test("is not held by a child that keeps the output open, and lets the lock and the channel go", async ({ open, home }) => {
    const { executor } = open();
    await begin(executor);
    const began = Date.now();
    const { lines, output } = await act(executor, `sleep 300 & echo $! >${home}/pid; echo done`);
    const [pid] = await numbersIn(`${home}/pid`, 1);
    try {
      assert.ok(Date.now() - began < 5000, "held");
      assert.equal(output.trim(), "done");
      assert.deepEqual(lines.slice(1), [`W 1: processes of the step are still running: ${pid}`, "E 1 0 ok 0: "]);
      await executor.close();
      assert.ok(alive(pid!), "the child is left alone");
      const other = open().executor;
      const { lines: locked } = await say(other, "RUN=r00000002-00000000\nhold 0 other");
      assert.match(locked.join("\n"), /^L 0 taken \d+: $/);
    } finally {
      Deno.kill(pid!, "SIGKILL");
    }
  });

  test("ends a whole process session when the time is over", async ({ open, home }) => {
    const { executor } = open();
    await begin(executor);
    const body = `echo $$ >>${home}/pids; sh -c 'trap : TERM; echo $$ >>${home}/pids; while :; do sleep 1; done' & ` +
      `(set -m; sleep 301 & echo $! >>${home}/pids; wait) & wait`;
    const { lines, end } = await act(executor, body, { seconds: 2 });
    assert.match(lines.at(-1)!, /^E 1 \d+ timeout 0: $/);
    assert.equal(end.reason, "failed");
    for (const pid of await numbersIn(`${home}/pids`, 3)) assert.equal(alive(pid), false, `process ${pid} is alive`);
  });

  test("ends the running act at once on K, and a `finish` act not at all", async ({ open, home }) => {
    const { executor } = open();
    await begin(executor);
    for (const [policy, expected] of [["kill", "cut"], ["finish", "ok"]] as const) {
      const kill = new AbortController();
      const { lines, end } = await say(
        executor,
        `listen\n${acts(`echo up; sleep 2; touch ${home}/${policy}`, 1, 60, policy)}\n${acts("true", 2, 60)}\ndeaf`,
        { kill: kill.signal, onFrame: (frame) => void (frame.type === "O" && kill.abort()) },
      );
      assert.match(lines.at(-1)!, new RegExp(`^E 1 \\d+ ${expected} 0: $`));
      assert.equal(end.reason, "kill");
      assert.equal(await Deno.stat(`${home}/${policy}`).then(() => true, () => false), policy === "finish");
      await say(executor, ': >"$RT/stop"'); // as a new run would begin
    }
  });

  test("starts no further act on S", async ({ open, home }) => {
    const { executor } = open();
    await begin(executor);
    const stop = new AbortController();
    const two = (first: string) => `listen\n${acts(first, 1, 60)}\n${acts(`touch ${home}/second`, 2, 60)}\ndeaf`;
    const stopped = await say(executor, two(`echo up; while [ ! -e ${home}/go ]; do sleep 0.1; done`), {
      signal: stop.signal,
      onFrame: (frame) => {
        if (frame.type !== "O") return;
        stop.abort();
        // the stop is on its way before the act may end
        setTimeout(() => Deno.writeTextFileSync(`${home}/go`, ""), 500);
      },
    });
    assert.equal(stopped.end.reason, "stop");
    assert.deepEqual(stopped.lines, ["B 1: ", "E 1 0 ok 0: "]);
    await assert.rejects(Deno.stat(`${home}/second`), Deno.errors.NotFound);
  });

  test("ends a `kill` act with the channel, lets a `finish` act come to its end, and then gives the lock up", async ({ open, home }) => {
    for (const [policy, ends] of [["kill", false], ["finish", true]] as const) {
      const { executor, transport } = open();
      await begin(executor, policy === "kill" ? 1 : 2);
      const running = say(
        executor,
        `listen\n${acts(`echo $$ >${home}/${policy}; sleep 3; echo end >${home}/${policy}.end`, 1, 60, policy)}\ndeaf`,
      );
      const cut = assert.rejects(running, { code: "cut" });
      const [pid] = await numbersIn(`${home}/${policy}`, 1);
      await transport.close();
      await cut;
      const { lines } = await say(open().executor, `RUN=r00000009-00000000\nhold 20 other\nunlock`);
      assert.match(lines.at(-1)!, /^L 0 taken/);
      assert.equal(alive(pid!), false);
      assert.equal(await Deno.stat(`${home}/${policy}.end`).then(() => true, () => false), ends, policy);
    }
  });

  test("is outlived by its warden: killed, its act ends and the lock is free", async ({ open, home }) => {
    const { executor } = open();
    await begin(executor);
    const driver = Number(/^pid=(\d+)$/m.exec(await executor.probe("user"))?.[1]);
    const running = say(executor, `listen\n${acts(`echo $$ >${home}/pid; sleep 300`, 1, 600)}\ndeaf`);
    const cut = assert.rejects(running, { code: "cut" });
    const [pid] = await numbersIn(`${home}/pid`, 1);
    Deno.kill(driver, "SIGKILL");
    await eventually("the act has ended", () => !alive(pid!));
    const { lines } = await say(open().executor, "RUN=r00000002-00000000\nhold 15 other\nunlock");
    assert.match(lines.at(-1)!, /^L 0 taken/);
    await executor.close();
    await cut;
  });

  test("ends by itself when nothing is heard of the operator", async ({ open, home }) => {
    // the first heartbeat would come after ten seconds
    const { executor } = open({ silence: 2 });
    await begin(executor);
    const { lines, end } = await say(
      executor,
      `listen\n${acts(`echo $$ >${home}/pid; sleep 300`, 1, 600)}\n${acts("true", 2, 9)}\ndeaf`,
    );
    assert.match(lines.at(-1)!, /^E 1 \d+ cut 0: $/);
    assert.equal(end.reason, "silence");
    const [pid] = await numbersIn(`${home}/pid`, 1);
    assert.equal(alive(pid!), false);
  });

  test("tells a second driver who holds the lock, and lets it have it afterwards", async ({ open }) => {
    const first = open().executor, second = open().executor;
    await begin(first);
    const refused = await say(second, "RUN=r00000002-00000000\nhold 1 other");
    assert.match(refused.lines[0]!, /^L 0 busy: tester r00000001-00000000 \d+ \d+/);
    assert.match(refused.lines.at(-1)!, /^L 0 held: tester r00000001-00000000 \d+ \d+/);
    const waiting = say(second, "RUN=r00000002-00000000\nhold 20 other");
    await first.close();
    assert.match((await waiting).lines.at(-1)!, /^L 0 taken/);
  });
}

/** One opaque act as the engine renders it. */
function acts(body: string, n: number, seconds: number, policy = "kill"): string {
  return `BODY='${body.replaceAll("'", "'\\''")}' UNLESS= TOUCH=\ncommand_act ${n} ${policy} ${seconds} sh always ''`;
}

function act(executor: Parameters<typeof say>[0], body: string, { n = 1, seconds = 60 } = {}) {
  return say(executor, `listen\n${acts(body, n, seconds)}\ndeaf`);
}
