/** Runs what the type tests declare: what the compiler accepts must be accepted on load, what it refuses refused. */
import assert from "node:assert/strict";
import { parseConfig } from "../../lib/config/parse.ts";
import { plan } from "./combinations.ts";
import * as kept from "./kept.ts";
import * as references from "./references.ts";
import { compiled } from "./schemas.ts";
import * as sets from "./sets.ts";

function codes(data: unknown): string[] {
  const parsed = parseConfig(data);
  return "issues" in parsed ? parsed.issues.map((issue) => `${issue.path.join("/")} ${issue.code}`) : [];
}

Deno.test("parseConfig() accepts what the compiler accepts", () => {
  assert.equal(compiled, true);
  for (const config of [references.good, sets.shared, sets.good, sets.twice, kept.good]) {
    assert.deepEqual(codes(config), []);
  }
});

Deno.test("parseConfig() refuses the slips the compiler refuses in what is kept", () => {
  assert.deepEqual(codes(kept.slips), [
    "pods/web/tunnel/provider not-one-of",
    "groups/beds/plan unknown-field",
    "distros/nobara/inherit unknown-field",
    "inits/runit/model missing-field",
  ]);
});

Deno.test("parseConfig() refuses the names the compiler refuses in helpers", () => {
  assert.deepEqual(codes(references.helpers), [
    "candies/a/require/0 unknown-name",
    "candies/b/candy/0 unknown-name",
    "candies/c/bakePlugin/0 unknown-name",
    "bundles/a/on/vm unknown-name",
    "bundles/b/candy/0 unknown-name",
    "bundles/c/addCandy/0 unknown-name",
    "bundles/d/from unknown-name",
    "vms/copy/source/fromVm unknown-name",
    "vms/boot/source/box unknown-name",
    "boxes/two/base unknown-name",
    "boxes/three/candy/0 unknown-name",
    "boxes/four/builder/npm unknown-name",
    "tasks/a/needs/0 unknown-name",
  ]);
});

Deno.test("parseConfig() refuses the names the compiler refuses in plain objects", () => {
  assert.deepEqual(codes(references.plain), [
    "candies/a/require/0 unknown-name",
    "candies/b/candy/0 unknown-name",
    "locals/base/candy/0 unknown-name",
    "bundles/a/on/vm unknown-name",
    "bundles/b/on/vm unknown-name",
    "bundles/c/candy/0 unknown-name",
    "bundles/d/from unknown-name",
    "vms/copy/source/fromVm unknown-name",
    "tasks/a/needs/0 unknown-name",
    "defaults/bundle unknown-name",
  ]);
});

Deno.test("parseConfig() reports two verbs at the entry", () => {
  const candies = { motd: { version: "2026.300.0900", description: "a greeting", plan } };
  assert.deepEqual(codes({ candies }), ["candies/motd/plan/8 many-keys"]);
});
