/** kill -9 of dpkg and apt in the middle of a transaction: the same command again mends it, the undo takes all of it back. */
import assert from "node:assert/strict";
import { killPackages } from "../shared/kill_packages.ts";
import { sample } from "../shared/sample.ts";

Deno.test("dpkg or apt is killed while packages are unpacked, configured or removed: run again, and undone to the same list", async () => {
  const points = await killPackages(sample(3, 24));
  assert.deepEqual(points.filter(({ recovered, restored }) => !recovered || !restored), []);
  assert.ok(points.every(({ where }) => where !== undefined));
});
