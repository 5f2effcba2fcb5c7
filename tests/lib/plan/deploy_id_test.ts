import assert from "node:assert/strict";
import { deployId, planDeployId } from "../../../lib/plan/deploy_id.ts";

// Expected values: printf 'web\0\001' | sha256sum, printf 'box\0a\0b\0\001c\0' | sha256sum
Deno.test("deployId() hashes the bundle's name alone, as the Go ledger does", () => {
  assert.equal(deployId("web"), "f7391aeeb9febf08");
});

Deno.test("planDeployId() hashes name, candies and added candies with their separators", () => {
  assert.equal(planDeployId("box", ["a", "b"], ["c"]), "55c3557c89d56746");
  assert.notEqual(planDeployId("box", ["a"], ["b"]), planDeployId("box", ["a", "b"], []));
});
