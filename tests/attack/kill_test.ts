/**
 * kill -9 at places of apply, upgrade, rollback and undo, over both ways of SSH, with root by sudo: the same command again comes to
 * the same end, and the undo gives the same tree. (Every place of a run in a home, without SSH: tests/live/ledger_interrupt_test.ts;
 * dpkg: kill_packages_test.ts.)
 */
import assert from "node:assert/strict";
import { killReference, type KillShare, killShare } from "../shared/kill_matrix.ts";
import { killRig } from "../shared/kill_rig.ts";
import { sample } from "../shared/sample.ts";

/** Points of a sample and of the whole attack: 200 with those of kill_packages_test.ts. */
const shares: readonly (readonly [KillShare["victim"], KillShare["way"], number, number])[] = [
  ["driver", "openssh", 0, 20],
  ["driver", "ssh2", 2, 20],
  ["lifeline", "openssh", 0, 12],
  ["driver and lifeline", "ssh2", 2, 16],
  ["relay", "openssh", 0, 8],
  ["relay", "ssh2", 2, 8],
  ["charly", "openssh", 2, 12],
  ["charly", "ssh2", 0, 12],
  ["ssh", "openssh", 2, 20],
  ["sshd", "openssh", 0, 12],
  ["sshd", "ssh2", 2, 12],
  ["sudo", "openssh", 2, 12],
  ["sudo", "ssh2", 0, 12],
];

Deno.test("whoever is killed wherever, the run is run again and taken back: 176 of 176", async () => {
  await using rig = await killRig();
  const reference = await killReference(rig, "openssh");
  let offset = 0;
  for (const [victim, way, bounded, whole] of shares) {
    const points = await killShare(rig, reference, { victim, way, points: sample(bounded, whole) }, () => {}, offset++);
    const bad = points.filter(({ recovered, restored }) => !recovered || !restored);
    assert.deepEqual(bad, [], `${victim} over ${way}: ${points.length - bad.length} of ${points.length}`);
  }
});
