/** Large files on a bad day: connections cut in the middle, shells killed, disks full, planted names, few sessions. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect } from "../../lib/execute/connect.ts";
import { driverExecutor } from "../../lib/execute/driver_executor.ts";
import type { ByteSource, DeployExecutor, PutResult } from "../../lib/execute/executor.ts";
import { partSize } from "../../lib/execute/parts.ts";
import { shellPath, shellRig, shells } from "../shared/driver_shells.ts";
import { sample } from "../shared/sample.ts";
import { run, type Sshd, startSshd } from "../shared/sshd.ts";

const transports = ["ssh2", "openssh"] as const;
const mib = 1024 * 1024;
const size = sample(40, 1024) * mib + 4321;
const seed = crypto.getRandomValues(new Uint8Array(65_536));

/** Fills `into` with the bytes of the file from `at` on: no two 64 KiB of it are the same. */
function fill(into: Uint8Array, at: number): void {
  const stamp = new DataView(new ArrayBuffer(8));
  for (let done = 0; done < into.length;) {
    const place = (at + done) % seed.length;
    const piece = seed.subarray(place, place + into.length - done);
    into.set(piece, done);
    // a whole stamp or none: whoever reads sees blocks of 64 KiB from their beginning
    if (place === 0 && piece.length >= 8) {
      stamp.setFloat64(0, at + done);
      into.set(new Uint8Array(stamp.buffer), done);
    }
    done += piece.length;
  }
}

const sha256 = (() => {
  const hash = createHash("sha256"), block = new Uint8Array(65_536);
  for (let at = 0; at < size; at += block.length) {
    fill(block, at);
    hash.update(block.subarray(0, size - at));
  }
  return hash.digest("hex");
})();

/** The file; `reached` is told, and waited for, whenever bytes from `at` on are about to be read. */
function source(reached: (at: number) => unknown = () => {}): ByteSource {
  return {
    size,
    async *open() {
      for (let at = 0; at < size; at += 65_536) {
        await reached(at);
        const block = new Uint8Array(Math.min(65_536, size - at));
        fill(block, at);
        yield block;
      }
    },
    seek: () =>
      Promise.resolve({
        async read(into: Uint8Array, at: number) {
          await reached(at);
          const filled = into.subarray(0, Math.max(0, size - at));
          fill(filled, at);
          return filled.length;
        },
        [Symbol.dispose]() {},
      }),
  };
}

async function open(server: Sshd, transport: "ssh2" | "openssh"): Promise<DeployExecutor> {
  return driverExecutor(
    await connect({ target: "ssh", transport }, server.target, { sshConfig: server.configFile, env: server.env }),
  );
}

const put = (executor: DeployExecutor, path: string, from = source()): Promise<PutResult> =>
  executor.put(path, from, { level: "user", mode: "0640", sha256 });

async function assertWhole(path: string): Promise<void> {
  assert.equal((await run("sha256sum", [path])).slice(0, 64), sha256);
  assert.equal((await Deno.stat(path)).mode! & 0o7777, 0o640);
  const directory = path.slice(0, path.lastIndexOf("/"));
  assert.deepEqual(
    [...Deno.readDirSync(directory)].map(({ name }) => name).filter((it) => it.startsWith(".charly")),
    [],
  );
}

const left = (directory: string) => `${directory}/.charly-put-${sha256.slice(0, 24)}`;

/** Resolves when the target has noted so many parts as whole. */
async function noted(directory: string, count: number): Promise<void> {
  const notes = async () => (await Deno.readTextFile(`${left(directory)}.p`).catch(() => "")).split("\n").length - 1;
  using watcher = Deno.watchFs(directory);
  if (await notes() >= count) return;
  for await (const _event of watcher) if (await notes() >= count) return;
}

/** Kills every shell of the user, and what it runs. */
async function killShells({ user }: Sshd): Promise<void> {
  const processes = (await run("ps", ["-U", user, "-o", "pid=,comm="])).trim().split("\n");
  for (const [pid, name] of processes.map((line) => line.trim().split(/\s+/))) {
    if (name === "sshd" || pid === undefined) continue;
    try {
      Deno.kill(Number(pid), "SIGKILL");
    } catch { /* it ended while we looked */ }
  }
}

for (const transport of transports) {
  Deno.test(`put() over ${transport} goes on from what is there when the connection is cut in the middle`, async () => {
    await using server = await startSshd();
    const path = `${server.home}/large`;
    await Deno.writeTextFile(path, "as it was");
    let cut: Promise<void> | undefined;
    {
      await using executor = await open(server, transport);
      const from = source((at) => {
        if (at < 6 * partSize) return;
        return cut ??= noted(server.home, 2).then(() => server.cut());
      });
      await assert.rejects(put(executor, path, from), { code: "cut" });
    }
    assert.equal(await Deno.readTextFile(path), "as it was"); // never a half of it
    assert.equal((await Deno.stat(left(server.home))).mode! & 0o777, 0o600);
    await using executor = await open(server, transport);
    const { resumed } = await put(executor, path);
    assert.ok(resumed >= 2 * partSize && resumed < size, `${resumed} of ${size} bytes were there`);
    await assertWhole(path);
  });

  Deno.test(`put() over ${transport} goes on when every shell of the target is killed in the middle, again and again`, async () => {
    await using server = await startSshd();
    const path = `${server.home}/large`;
    for (let round = 1; round <= sample(2, 8); round++) {
      await using executor = await open(server, transport);
      let killed: Promise<unknown> | undefined;
      const from = source((at) => {
        if (at < Math.min(round + 2, 8) * partSize) return;
        return killed ??= noted(server.home, round).then(() => killShells(server));
      });
      await assert.rejects(put(executor, path, from), { code: "cut" });
      await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    }
    await using executor = await open(server, transport);
    const { resumed } = await put(executor, path);
    assert.ok(resumed >= partSize, `${resumed} bytes were there`);
    await assertWhole(path);
  });

  Deno.test(`put() over ${transport} makes do with the sessions the server allows`, async () => {
    for (const sessions of [1, 3]) {
      await using server = await startSshd({ config: [`MaxSessions ${sessions}`] });
      await using executor = await open(server, transport);
      await put(executor, `${server.home}/large`);
      await assertWhole(`${server.home}/large`);
      await executor.run(":", { level: "user" }); // a driver that acts is to be had still
    }
  });
}

for (const shell of shells) {
  Deno.test(`put() in ${shell} and its tools goes on from what an earlier one left`, async () => {
    await using path = await shellPath(shell);
    await using rig = await shellRig(path.path);
    const { executor } = rig.open();
    const place = `${rig.home}/large`;
    // without a way to begin anywhere: read in order, what is there passed over
    await assert.rejects(put(executor, place, { size, open: () => firstParts(6) }), { code: "blob-size" });
    const { resumed } = await put(executor, place, { size, open: source().open });
    assert.ok(resumed >= partSize, `${resumed} bytes were there`);
    await assertWhole(place);
    await executor.close();
  });
}

/** The beginning of the file, as of one that shrank. */
async function* firstParts(count: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source().open()) {
    if ((bytes += chunk.length) > count * partSize) return;
    yield chunk;
  }
}

Deno.test("put() takes bounded memory, however large the file is", async () => {
  await using server = await startSshd();
  await using executor = await open(server, "ssh2");
  await executor.probe("user");
  const before = Deno.memoryUsage().rss;
  let most = before;
  await put(executor, `${server.home}/large`, source(() => void (most = Math.max(most, Deno.memoryUsage().rss))));
  assert.ok(most - before < 128 * mib, `${Math.round((most - before) / mib)} MiB more`);
  await assertWhole(`${server.home}/large`);
});

Deno.test("put() says that the disk is full, leaves what was there, and goes on when there is room", async () => {
  await using server = await startSshd();
  const disk = `${server.home}/disk`;
  await Deno.mkdir(disk);
  await run("mount", ["-t", "tmpfs", "-o", `size=${17 * mib}`, "tmpfs", disk]);
  try {
    await run("chown", [server.user, disk]);
    await Deno.writeTextFile(`${disk}/large`, "as it was");
    for (const transport of transports) {
      await using executor = await open(server, transport);
      await assert.rejects(put(executor, `${disk}/large`), {
        code: "put-failed",
        message: `put ${disk}/large: cannot write in ${disk} (disk full?)`,
      });
      assert.equal(await Deno.readTextFile(`${disk}/large`), "as it was");
      await executor.run(":", { level: "user" });
    }
    await run("mount", ["-o", `remount,size=${2 * size}`, disk]);
    await using executor = await open(server, "ssh2");
    const { resumed } = await put(executor, `${disk}/large`);
    assert.ok(resumed >= partSize, `${resumed} bytes were there`);
    await assertWhole(`${disk}/large`);
  } finally {
    await run("umount", [disk]);
  }
});

Deno.test("put() writes through no link and into no file that somebody planted under its temporary names", async () => {
  await using server = await startSshd();
  const shared = `${server.dir}/shared`, victim = `${server.dir}/victim`;
  await Deno.mkdir(shared);
  await Deno.chmod(shared, 0o1777);
  await Deno.writeTextFile(victim, "mine");
  await Deno.chmod(victim, 0o666);
  await using executor = await open(server, "ssh2");
  for (const name of [left(shared), `${left(shared)}.p`]) {
    await Deno.symlink(victim, name);
    await run("chown", ["-h", server.user, name]);
    await put(executor, `${shared}/large`);
    assert.equal(await Deno.readTextFile(victim), "mine");
    await assertWhole(`${shared}/large`);
    // in a sticky directory what is another user's cannot be removed: that is said, nothing is written into it
    await Deno.writeTextFile(name, "planted");
    await Deno.chmod(name, 0o666);
    await assert.rejects(put(executor, `${shared}/large`), {
      code: "put-failed",
      message: `put ${shared}/large: something of another user has the name ${name}`,
    });
    assert.equal(await Deno.readTextFile(name), "planted");
    await Deno.remove(name);
    await run("sh", ["-c", `rm -f ${left(shared)}*`]);
  }
});

Deno.test("put() of the same bytes to one place twice at once leaves them whole", async () => {
  await using server = await startSshd();
  await using one = await open(server, "ssh2");
  await using other = await open(server, "openssh");
  const path = `${server.home}/large`;
  const ends = await Promise.allSettled([put(one, path), put(other, path)]);
  // one may find that the other has taken the file away; it says so, and nothing is lost
  assert.ok(ends.some(({ status }) => status === "fulfilled"));
  await put(one, path);
  await assertWhole(path);
});
