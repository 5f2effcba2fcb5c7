/** An undo that could not take everything back says what is left, keeps it on record in both stores, and goes on from there. */
import assert from "node:assert/strict";
import { localRig } from "../shared/local_rig.ts";
import { diffTrees } from "../shared/tree.ts";

Deno.test("delBundle() that fails in root's part, or keeps an edit there, finds that part again", async () => {
  await using rig = await localRig({ mine: "mine\n" });
  const root = `${rig.place}/of-root`, blocked = `${rig.place}/blocked`;
  await Deno.writeTextFile(root, "as it was\n");
  await Deno.writeTextFile(blocked, "");
  const before = await rig.tree();
  const written = {
    candies: {
      app: {
        plan: [
          { write: "~/mine", content: "ours\n" },
          { write: root, content: "ours\n", runAs: "root" },
          { command: "true", undo: `test ! -e ${blocked}`, id: "stuck", runAs: "root" },
        ],
      },
    },
  } as const;
  const added = await rig.add(written, "web", { install: { allowRootTasks: true } });
  assert.deepEqual([added.ok, added.hosts[0]?.error], [true, undefined]);
  await Deno.writeTextFile(root, "edited\n");

  const [first] = (await rig.del()).hosts;
  assert.equal(first?.error?.code, "undo-left");
  assert.deepEqual(first?.left?.length, 2, JSON.stringify(first?.left));
  assert.match(`${first?.left}`, /of-root.*edited/);
  // the user's part is gone, root's is not: it is found again without a configuration
  assert.equal(await rig.read("mine"), "mine\n");
  await Deno.remove(blocked);
  const [second] = (await rig.del()).hosts;
  assert.deepEqual([second?.error?.code, second?.left?.length], ["undo-left", 1]);
  const [third] = (await rig.del("web", { force: true })).hosts;
  assert.deepEqual([third?.error, await Deno.readTextFile(root)], [undefined, "as it was\n"]);
  await rig.api().cleanBundle(undefined, undefined, { kept: true });
  assert.deepEqual(diffTrees(before, await rig.tree()), []);
  // and an undo of nothing does nothing
  assert.equal((await rig.del()).hosts[0]?.result, "unchanged");
});
