/** Two charlys on one target, and stores that cannot be trusted: each its own error, nothing written before. */
import assert from "node:assert/strict";
import type { DeployEvent } from "../../lib/deploy/contract.ts";
import { type LocalRig, localRig, type Written } from "../shared/local_rig.ts";
import { diffTrees, snapshotTree } from "../shared/tree.ts";

const one: Written = { candies: { app: { plan: [{ write: "~/f", content: "one\n" }] } } };
const two: Written = {
  candies: { app: { plan: [{ write: "~/f", content: "one\n" }] }, other: { plan: [{ write: "~/g", content: "g\n" }] } },
  bundles: { web: { candy: ["app"] }, more: { candy: ["other"] } },
};

/** An add of `web` that waits at its third place until `go` is called. */
async function heldRun(rig: LocalRig): Promise<{ go: () => void; outcome: ReturnType<LocalRig["add"]> }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const outcome = rig.add(two, "web", {}, {
    fault: { at: 3, how: "pause", gate: rig.gate, onPause: () => resolve() },
  });
  await promise;
  return { go: () => Deno.writeTextFileSync(rig.gate, ""), outcome };
}

Deno.test("a second charly waits for the first one, names it, and goes on when it has ended", async () => {
  await using rig = await localRig();
  const first = await heldRun(rig);
  const warned = Promise.withResolvers<DeployEvent>();
  const second = rig.add(two, "more", {}, { on: (event) => void (event.kind === "warning" && warned.resolve(event)) });
  const event = await warned.promise;
  assert.match(event.kind === "warning" ? event.message : "", /waiting for the lock, held by tester@here \(run r0/);
  first.go();
  assert.equal((await first.outcome).ok, true);
  const outcome = await second;
  // what it planned before the lock may not hold any more: it says so, and the same command goes through
  if (!outcome.ok) {
    assert.equal(outcome.hosts[0]?.error?.code, "changed-since-plan");
    assert.equal((await rig.add(two, "more")).ok, true);
  }
  assert.deepEqual([await rig.read("f"), await rig.read("g")], ["one\n", "g\n"]);
});

Deno.test("applying what another run changed meanwhile is refused: changed since the plan", async () => {
  await using rig = await localRig();
  const outcome = await rig.add(two, "web", {}, {
    on: async (event) => {
      if (event.kind !== "confirm") return;
      assert.equal((await rig.add(two, "more")).ok, true);
      return true;
    },
  });
  assert.equal(outcome.hosts[0]?.error?.code, "changed-since-plan");
  await assert.rejects(rig.read("f"), Deno.errors.NotFound);
  assert.equal((await rig.add(two, "web")).ok, true);
});

Deno.test("a file that drifts between plan and lock stops the run before it; onDrift apply goes on", async () => {
  for (const onDrift of ["stop", "apply"] as const) {
    await using rig = await localRig();
    const plan = (more: string): Written => ({
      candies: { app: { plan: [{ write: "~/f", content: "one\n" }, { write: "~/new", content: more }] } },
    });
    await rig.add(plan("1"));
    const outcome = await rig.add(plan("2"), "web", { onDrift }, {
      on: async (event) => {
        if (event.kind === "confirm") await rig.write({ f: "drifted\n" });
      },
    });
    assert.equal(outcome.ok, onDrift === "apply");
    assert.equal(await rig.read("f"), onDrift === "apply" ? "one\n" : "drifted\n");
    assert.equal(await rig.read("new"), onDrift === "apply" ? "2" : "1");
    if (onDrift === "stop") assert.match(outcome.hosts[0]?.error?.message ?? "", /not up to date any more/);
  }
});

/** A home with a deploy, of which one file of the store is replaced. */
async function broken(name: (rig: LocalRig) => Promise<string>, text: string, rig: LocalRig): Promise<string> {
  await rig.add(one);
  const path = `${rig.store}/${await name(rig)}`;
  await Deno.writeTextFile(path, text);
  return path;
}

const ledgerName = async (rig: LocalRig) => `ledger/${(await rig.ledgers())[0]?.deploy_id}.json`;

const cases: readonly [string, (rig: LocalRig) => Promise<string>, string, string][] = [
  ["a ledger that is no JSON", ledgerName, "{ torn", "ledger-corrupt"],
  ["an empty ledger", ledgerName, "", "ledger-corrupt"],
  ["a ledger of a newer format", ledgerName, '{"format":2}', "ledger-newer"],
  ["resources that are no JSON", () => Promise.resolve("resources.json"), "[1", "ledger-corrupt"],
  [
    "an identity of a newer schema",
    () => Promise.resolve("target.json"),
    '{"target_id":"x","schema":2}',
    "ledger-newer",
  ],
];

for (const [what, name, text, code] of cases) {
  Deno.test(`${what} is refused by name, by add and by del, and nothing is written`, async () => {
    await using rig = await localRig();
    const path = await broken(name, text, rig);
    const before = await snapshotTree(rig.home);
    const add = await rig.add(two, "more");
    const del = await rig.del();
    for (const { hosts } of [add, del]) {
      assert.equal(hosts[0]?.error?.code, code);
      assert.ok(hosts[0]?.error?.message.includes(path), hosts[0]?.error?.message);
    }
    assert.deepEqual(diffTrees(before, await snapshotTree(rig.home)), []);
  });
}

Deno.test("a ledger that is broken is made anew from the journals by repairLedger(), and can be undone", async () => {
  await using rig = await localRig({ f: "base\n" });
  const before = await rig.tree();
  const path = await broken(ledgerName, "{ torn", rig);
  const lines = await rig.api().repairLedger(undefined, undefined, {});
  assert.ok(lines.some((line) => line.includes(path)), lines.join("\n"));
  const [ledger] = await rig.ledgers();
  assert.deepEqual(ledger?.claims.map(({ resource }) => resource), [`file:${rig.home}/f`]);
  assert.equal((await rig.add(one)).ok, true);
  assert.equal((await rig.del("web", { force: true })).ok, true);
  await rig.api().cleanBundle(undefined, undefined, { kept: true });
  assert.deepEqual(diffTrees(before, await rig.tree()), []);
});

for (const name of ["resources.json", "target.json"]) {
  Deno.test(`${name} that is broken is made anew by repairLedger(), and undo gives the base`, async () => {
    await using rig = await localRig({ f: "base\n" });
    const before = await rig.tree();
    await rig.add(one);
    await rig.add({ candies: { app: { plan: [{ write: "~/f", content: "two\n" }, { mkdir: "~/d/e" }] } } });
    await Deno.writeTextFile(`${rig.store}/${name}`, "{");
    const lines = await rig.api().repairLedger(undefined, undefined, {});
    assert.ok(lines.some((line) => line.includes(name)), lines.join("\n"));
    assert.equal((await rig.del()).ok, true);
    await rig.api().cleanBundle(undefined, undefined, { kept: true });
    assert.deepEqual(diffTrees(before, await rig.tree()), []);
  });
}

Deno.test("a journal that contradicts its seal is refused, repaired as unknown, and can be undone", async () => {
  await using rig = await localRig({ f: "base\n" });
  const before = await rig.tree();
  // killed in its commit: the journal is sealed and still open
  await rig.add(one, "web", {}, { fault: { at: 0, how: "kill", gate: rig.gate } });
  const places = Number(await Deno.readTextFile(`${rig.gate}.count`));
  await rig.del();
  await rig.add(one, "web", {}, { fault: { at: places - 4, how: "kill", gate: rig.gate } });
  const [run] = await Array.fromAsync(Deno.readDir(`${rig.store}/runs`));
  const path = `${rig.store}/runs/${run?.name}/journal`;
  const text = await Deno.readTextFile(path);
  assert.match(text, /\tK\t/);
  await Deno.writeTextFile(path, text.replace("\tok\t", "\tok \t"));
  const refused = await rig.add(one);
  assert.equal(refused.hosts[0]?.error?.code, "ledger-corrupt");
  assert.match(refused.hosts[0]?.error?.message ?? "", new RegExp(run?.name ?? "-"));
  const lines = await rig.api().repairLedger(undefined, undefined, {});
  assert.ok(lines.some((line) => /seal/.test(line)), lines.join("\n"));
  assert.equal((await rig.del()).ok, true);
  assert.deepEqual(diffTrees(before, await rig.tree()), []);
});
