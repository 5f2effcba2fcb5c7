import assert from "node:assert/strict";
import { StoreReader } from "../../../lib/deploy/store_state.ts";
import { localDriver } from "../../shared/local_driver.ts";

/** Reads the store of a driver whose `cat` fails for files that match. */
async function readWithout(pattern: string): Promise<StoreReader> {
  await using driver = await localDriver();
  await driver.run(`printf '{}' >"$STORE/ledger/aaaa.json"\n`);
  const { frames } = await driver.run(
    `cat() { case $1 in ${pattern}) return 1 ;; *) command cat "$@" ;; esac; }\nstore_read\nunset -f cat\n`,
  );
  const reader = new StoreReader();
  for (const frame of frames) reader.take(frame);
  return reader;
}

Deno.test("StoreReader.finish() refuses a ledger that is there and cannot be read, naming it", async () => {
  const reader = await readWithout("*/ledger/*");
  assert.throws(() => reader.finish(), { code: "ledger-unreadable", message: /ledger\/aaaa\.json cannot be read$/ });
});

Deno.test("StoreReader.finish() takes a store that is not there for an empty one", async () => {
  await using driver = await localDriver({ hold: false });
  const reader = new StoreReader();
  await driver.shell.run("store_read\n", { onFrame: (frame) => reader.take(frame) });
  const { exists, salt, state } = reader.finish();
  assert.deepEqual({ exists, salt, state }, {
    exists: false,
    salt: "",
    state: { counter: 0, ledgers: Object.create(null), resources: {}, open: [] },
  });
});

Deno.test("StoreReader.finish() knows an open run before its intent is written", async () => {
  await using driver = await localDriver();
  await driver.run(":\n");
  const reader = new StoreReader();
  await driver.shell.run("store_read\n", { onFrame: (frame) => reader.take(frame) });
  const { exists, salt, state } = reader.finish();
  assert.equal(exists, true);
  assert.match(salt, /^[0-9a-f]{64}$/);
  assert.deepEqual(state.open.map(({ run, intent }) => [run, intent]), [["r00000001-00c0ffee", undefined]]);
});
