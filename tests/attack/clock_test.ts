/**
 * Case 20: a target whose clock is hours off, or jumps between runs, keeps its deploys, its locks and its way back: nothing charly
 * decides is decided by the time of day.
 */
import assert from "node:assert/strict";
import { localRig } from "../shared/local_rig.ts";
import { needPackages } from "../shared/packages.ts";
import { tempDir } from "../shared/tmp.ts";
import { diffTrees } from "../shared/tree.ts";

await needPackages({ faketime: "/usr/bin/faketime" });

/** Where Debian keeps the library, whatever the machine. */
async function library(): Promise<string> {
  for await (const { name } of Deno.readDir("/usr/lib")) {
    const path = `/usr/lib/${name}/faketime/libfaketime.so.1`;
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  throw new Error("libfaketime is not where Debian puts it");
}

const written = (content: string) => ({
  candies: {
    app: {
      plan: [
        { write: "~/conf", content },
        { mkdir: "~/app" },
        { command: "echo made >~/app/made", touches: ["~/app/made"], id: "made" },
      ],
    },
  },
});

for (const [first, second, third] of [["-9h", "+9h", "+0"], ["+400d", "-400d", "+1h"]] as const) {
  Deno.test(`a deploy at ${first} is cut, goes on at ${second} and is taken back at ${third}`, async () => {
    // one tool says what time it is to the shell that calls it
    await using bin = await tempDir();
    await bin.write({ mkdir: `#!/bin/sh\ndate +%s >>${bin.join("times")}\nexec /usr/bin/mkdir "$@"\n` });
    await Deno.chmod(bin.join("mkdir"), 0o755);
    const env: Record<string, string> = {
      ...{ LD_PRELOAD: await library(), NO_FAKE_STAT: "1", FAKETIME: first },
      CHARLY_PATH_PREFIX: bin.path,
    };
    await using rig = await localRig({ conf: "mine\n" }, env);
    const before = await rig.tree();
    // the rig hands the same object to every run
    const at = (skew: string) => void (env["FAKETIME"] = skew);
    const cut = await rig.add(written("ours\n"), "web", {}, { fault: { at: 9, how: "kill", gate: rig.gate } });
    assert.equal(cut.ok, false);

    at(second);
    const [added] = (await rig.add(written("ours\n"))).hosts;
    assert.equal(added?.result, "changed", JSON.stringify(added));
    assert.equal(await rig.read("conf"), "ours\n");

    at(first);
    assert.equal((await rig.add(written("ours\n"))).hosts[0]?.result, "unchanged");
    assert.equal((await rig.add(written("newer\n"))).hosts[0]?.result, "changed");

    at(third);
    const [gone] = (await rig.del()).hosts;
    assert.equal(gone?.result, "changed", JSON.stringify(gone));
    assert.deepEqual(diffTrees(before, await rig.tree()), []);
    const times = (await Deno.readTextFile(bin.join("times"))).trim().split("\n").map(Number);
    for (const skew of [first, second]) {
      const wanted = Date.now() / 1000 + seconds(skew);
      assert.ok(times.some((time) => Math.abs(time - wanted) < 600), `${skew} was never the target's time`);
    }
  });
}

/** Seconds of `+400d`. */
function seconds(skew: string): number {
  return Number.parseInt(skew) * (skew.endsWith("d") ? 24 : 1) * 3600;
}
