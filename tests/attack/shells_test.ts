/** Case 6: odd login shells and poor machines, from a whole apply to a whole undo. Full and read-only disks: tests/live/driver_limits_test.ts. */
import assert from "node:assert/strict";
import { attackRig, escaped } from "../shared/attack_rig.ts";
import { busyBox } from "../shared/busybox.ts";
import { localRig, timeless, type Written } from "../shared/local_rig.ts";
import { needPackages } from "../shared/packages.ts";
import { run } from "../shared/run.ts";
import { tempDir } from "../shared/tmp.ts";
import { diffTrees } from "../shared/tree.ts";

const odd = `it's "odd" $(touch escaped) \`x\` !y *z`;
const written: Written = {
  candies: {
    probe: {
      env: { ODD: odd },
      plan: [
        { write: `~/${odd}`, content: odd },
        { link: "~/l", target: odd },
        { command: `printf %s "$ODD" >~/out`, shell: "sh", undo: "rm ~/out" },
      ],
    },
  },
};

await needPackages({ fish: "/usr/bin/fish", tcsh: "/usr/bin/tcsh", "busybox-static": "/bin/busybox" });

for (const venue of ["ssh2", "openssh"] as const) {
  Deno.test(`${venue}: every login shell comes to the same end and the same beginning`, async () => {
    await using box = await busyBox();
    for (const shell of ["/usr/bin/fish", "/usr/bin/tcsh", box.sh]) {
      await using rig = await attackRig(venue, { sshd: { shell } });
      const before = await rig.tree();
      await rig.applied(written);
      const read = async (path: string) => new TextDecoder().decode(await rig.read(path));
      assert.deepEqual([shell, await read(odd), await read("out")], [shell, odd, odd]);
      assert.equal((await rig.applied(written)).result, "unchanged");
      assert.deepEqual((await rig.del()).left, []);
      // fish makes directories of its own the first time somebody logs in
      const others = (line: string) => !/ \.(config|local|cache)(\/| )/.test(line);
      assert.deepEqual(diffTrees(timeless(before), timeless(await rig.tree())).filter(others), [], shell);
      assert.deepEqual(await escaped(rig), []);
    }
  });

  Deno.test(`${venue}: an account that may not run programs is told as one, and nothing is left`, async () => {
    for (const shell of ["/usr/sbin/nologin", "/bin/false"]) {
      await using rig = await attackRig(venue, { sshd: { shell } });
      const before = await rig.tree();
      const outcome = await rig.add(written);
      assert.deepEqual([shell, outcome.result, outcome.error?.code], [shell, "unreachable", "no-hello"]);
      assert.deepEqual(diffTrees(before, await rig.tree()), []);
    }
  });
}

Deno.test("a home and scratch places where nothing may be executed are no obstacle", async () => {
  await using rig = await localRig();
  await run(["mount", "-t", "tmpfs", "-o", "noexec,nosuid,nodev,size=4m,mode=755", "tmpfs", rig.home]);
  try {
    const before = await rig.tree();
    const outcome = await rig.add(written);
    assert.deepEqual([outcome.ok, outcome.hosts[0]?.error], [true, undefined]);
    assert.equal(await rig.read("out"), odd);
    assert.equal((await rig.del()).ok, true);
    assert.deepEqual(diffTrees(timeless(before), timeless(await rig.tree())), []);
  } finally {
    await run(["umount", "-l", rig.home]);
  }
});

/** This machine's programs but some. */
async function pathWithout(missing: readonly string[]) {
  const dir = await tempDir();
  for (const from of ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]) {
    for await (const { name } of Deno.readDir(from)) {
      if (missing.includes(name)) continue;
      await Deno.symlink(`${from}/${name}`, dir.join(name)).catch((error) => {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      });
    }
  }
  return dir;
}

Deno.test("what a poor machine lacks is not needed, or named before anything is begun", async () => {
  const spare = [
    "mktemp",
    "base64",
    "flock",
    "cksum",
    "getent",
    "getconf",
    "bash",
    "install",
    "sync",
    "tac",
    "xargs",
    "expr",
  ];
  await using poor = await pathWithout(spare);
  await using without = await localRig({}, { PATH: poor.path });
  const before = await without.tree();
  assert.equal((await without.add(written)).hosts[0]?.error, undefined);
  assert.equal((await without.del()).ok, true);
  assert.deepEqual(diffTrees(timeless(before), timeless(await without.tree())), []);
  for (const tool of ["sha256sum", "awk", "stat", "mkfifo"]) {
    await using poorer = await pathWithout([tool]);
    await using rig = await localRig({}, { PATH: poorer.path });
    const outcome = await rig.add(written);
    assert.equal(outcome.hosts[0]?.error?.code, "tools-missing");
    assert.match(outcome.hosts[0]?.error?.message ?? "", new RegExp(`has no ${tool}$`));
    assert.deepEqual([...(await rig.tree()).keys()], ["."]);
  }
});
