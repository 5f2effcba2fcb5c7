/**
 * Case 16: a tool of the target is killed right behind a system call that changes something, or is told of a quota, an interruption
 * or a broken disk. What stands at a path is the old thing or the new one, the next run comes to the end, the undo gives back all.
 */
import assert from "node:assert/strict";
import { withDeadline } from "../shared/deadline.ts";
import { faultyTools, type ToolFault } from "../shared/faulty_tools.ts";
import { localRig } from "../shared/local_rig.ts";
import { places } from "../shared/sample.ts";
import { diffTrees } from "../shared/tree.ts";

const tools = ["mv", "cat", "ln", "cp", "rm", "mkdir", "chmod", "rmdir", "sha256sum", "stat", "awk", "dd", "sync"];
const hows = [
  { how: "kill", call: 1 },
  { how: "EDQUOT", call: 1 },
  { how: "kill", call: 2 },
  { how: "EIO", call: 1 },
  { how: "EINTR", call: 1 },
  { how: "EIO", call: 2 },
] as const;
const faults = [0, 1, 2, 4].flatMap((run) =>
  hows.flatMap((it) => tools.map((tool): ToolFault => ({ tool, run, ...it })))
);

/** Content at first and as wanted. */
const contents = {
  "conf": ["old\n", "new\n"],
  "linked": ["old\n", "new\n"],
  ".bashrc": ["# mine\n", undefined],
  "app/a": [undefined, "a\n"],
  "app/b": [undefined, "b\n"],
  "app/made": [undefined, "made\n"],
} as const;

const written = {
  candies: {
    app: {
      env: { A: "1" },
      plan: [
        { write: "~/conf", content: "new\n" },
        { write: "~/linked", content: "new\n" },
        { mkdir: "~/app/d", mode: "0750" },
        { write: "~/app/a", content: "a\n", mode: "0600" },
        { write: "~/app/b", content: "b\n", mode: "0755" },
        { link: "~/cur", target: "app" },
        { command: "echo made >~/app/made", touches: ["~/app/made"] },
      ],
    },
  },
} as const;

Deno.test("a tool that dies or fails at one of its system calls leaves the old or the new, and nothing in between", async (t) => {
  await using bad = await faultyTools();
  let reached = 0;
  const chosen = places(faults.length, 12).map((n) => faults[n - 1]!);
  for (const fault of chosen) {
    const { tool, run, how, call } = fault;
    await t.step(`${tool}, run ${run}: ${how} at call ${call}`, () =>
      withDeadline("the attack", 120, async () => {
        await using rig = await localRig({ "conf": "old\n", "linked": "old\n", ".bashrc": "# mine\n" }, {
          CHARLY_PATH_PREFIX: bad.bin,
        });
        await Deno.link(`${rig.home}/linked`, `${rig.home}/other name`);
        const before = await rig.tree();
        await bad.arm(fault);
        const [first] = (await rig.add(written)).hosts;
        if (await bad.reached()) reached++;
        for (const [path, [old, wanted]] of Object.entries(contents)) {
          const found = await rig.read(path).catch(() => undefined);
          // a file with other names is written in place, and says so: it may be cut
          if (path === "linked" && first?.result === "failed") continue;
          if (path === ".bashrc") assert.match(found ?? "", /^# mine\n/);
          else assert.ok(found === old || found === wanted, `${path}: ${JSON.stringify(found)}`);
          if (first?.result === "changed" && wanted !== undefined) assert.equal(found, wanted, path);
        }
        if (first?.result === "failed") assert.notEqual(first.error?.message ?? "", "");
        await bad.disarm();
        const [second] = (await rig.add(written)).hosts;
        assert.ok(second?.result === "changed" || second?.result === "unchanged", JSON.stringify(second));
        for (const [path, [, wanted]] of Object.entries(contents)) {
          if (wanted !== undefined) assert.equal(await rig.read(path), wanted, path);
        }
        assert.equal((await rig.add(written)).hosts[0]?.result, "unchanged");
        // and the same on the way back
        await bad.arm(fault);
        await rig.del();
        await bad.disarm();
        const [gone] = (await rig.del()).hosts;
        assert.ok(gone?.result === "changed" || gone?.result === "unchanged", JSON.stringify(gone));
        assert.deepEqual(diffTrees(before, await rig.tree()), []);
      }));
  }
  assert.ok(reached > chosen.length / 3, `only ${reached} of ${chosen.length} came to pass`);
});
