/** The driver where something is missing, full, read-only, or left behind by a run that is gone. */
import assert from "node:assert/strict";
import { localRig, timeless } from "../shared/local_rig.ts";
import { run } from "../shared/run.ts";
import { begin, say, shellPath, shellRig, shells } from "../shared/driver_shells.ts";
import { tempDir } from "../shared/tmp.ts";

/** A PATH of links to every program of this machine but some. */
async function pathWithout(...missing: readonly string[]) {
  const dir = await tempDir();
  for (const from of ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]) {
    for await (const { name } of Deno.readDir(from)) {
      if (missing.includes(name)) continue;
      await Deno.symlink(`${from}/${name}`, dir.join(name)).catch((error) => {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      });
    }
  }
  return { path: dir.path, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

/** A small filesystem on a directory. */
async function mounted(at: string, options: string): Promise<AsyncDisposable> {
  await run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", at]);
  return { [Symbol.asyncDispose]: async () => void await run(["umount", "-l", at]) };
}

Deno.test("a driver names the tools that are missing, before anything is begun", async () => {
  await using place = await pathWithout("mkfifo", "setsid", "setpriv");
  // the transport itself needs setsid, so the shell's own PATH is what lacks it
  await using rig = await shellRig(place.path);
  await using all = await shellRig("/usr/sbin:/usr/bin:/sbin:/bin");
  const bin = await tempDir({ sh: `#!/bin/sh\nPATH=${place.path} exec /bin/sh "$@"\n` });
  await Deno.chmod(bin.join("sh"), 0o755);
  await using started = await shellRig(`${bin.path}:${all.path}`);
  await assert.rejects(started.open().executor.probe("user"), {
    code: "tools-missing",
    message: "start the driver: the target has no mkfifo setsid",
  });
  assert.deepEqual([...Deno.readDirSync(started.home)], []);
  await bin[Symbol.asyncDispose]();
  assert.notEqual(rig.home, started.home);
});

for (const shell of shells) {
  for (const flock of shell === "busybox" ? [false] : [true, false]) {
    Deno.test(`the lock of a dead owner is free, and of a living one is not, in ${shell} with${flock ? "" : "out"} flock`, async () => {
      await using all = await shellPath(shell);
      await using less = await pathWithout("flock");
      const sh = await tempDir();
      if (shell !== "busybox") await Deno.symlink(`/bin/${shell}`, sh.join("sh"));
      await using rig = await shellRig(flock || shell === "busybox" ? all.path : `${sh.path}:${less.path}`);
      const first = rig.open().executor, second = rig.open().executor;
      await begin(first);
      const hold = "RUN=r00000002-00000000\nhold 0 other";
      assert.match((await say(second, hold)).lines.at(-1)!, /^L 0 held: tester/);
      const pids = await driverAndWarden(Number(/^pid=(\d+)$/m.exec(await first.probe("user"))?.[1]));
      for (const pid of pids) Deno.kill(pid, "SIGKILL");
      const { lines } = await say(second, "RUN=r00000002-00000000\nhold 10 other");
      assert.match(lines.at(-1)!, /^L 0 taken/);
      await sh[Symbol.asyncDispose]();
    });
  }

  Deno.test(`in ${shell} a full disk stops the run before it acts; with room again it goes on to the same end`, async () => {
    await using place = await shellPath(shell);
    await using rig = await localRig({}, { PATH: place.path });
    await using _disk = await mounted(rig.home, "size=2m,mode=755");
    await rig.write({ ".bashrc": "alias a=b\n", "old": "as it was\n" });
    const before = await rig.tree();
    const written = {
      candies: {
        motd: {
          plan: [
            { write: "~/small", content: "hello\n" },
            { write: "~/old", content: "changed\n" },
            { command: "echo ran >>~/ran", shell: "sh" },
            { write: "~/large", content: "x".repeat(300_000) },
          ],
        },
      },
    } as never;
    for (const free of [0, 4, 60, 200, 400]) {
      await fill(rig.home, free);
      const { ok, hosts: [host] } = await rig.add(written);
      assert.equal(ok, false, `${free} KiB were enough`);
      assert.notEqual(host?.error?.hint, undefined);
      // each file is as it was, or as it shall be: nothing in between
      const whole: Record<string, (string | undefined)[]> = {
        small: [undefined, "hello\n"],
        old: ["as it was\n", "changed\n"],
        large: [undefined],
      };
      for (const [path, texts] of Object.entries(whole)) {
        const text = await Deno.readTextFile(`${rig.home}/${path}`).catch(() => undefined);
        assert.ok(texts.includes(text), `${path} is ${JSON.stringify(text?.slice(0, 40))}`);
      }
      await Deno.remove(`${rig.home}/filler`);
    }
    const { ok, hosts: [host] } = await rig.add(written);
    assert.equal(ok, true, host?.error?.message);
    assert.equal((await rig.read("large")).length, 300_000);
    assert.equal((await rig.del()).ok, true);
    await Deno.remove(`${rig.home}/ran`);
    assert.deepEqual(timeless(await rig.tree()), timeless(before));
  });

  Deno.test(`in ${shell} a read-only home is said, and nothing is tried`, async () => {
    await using place = await shellPath(shell);
    await using rig = await localRig({}, { PATH: place.path });
    await using _disk = await mounted(rig.home, "size=1m,mode=755");
    await run(["mount", "-o", "remount,ro", rig.home]);
    const { ok, hosts: [host] } = await rig.add({ candies: { motd: { env: { A: "1" } } } });
    assert.deepEqual([ok, host?.error?.code], [false, "store"]);
    assert.match(host?.error?.message ?? "", /cannot write the store at .*\/engine/);
    assert.deepEqual([...Deno.readDirSync(rig.home)], []);
  });

  Deno.test(`in ${shell} a home that turns read-only under a store is said`, async () => {
    await using place = await shellPath(shell);
    await using rig = await localRig({}, { PATH: place.path });
    await using _disk = await mounted(rig.home, "size=1m,mode=755");
    assert.equal((await rig.add({ candies: { motd: { env: { A: "1" } } } })).ok, true);
    await run(["mount", "-o", "remount,ro", rig.home]);
    const { ok, hosts: [host] } = await rig.add({ candies: { motd: { env: { A: "2" } } } });
    assert.deepEqual([ok, host?.error?.code], [false, "store"]);
    await run(["mount", "-o", "remount,rw", rig.home]);
    assert.equal((await rig.add({ candies: { motd: { env: { A: "2" } } } })).ok, true);
  });
}

Deno.test("a journal of a newer charly is refused by name, and stays as it is", async () => {
  await using rig = await localRig();
  await rig.add({ candies: { motd: { env: { A: "1" } } } });
  const dir = `${rig.store}/runs/r00000099-00000000`;
  const journal = "1\tR\t99\tcharly-2030\tr00000099-00000000\tx\tb\t1\tu\to\t.\n";
  await Deno.mkdir(dir);
  await Deno.writeTextFile(`${dir}/journal`, journal);
  const { ok, hosts: [host] } = await rig.add({ candies: { motd: { env: { A: "2" } } } });
  assert.equal(ok, false);
  assert.match(host?.error?.message ?? "", /r00000099-00000000/);
  assert.equal(await Deno.readTextFile(`${dir}/journal`), journal);
});

/** A driver's shell and what it has started. */
async function driverAndWarden(driver: number): Promise<number[]> {
  const children = await run(["ps", "-o", "pid=", "--ppid", String(driver)]);
  return [driver, ...children.split("\n").map(Number).filter((pid) => pid > 0)];
}

/** Leaves about so many KiB free. */
async function fill(at: string, free: number): Promise<void> {
  const left = Number((await run(["df", "--output=avail", "-k", at])).split("\n")[1]);
  await Deno.writeFile(`${at}/filler`, new Uint8Array(Math.max(0, left - free) * 1024));
}
