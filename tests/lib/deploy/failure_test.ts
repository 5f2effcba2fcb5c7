import assert from "node:assert/strict";
import { type Around, localRig } from "../../shared/local_rig.ts";

const written = {
  candies: {
    motd: { plan: [{ write: "~/greeting", content: "hello\n" }] },
    broken: {
      plan: [{ command: "echo about to break; exit 7" }, { command: "touch ~/after" }],
    },
  },
};

Deno.test("a failing step ends the run, and its error names step, kind, candy and exit code", async () => {
  await using rig = await localRig();
  const outcome = await rig.add(written);
  const [host] = outcome.hosts;
  assert.equal(outcome.ok, false);
  assert.equal(host?.error?.code, "step-failed");
  assert.match(host?.error?.message ?? "", /^step \d+ \(Op, candy broken\): .*: exit code 7$/);
  assert.match(host?.error?.hint ?? "", /apply again/);
  await assert.rejects(Deno.stat(`${rig.home}/after`), Deno.errors.NotFound);
});

Deno.test("add and del both wait for the lock of the ledger, and name its holder", async () => {
  await using rig = await localRig();
  await rig.add({ candies: { motd: { env: { A: "1" } } } });
  const lock = `${rig.home}/.config/opencharly/installed/.lock`;
  const holder = async (act: (around: Around) => Promise<unknown>) => {
    await Deno.writeTextFile(`${rig.store}/holder`, "bob%40there r00000009-00c0ffee 4711 1\n");
    using file = await Deno.open(lock, { read: true, write: true });
    await file.lock(true);
    const warnings: string[] = [];
    await act({
      on: async (event) => {
        if (event.kind !== "warning") return;
        warnings.push(event.message);
        await file.unlock();
      },
    });
    return warnings;
  };
  const change = { candies: { motd: { env: { A: "2" } } } };
  assert.deepEqual(await holder((around) => rig.add(change, "web", {}, around)), [
    "waiting for the lock, held by bob@there (run r00000009-00c0ffee, process 4711)",
  ]);
  assert.deepEqual(await holder((around) => rig.del("web", {}, around)), [
    "waiting for the lock, held by bob@there (run r00000009-00c0ffee, process 4711)",
  ]);
});

Deno.test("a broken ledger is an error that names the file, never taken for none", async () => {
  await using rig = await localRig();
  await rig.add({ candies: { motd: { env: { A: "1" } } } });
  const [ledger] = await Array.fromAsync(Deno.readDir(`${rig.store}/ledger`));
  await Deno.remove(`${rig.store}/ledger/${ledger!.name}`);
  await Deno.writeTextFile(`${rig.store}/ledger/${ledger!.name}`, "{");
  const outcome = await rig.del();
  assert.equal(outcome.ok, false);
  assert.match(outcome.hosts[0]?.error?.message ?? "", new RegExp(ledger!.name.replaceAll(".", "\\.")));
});
