/** A target that puts a run back by itself: confirmed, refused, abandoned at every moment, and settled by hand. */
import assert from "node:assert/strict";
import type { AddOptions, DeployStatus, HostOutcome, Outcome } from "../../lib/deploy/contract.ts";
import {
  guardDecision,
  guardedCharly,
  guardFile,
  isAlive,
  killWatcher,
  until,
  watcherOf,
} from "../shared/guard_watch.ts";
import { type LocalRig, localRig, projectOf, timeless, type Written } from "../shared/local_rig.ts";
import { charlyProject } from "../shared/charly_process.ts";
import { shellPath, shells } from "../shared/driver_shells.ts";
import { sample } from "../shared/sample.ts";
import { diffTrees, type Tree } from "../shared/tree.ts";

const app = (plan: NonNullable<Written["candies"][string]["plan"]>): Written => ({ candies: { app: { plan } } });

/** Kinds of steps that leave something: the way back of each. */
const v1 = app([
  { write: "~/conf", content: "v1\n" },
  { write: "~/old/deep/f", content: "old\n" },
  { mkdir: "~/kept", mode: "0700" },
  { link: "~/link", target: "conf" },
  { command: "echo v1 >~/made", creates: "~/made", undo: "rm ~/made" },
]);
const v2 = app([
  { write: "~/conf", content: "v2\n" },
  { write: "~/fresh/deep/f", content: "new\n" },
  { mkdir: "~/kept", mode: "0755" },
  { link: "~/link", target: "fresh" },
  { command: "echo v1 >~/made", creates: "~/made", undo: "rm ~/made" },
  { command: "echo v2 >>~/touched", touches: ["~/touched"], undo: "true" },
  { command: "sed -i s/v2/v3/ ~/conf; : >~/log", id: "edit", undo: "rm ~/log" },
]);

const guard = (seconds: number, check?: string): Partial<AddOptions> => ({
  guard: { seconds, ...(check === undefined ? {} : { check }) },
});
const only = ({ hosts: [host] }: Outcome): HostOutcome => host!;
const settle = (rig: LocalRig, how: "confirm" | "rollback") =>
  rig.api().settleBundle(undefined, "web", how, {}, (event) => {
    rig.events.push(event);
    return Promise.resolve();
  });
const status = async (rig: LocalRig, written: Written): Promise<DeployStatus> =>
  (await rig.api().statusOf(projectOf(written, rig.place), "web", {}))[0]!;

/** Nothing of charly is left, and the tree is what it was. */
async function untouched(rig: LocalRig, before: Tree): Promise<void> {
  assert.deepEqual(diffTrees(before, await rig.tree()), []);
}

Deno.test("a guarded run is confirmed over a connection of its own, after its check", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  const outcome = only(await rig.add(v1, "web", guard(60, "grep -q v1 ~/conf")));
  assert.deepEqual([outcome.result, outcome.outcome, outcome.error], ["changed", "confirmed", undefined]);
  assert.equal(rig.events.filter(({ kind }) => kind === "connected").length > 1, true);
  assert.equal((await rig.ledgers())[0]?.claims.every(({ state }) => state === "done"), true);
  assert.equal(only(await rig.add(v1)).result, "unchanged");
  assert.equal((await rig.del()).ok, true);
  await untouched(rig, before);
});

Deno.test("the watcher holds no lock and no descriptor of its connection, and is gone when the run is confirmed", async () => {
  await using rig = await localRig();
  let watcher = 0;
  let links: string[] = [];
  await rig.add(app([{ write: "~/a", content: "a" }]), "web", guard(60), {
    on: async (event) => {
      if (event.kind !== "guard" || event.state !== "waiting") return;
      watcher = await watcherOf(rig.store);
      // What the tests themselves were started with is no connection of charly's.
      const inherited = new Set(await descriptors("self"));
      links = (await descriptors(String(watcher))).filter((link) => !inherited.has(link));
    },
  });
  assert.deepEqual(links.filter((link) => link !== "/dev/null" && !link.endsWith("/guard/program")), []);
  await until("the watcher has left", async () => await isAlive(watcher) ? undefined : true);
  assert.equal((await rig.del()).ok, true);
});

Deno.test("a step that fails has the whole run put back: an upgrade is its old version again, to the letter", async () => {
  await using rig = await localRig({ conf: "base\n", "kept/mine": "m" });
  const before = await rig.tree();
  const failing: Written = { candies: { app: { plan: [...v2.candies.app!.plan!, { command: "exit 7" }] } } };
  const first = only(await rig.add(failing, "web", guard(60)));
  assert.deepEqual([first.result, first.outcome], ["failed", "rolled-back"]);
  assert.match(first.error?.message ?? "", /step 8 .*exit code 7; the target put everything back/);
  // What a command made of a file after the step that wrote it is nobody's the engine knows: it is kept until it is cleaned.
  await rig.api().cleanBundle(undefined, "web", { kept: true });
  await untouched(rig, before);
  assert.deepEqual(await rig.ledgers(), []);

  assert.equal((await rig.add(v1)).ok, true);
  const tree = await rig.tree();
  const ledger = await rig.ledger();
  const again = only(await rig.add(failing, "web", guard(60)));
  assert.equal(again.outcome, "rolled-back", again.error?.message);
  // Directories that went and came back have new times; nothing else differs.
  assert.deepEqual(diffTrees(timeless(tree), timeless(await rig.tree())), []);
  assert.deepEqual(await rig.ledger(), ledger);
  assert.equal(only(await rig.add(v1)).result, "unchanged");
  await rig.api().cleanBundle(undefined, "web", { kept: true });
  assert.equal((await rig.del()).ok, true);
  await untouched(rig, before);
});

Deno.test("a check that fails has the run put back, and says what it said", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  const outcome = only(await rig.add(v1, "web", guard(60, "echo not well; exit 4")));
  assert.deepEqual([outcome.result, outcome.outcome], ["failed", "rolled-back"]);
  assert.match(outcome.error?.message ?? "", /^the check ended with 4: not well; the target put everything back/);
  await untouched(rig, before);
});

for (const shell of shells) {
  Deno.test(`the watcher puts everything back where sh is ${shell}`, async () => {
    await using path = await shellPath(shell);
    await using rig = await localRig({ conf: "base\n" }, { PATH: path.path });
    const before = await rig.tree();
    const plan = app([
      { write: "~/conf", content: "v1\n" },
      { write: "~/a dir/it's", content: "x" },
      { command: "touch ~/c", shell: "sh", undo: "rm ~/c" },
    ]);
    const outcome = only(await rig.add(plan, "web", guard(60, "false")));
    assert.equal(outcome.outcome, "rolled-back", outcome.error?.message);
    await untouched(rig, before);
  });
}

Deno.test("charly killed in the middle of a step: the target notices, puts everything back, and the next charly tells", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  assert.equal((await rig.add(v1)).ok, true);
  const tree = timeless(await rig.tree());
  const ledger = await rig.ledger();
  const plan = app([...v2.candies.app!.plan!, { command: ": >~/running; sleep 600", undo: "rm -f ~/running" }]);
  const charly = guardedCharly(rig, plan, { seconds: 600 });
  await until("the last step runs", () => rig.read("running").catch(() => undefined));
  charly.kill("SIGKILL");
  await charly.status;
  assert.equal(await until("the outcome", () => guardFile(rig.store, "outcome")), "rolled-back");
  assert.equal(await guardDecision(rig.store), "rollback:lost");
  assert.deepEqual(diffTrees(tree, timeless(await rig.tree())), []);
  const row = await status(rig, v1);
  assert.deepEqual([row.state, row.note], ["deployed", "the target put the last run back"]);
  assert.equal(only(await rig.add(v1)).result, "unchanged");
  assert.deepEqual(await rig.ledger(), ledger);
  assert.equal((await status(rig, v1)).note, undefined);
  await rig.api().cleanBundle(undefined, "web", { kept: true });
  assert.equal((await rig.del()).ok, true);
  await untouched(rig, before);
});

Deno.test("charly killed before it confirms: nobody comes, and the target puts everything back in its time", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  const charly = guardedCharly(rig, v1, { seconds: 3 }, 2);
  await charly.status;
  assert.equal(await until("the outcome", () => guardFile(rig.store, "outcome")), "rolled-back");
  assert.equal(await guardDecision(rig.store), "rollback:unconfirmed");
  assert.equal(await rig.read("conf"), "base\n");
  // Confirming comes too late, and says so; what was put back is in the ledger then.
  const late = await settle(rig, "confirm");
  assert.deepEqual([late.ok, only(late).outcome], [false, "rolled-back"]);
  assert.match(only(late).error?.message ?? "", /nobody confirmed in time; the target put everything back/);
  await untouched(rig, before);
});

Deno.test("an armed run keeps every other one out until it is confirmed by hand", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  await guardedCharly(rig, v1, { seconds: 600 }, 2).status;
  const row = await status(rig, v1);
  assert.equal(row.state, "unconfirmed");
  assert.match(row.note ?? "", /puts the last run back in \d+ (s|min) unless confirmed; `charly bundle confirm web`/);
  for (const refused of [await rig.add(v1), await rig.add(v2, "web", guard(5)), await rig.del()]) {
    assert.equal(only(refused).error?.code, "guard-armed");
  }
  await assert.rejects(rig.api().repairLedger(undefined, "web", {}), { code: "guard-armed" });
  const confirmed = await settle(rig, "confirm");
  assert.deepEqual([confirmed.ok, only(confirmed).outcome], [true, "confirmed"]);
  assert.equal(only(await rig.add(v1)).result, "unchanged");
  assert.equal(only(await settle(rig, "rollback")).error?.code, "guard-none");
  assert.equal((await rig.del()).ok, true);
  await untouched(rig, before);
});

Deno.test("a watcher that was killed leaves the run armed: rollback starts another, confirm keeps the run", async () => {
  for (const how of ["rollback", "confirm"] as const) {
    await using rig = await localRig({ conf: "base\n" });
    const before = await rig.tree();
    await guardedCharly(rig, v1, { seconds: 600 }, 2).status;
    await killWatcher(rig.store);
    assert.match((await status(rig, v1)).note ?? "", /its watcher is gone/);
    assert.equal(only(await rig.add(v2)).error?.code, "guard-armed");
    const settled = await settle(rig, how);
    assert.deepEqual([settled.ok, only(settled).outcome], [true, how === "confirm" ? "confirmed" : "rolled-back"]);
    if (how === "confirm") assert.equal((await rig.del()).ok, true);
    await untouched(rig, before);
  }
});

Deno.test("confirm and rollback at once: one of them wins, and both say the same", async () => {
  for (let round = 0; round < sample(2, 10); round++) {
    await using rig = await localRig({ conf: "base\n" });
    const before = await rig.tree();
    await guardedCharly(rig, v1, { seconds: 600 }, 2).status;
    const [confirmed, rolledBack] = await Promise.all([settle(rig, "confirm"), settle(rig, "rollback")]);
    const said = [only(confirmed).outcome, only(rolledBack).outcome];
    assert.deepEqual(
      [confirmed.ok, rolledBack.ok].filter((ok) => ok).length,
      1,
      JSON.stringify([confirmed, rolledBack]),
    );
    assert.equal(said[0], said[1]);
    assert.equal(confirmed.ok, said[0] === "confirmed");
    assert.equal(await rig.read("conf"), confirmed.ok ? "v1\n" : "base\n");
    if (confirmed.ok) assert.equal((await rig.del()).ok, true);
    await untouched(rig, before);
  }
});

Deno.test("a watcher killed in the middle of putting back: nothing else may run, and rollback goes on where it stopped", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  const plan = app([
    { write: "~/conf", content: "v1\n" },
    { command: "echo 1 >~/c", undo: "rm ~/c; : >~/undoing; while [ ! -e ~/go ]; do sleep 0.1; done; rm -f ~/go" },
    { write: "~/d/e", content: "e" },
  ]);
  await guardedCharly(rig, plan, { seconds: 1 }, 2).status;
  await until("the undo runs", () => rig.read("undoing").catch(() => undefined));
  await killWatcher(rig.store, { pieces: true });
  await rig.write({ go: "" });
  await until("the undo has ended", async () => await rig.read("go").then(() => undefined, () => true));
  assert.match((await status(rig, plan)).note ?? "", /was cut; `charly bundle rollback web` goes on/);
  assert.equal(only(await rig.add(plan)).error?.code, "guard-armed");
  assert.equal(only(await rig.del()).error?.code, "guard-armed");
  await rig.write({ go: "", c: "" });
  const settled = await settle(rig, "rollback");
  assert.equal(only(settled).outcome, "rolled-back", only(settled).error?.message);
  await Deno.remove(`${rig.home}/undoing`);
  await untouched(rig, before);
});

Deno.test("what cannot be put back is named, the rest comes back, and the next run goes on from there", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const plan = app([
    { write: "~/conf", content: "v1\n" },
    { write: "~/stuck", content: "s" },
    { command: "echo c >~/c", undo: "exit 5" },
  ]);
  const outcome = only(
    await rig.add(plan, "web", guard(60, "rm ~/stuck; mkdir -p ~/stuck/dir; false")),
  );
  assert.deepEqual([outcome.result, outcome.outcome], ["failed", "incomplete"]);
  assert.equal(outcome.left?.length, 2);
  assert.match(outcome.left?.join("\n") ?? "", /stuck.*replaced/);
  assert.match(outcome.left?.join("\n") ?? "", /echo c.*exit 5/);
  assert.equal(await rig.read("conf"), "base\n");
  const row = await status(rig, plan);
  assert.deepEqual([row.state, (await rig.ledgers())[0]?.claims.length], ["partial", 2]);
  await Deno.remove(`${rig.home}/stuck`, { recursive: true });
  assert.equal((await rig.add(plan)).ok, true);
});

Deno.test("what somebody edits while the target waits is moved aside, not lost", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const outcome = only(
    await rig.add(app([{ write: "~/conf", content: "v1\n" }]), "web", guard(60, "echo mine >~/conf; false")),
  );
  assert.equal(outcome.outcome, "rolled-back", outcome.error?.message);
  assert.equal(await rig.read("conf"), "base\n");
  const kept = await Array.fromAsync(Deno.readDir(`${rig.store}/kept`));
  assert.equal(await Deno.readTextFile(`${rig.store}/kept/${kept[0]?.name}/1`), "mine\n");
});

Deno.test("a guard refuses a reboot and an undo that needs a secret, and the plan says what it will not bring back", async () => {
  await using rig = await localRig();
  const plan = (written: Written) =>
    rig.api().planBundle(projectOf(written, rig.place), "web", { install: {}, guard: { seconds: 5 } });
  const [host] = await plan(app([{ command: "echo hello" }, { write: "~/a", content: "a" }]));
  assert.deepEqual(host?.guard, { seconds: 5, notes: ["not rolled back: step 1 has no undo: run echo hello"] });
  const secret: Written = {
    candies: {
      app: {
        secretRequire: [{ name: "TOKEN", description: "t" }],
        plan: [{ command: "echo on", secret: ["TOKEN"], undo: 'echo off "$TOKEN"' }],
      },
    },
  };
  await assert.rejects(plan(secret), { code: "guard-secret" });
  const refused = only(await rig.add(secret, "web", guard(5)));
  assert.equal(refused.error?.code, "guard-secret");
});

Deno.test("charly bundle add --guard: exit codes and --json of a run kept, put back and settled by hand", async () => {
  await using it = await charlyProject(`
import { bundle, candy, command, defineConfig, local, write } from "@charly/charly";
export default defineConfig({
  candies: { app: candy({ version: "2026.300.0900", description: "app", plan: [
    write("~/conf", { content: "v1\\n" }),
    command("touch ~/c", { undo: "rm ~/c" }),
    command("true"),
  ] }) },
  bundles: { here: bundle({ on: local(), candy: ["app"] }) },
});
`);
  const conf = () => Deno.readTextFile(`${it.home}/conf`).catch(() => undefined);
  const planned = await it.charly("deploy", "--dry-run", "--guard", "30s");
  assert.match(planned.stdout, /^guard: the target puts everything back by itself, 30 s after the last step/m);
  assert.match(planned.stdout, /^ {2}not rolled back: step 3 has no undo: run true$/m);
  const bad = await it.charly("bundle", "add", "here", "-y", "--json", "--guard", "60s", "--guard-check", "exit 9");
  assert.equal(bad.code, 1, bad.stderr);
  const last = JSON.parse(bad.stdout);
  assert.deepEqual([last.ok, last.hosts[0].outcome, last.hosts[0].error.code], [false, "rolled-back", "rolled-back"]);
  assert.equal(await conf(), undefined);
  const good = await it.charly("bundle", "add", "here", "-y", "--guard", "60s", "--guard-check", "test -e ~/conf");
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stderr, /guard: \[local\] confirmed: the target keeps what this run did/);
  assert.equal(await conf(), "v1\n");
  const late = await it.charly("bundle", "rollback", "here");
  assert.equal(late.code, 1);
  assert.match(late.stdout, /error: look for a guarded run of here on local: none waits for an answer/);
  assert.equal((await it.charly("deploy", "--guard-check", "true")).code, 2);
  assert.equal((await it.charly("deploy", "--guard", "soon")).code, 2);
  assert.match((await it.charly("bundle", "confirm", "--help")).stdout, /before its target puts it back/);
  assert.equal((await it.charly("bundle", "del", "here", "-y")).code, 0);
  assert.equal(await conf(), undefined);
});

/** What the descriptors of a process are; pipes and sockets by their number. */
async function descriptors(pid: string): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`))).map(({ name }) => name);
  const links = await Promise.all(names.map((name) => Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "")));
  return links.filter((link) => link !== "");
}
