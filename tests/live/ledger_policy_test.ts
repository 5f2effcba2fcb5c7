/** What deploys do to one another, to what users changed since, and to what a newer plan leaves out: on a real home. */
import assert from "node:assert/strict";
import type { Candy } from "../../lib/entities/candy.ts";
import { type LocalRig, localRig, timeless, type Written } from "../shared/local_rig.ts";
import { diffTrees } from "../shared/tree.ts";

/** One bundle `web` of one candy with this plan. */
function web(plan: Candy["plan"], more: Partial<Candy> = {}): Written {
  return { candies: { app: { plan, ...more } as Partial<Candy> } };
}

/** Bundles `one` and `two`, a candy each. */
function two(one: Candy["plan"], other: Candy["plan"]): Written {
  return {
    candies: { first: { plan: one }, second: { plan: other } } as Written["candies"],
    bundles: { one: { candy: ["first"] }, two: { candy: ["second"] } },
  };
}

async function exists(rig: LocalRig, path: string): Promise<boolean> {
  return await Deno.lstat(`${rig.home}/${path}`).then(() => true, () => false);
}

async function unchanged(rig: LocalRig, before: Awaited<ReturnType<LocalRig["tree"]>>): Promise<void> {
  assert.deepEqual(diffTrees(before, await rig.tree()), []);
  assert.equal(await exists(rig, ".config"), false);
}

Deno.test("two bundles that want the same share it: it goes with the second", async () => {
  await using rig = await localRig();
  const before = await rig.tree();
  const same = [{ write: "~/shared", content: "same\n" }];
  const both = two(same, same);
  assert.equal((await rig.add(both, "one")).ok, true);
  assert.equal((await rig.add(both, "two")).ok, true);
  assert.equal((await rig.del("one")).ok, true);
  assert.equal(await rig.read("shared"), "same\n");
  assert.equal((await rig.del("two")).ok, true);
  await unchanged(rig, before);
});

Deno.test("two bundles that want it otherwise: refused naming both, stacked with takeOver, and uncovered again", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  const both = two([{ write: "~/conf", content: "one\n" }], [{ write: "~/conf", content: "two\n" }]);
  await rig.add(both, "one");
  const refused = await rig.add(both, "two");
  assert.equal(refused.hosts[0]?.error?.code, "claimed-elsewhere");
  assert.match(refused.hosts[0]?.error?.message ?? "", /second.*one wants/);
  assert.equal(await rig.read("conf"), "one\n");
  assert.equal((await rig.add(both, "two", { takeOver: true })).ok, true);
  assert.equal(await rig.read("conf"), "two\n");
  assert.equal((await rig.add(both, "two", { takeOver: true })).hosts[0]?.result, "unchanged");
  assert.equal((await rig.del("two")).ok, true);
  assert.equal(await rig.read("conf"), "one\n");
  assert.equal((await rig.del("one")).ok, true);
  await unchanged(rig, before);
});

Deno.test("the lower of two stacked bundles may go first", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  const both = two([{ write: "~/conf", content: "one\n" }], [{ write: "~/conf", content: "two\n" }]);
  await rig.add(both, "one");
  await rig.add(both, "two", { takeOver: true });
  assert.equal((await rig.del("one")).ok, true);
  assert.equal(await rig.read("conf"), "two\n");
  assert.equal((await rig.del("two")).ok, true);
  await unchanged(rig, before);
});

Deno.test("a deploy of another project is refused without adopt, by add and by del", async () => {
  await using rig = await localRig();
  const mine = web([{ write: "~/f", content: "x" }]);
  await rig.add({ ...mine, project: "shop" });
  const other = { ...mine, project: "rival" };
  assert.equal((await rig.add(other)).hosts[0]?.error?.code, "other-project");
  assert.equal((await rig.del("web", {}, { written: other })).hosts[0]?.error?.code, "other-project");
  assert.equal((await rig.add(other, "web", { adopt: true })).ok, true);
  assert.equal((await rig.ledgers())[0]?.project, "rival");
  assert.equal((await rig.del("web", {}, { written: other })).ok, true);
});

Deno.test("what a user edited since is kept and said; with force it is moved aside and the original returns", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  await rig.add(web([{ write: "~/conf", content: "ours\n" }, { write: "~/new", content: "n\n" }]));
  await rig.write({ conf: "edited\n" });
  const kept = await rig.del();
  assert.equal(kept.ok, false);
  assert.equal(kept.hosts[0]?.error?.code, "undo-left");
  assert.equal(await rig.read("conf"), "edited\n");
  assert.equal(await exists(rig, "new"), false);
  const again = await rig.del();
  assert.equal(again.hosts[0]?.ran, 0);
  assert.equal(again.ok, false);
  assert.equal((await rig.del("web", { force: true })).ok, true);
  assert.deepEqual(diffTrees(before, await rig.tree()).filter((line) => !line.includes(".config")), []);
  const found = await Array.fromAsync(Deno.readDir(`${rig.store}/kept`));
  assert.equal(found.length, 1);
  await rig.api().cleanBundle(undefined, undefined, { kept: true });
  await unchanged(rig, before);
});

Deno.test("a file that is gone comes back as it was before us, or is simply gone", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  await rig.add(web([{ write: "~/conf", content: "ours\n" }, { write: "~/new", content: "n\n" }]));
  await Deno.remove(`${rig.home}/conf`);
  await Deno.remove(`${rig.home}/new`);
  assert.equal((await rig.del()).ok, true);
  await unchanged(rig, before);
});

Deno.test("a file that is something else now is kept, whatever force says of edits", async () => {
  for (const make of [(path: string) => Deno.mkdir(path), (path: string) => Deno.symlink("/etc/hostname", path)]) {
    await using rig = await localRig();
    await rig.add(web([{ write: "~/f", content: "ours\n" }]));
    await Deno.remove(`${rig.home}/f`);
    await make(`${rig.home}/f`);
    const outcome = await rig.del();
    assert.equal(outcome.ok, false);
    assert.match(outcome.hosts[0]?.left?.[0] ?? "", /replaced|something else/);
    assert.equal(await exists(rig, "f"), true);
    assert.equal(await Deno.readTextFile("/etc/hostname").then((text) => text.length > 0), true);
    await Deno.remove(`${rig.home}/f`);
    assert.equal((await rig.del()).ok, true);
  }
});

Deno.test("a block edited inside its markers goes, its text is kept aside, and the file is the user's again", async () => {
  await using rig = await localRig({ ".bashrc": "# mine\n" });
  await rig.add(web([], { shell: { bash: { init: "alias a=b" } } }));
  const text = await rig.read(".bashrc");
  await rig.write({ ".bashrc": text.replace("alias a=b", "alias a=c") + "# later\n" });
  assert.equal((await rig.del()).ok, true);
  assert.match(await rig.read(".bashrc"), /^# mine\n\n?# later\n$/);
  const runs = await Array.fromAsync(Deno.readDir(`${rig.store}/kept`));
  const files = await Array.fromAsync(Deno.readDir(`${rig.store}/kept/${runs[0]?.name}`));
  assert.match(await Deno.readTextFile(`${rig.store}/kept/${runs[0]?.name}/${files[0]?.name}`), /alias a=c/);
});

Deno.test("a directory that holds what is not ours stays, and is said", async () => {
  await using rig = await localRig();
  await rig.add(web([{ mkdir: "~/dir" }, { write: "~/dir/ours", content: "x" }]));
  await rig.write({ "dir/theirs": "y" });
  const outcome = await rig.del();
  assert.equal(outcome.ok, true);
  assert.equal(outcome.hosts[0]?.released?.length, 1);
  assert.equal(await rig.read("dir/theirs"), "y");
  assert.equal(await exists(rig, "dir/ours"), false);
});

Deno.test("a failing step in the middle is on record; del takes the rest back, a mended plan goes on", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  const plan = (command: string) =>
    web([{ write: "~/conf", content: "ours\n" }, { command, id: "c" }, { write: "~/after", content: "a" }]);
  const failed = await rig.add(plan("exit 7"));
  assert.equal(failed.hosts[0]?.error?.code, "step-failed");
  assert.match(failed.hosts[0]?.error?.message ?? "", /exit/);
  assert.equal(await exists(rig, "after"), false);
  const status = await rig.api().statusOf(undefined, "web", {});
  assert.equal(status[0]?.state, "partial");
  assert.equal((await rig.del()).ok, true);
  await unchanged(rig, before);
  await rig.add(plan("exit 7"));
  assert.equal((await rig.add(plan("true"))).ok, true);
  assert.equal(await exists(rig, "after"), true);
  assert.equal((await rig.del()).ok, true);
  await unchanged(rig, before);
});

Deno.test("onFailure rollback puts back what this run found: nothing of a first deploy, the old version of an upgrade", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  const plan = (content: string, command: string) =>
    web([
      { write: "~/conf", content },
      { mkdir: `~/dir-${content.trim()}` },
      { write: `~/dir-${content.trim()}/f`, content },
      { command, id: "c" },
    ]);
  const first = await rig.add(plan("v1\n", "exit 3"), "web", { onFailure: "rollback" });
  assert.equal(first.ok, false);
  assert.match(first.hosts[0]?.error?.message ?? "", /put back/);
  assert.deepEqual(diffTrees(before, await rig.tree()).filter((line) => !line.includes(".config")), []);
  assert.equal((await rig.add(plan("v1\n", "true"))).ok, true);
  const v1 = timeless(await rig.tree());
  const ledger = await rig.ledger();
  await rig.add(plan("v2\n", "exit 3"), "web", { onFailure: "rollback" });
  const lines = diffTrees(v1, timeless(await rig.tree()));
  assert.deepEqual(lines, []);
  assert.deepEqual(await rig.ledger(), ledger);
  assert.equal((await rig.del()).ok, true);
  await unchanged(rig, before);
});

Deno.test("an upgrade is what a fresh deploy would be, and del gives what was there before the first version", async () => {
  await using rig = await localRig({ conf: "base\n", gone: "was here\n" });
  const before = await rig.tree();
  const v1: Written = {
    candies: {
      app: {
        plan: [
          { write: "~/conf", content: "v1\n" },
          { write: "~/gone", content: "v1\n" },
          { command: "echo one >~/cmd", id: "c", undo: "rm ~/cmd; echo undone >>~/log" },
        ],
      },
      extra: { plan: [{ mkdir: "~/extra" }, { write: "~/extra/f", content: "x" }] },
    },
  };
  const v2: Written = {
    candies: {
      app: {
        plan: [
          { write: "~/conf", content: "v2\n" },
          { write: "~/fresh", content: "v2\n" },
          { command: "echo two >~/cmd2", id: "c", undo: "rm ~/cmd2" },
        ],
      },
    },
  };
  await rig.add(v2);
  const fresh = timeless(await rig.tree());
  await rig.del();
  await unchanged(rig, before);
  await rig.add(v1);
  const upgrade = await rig.add(v2);
  assert.deepEqual(upgrade.hosts.flatMap(({ error }) => error ?? []), []);
  assert.equal(await rig.read("log"), "undone\n");
  await Deno.remove(`${rig.home}/log`);
  assert.deepEqual(diffTrees(fresh, timeless(await rig.tree())), []);
  assert.equal((await rig.add(v2)).hosts[0]?.result, "unchanged");
  assert.equal((await rig.del()).ok, true);
  await unchanged(rig, before);
});

Deno.test("a bundle under a new name keeps its deploy, also on disk and when nothing else changes", async () => {
  await using rig = await localRig({ conf: "base\n" });
  const before = await rig.tree();
  const candies: Written["candies"] = { app: { plan: [{ write: "~/conf", content: "v1\n" }] } };
  await rig.add({ candies, bundles: { old: { candy: ["app"] } } }, "old");
  const renamed = { candies, bundles: { fresh: { candy: ["app"], was: ["old"] } } };
  assert.equal((await rig.add(renamed, "fresh")).ok, true);
  assert.deepEqual((await rig.ledgers()).map(({ bundle }) => bundle), ["fresh"]);
  const records = await Array.fromAsync(Deno.readDir(`${rig.store}/../deploys`));
  assert.equal(records.length, 1);
  const changed = {
    candies: { app: { plan: [{ write: "~/conf", content: "v2\n" }, { write: "~/more", content: "m" }] } },
    bundles: { third: { candy: ["app"], was: ["fresh", "old"] } },
  };
  assert.equal((await rig.add(changed, "third")).ok, true);
  assert.deepEqual((await rig.ledgers()).map(({ bundle }) => bundle), ["third"]);
  assert.equal((await rig.del("old")).hosts[0]?.result, "unchanged");
  assert.equal((await rig.del("third")).ok, true);
  await unchanged(rig, before);
});

Deno.test("a gate that is closed later means do not touch", async () => {
  await using rig = await localRig();
  await Deno.mkdir(`${rig.place}/root`);
  const before = await rig.tree();
  const gated: Written = web([
    { write: "~/f", content: "x" },
    { command: `touch ${rig.place}/root/made`, runAs: "root", id: "r", undo: `rm ${rig.place}/root/made` },
  ]);
  await rig.add(gated, "web", { install: { allowRootTasks: true } });
  const closed = await rig.add(gated, "web", { install: {} });
  assert.equal(closed.ok, true);
  assert.equal(await Deno.stat(`${rig.place}/root/made`).then(() => true), true);
  assert.equal((await rig.del()).ok, true);
  assert.deepEqual((await Array.fromAsync(Deno.readDir(`${rig.place}/root`))).length, 0);
  await unchanged(rig, before);
});

Deno.test("a second apply changes nothing and the first nothing that its plan did not print", async () => {
  await using rig = await localRig({ ".bashrc": "# mine\n", conf: "base\n", "dir/other": "o" });
  const before = timeless(await rig.tree());
  const plan = web([
    { write: "~/conf", content: "ours\n" },
    { mkdir: "~/dir/sub" },
    { link: "~/dir/l", target: "sub" },
    { command: "echo x >~/dir/sub/out", id: "c", touches: ["~/dir/sub/out"] },
  ], { env: { A: "1" }, shell: { bash: { init: "alias a=b" } } });
  await rig.add(plan);
  const printed = rig.events.flatMap((event) => event.kind === "planned" ? event.plan.acts : []);
  const paths = printed.flatMap((act) => [
    ..."path" in act && typeof act.path === "string" ? [act.path] : [],
    ...act.type === "command" ? act.touches ?? [] : [],
  ]).map((path) => path.slice(rig.home.length + 1));
  const applied = timeless(await rig.tree());
  const touched = diffTrees(before, applied).map((line) => line.slice(2).replace(/[:( ].*$/, ""));
  const strangers = touched.filter((path) => !paths.some((named) => named === path || named.startsWith(`${path}/`)));
  assert.deepEqual(strangers, []);
  assert.equal((await rig.add(plan)).hosts[0]?.result, "unchanged");
  assert.deepEqual(diffTrees(applied, timeless(await rig.tree())), []);
});
