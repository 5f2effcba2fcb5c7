import assert from "node:assert/strict";
import { resolveSecrets } from "../../../lib/deploy/secrets.ts";

const none = () => undefined;

Deno.test("resolveSecrets() prefers the environment, then the store, then the default", async () => {
  const store = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${store}/charly/db`, { recursive: true });
    await Deno.writeTextFile(`${store}/charly/db/password`, "from-store\n");
    const needs = [
      { name: "A", required: true },
      { name: "B", required: true, key: "charly/db/password" },
      { name: "C", required: false, default: "from-default" },
      { name: "D", required: false },
    ];
    const values = await resolveSecrets(needs, { env: (name) => name === "A" ? "from-env" : undefined, store });
    assert.deepEqual([...values], [["A", "from-env"], ["B", "from-store"], ["C", "from-default"]]);
  } finally {
    await Deno.remove(store, { recursive: true });
  }
});

Deno.test("resolveSecrets() makes a required secret once and finds it again", async () => {
  const store = await Deno.makeTempDir();
  try {
    const first = await resolveSecrets([{ name: "TOKEN", required: true }], { env: none, store });
    const second = await resolveSecrets([{ name: "TOKEN", required: true }], { env: none, store });
    assert.match(first.get("TOKEN") ?? "", /^[0-9a-f]{64}$/);
    assert.equal(second.get("TOKEN"), first.get("TOKEN"));
    const { mode } = await Deno.stat(`${store}/charly/secret/TOKEN`);
    assert.equal((mode ?? 0) & 0o777, 0o600);
  } finally {
    await Deno.remove(store, { recursive: true });
  }
});

Deno.test("resolveSecrets() refuses a key that leads out of the store", async () => {
  await assert.rejects(
    resolveSecrets([{ name: "X", required: true, key: "charly/../../etc" }], { env: none, store: "/nonexistent" }),
    /its key "charly\/\.\.\/\.\.\/etc" is not one/,
  );
});
