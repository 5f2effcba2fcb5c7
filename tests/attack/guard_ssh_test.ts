/** Guarded runs over a real sshd that the bundle itself breaks, with root behind a password. */
import assert from "node:assert/strict";
import type { AddOptions, DeployEvent, HostOutcome } from "../../lib/deploy/contract.ts";
import type { Candy } from "../../lib/entities/candy.ts";
import { createApi } from "../../targets/api.ts";
import { targets } from "../../targets/mod.ts";
import { type GuardedSshd, guardedSshd } from "../shared/guarded_sshd.ts";
import { projectOf } from "../shared/local_rig.ts";
import { full } from "../shared/sample.ts";
import { sshClient } from "../shared/ssh_client.ts";
import { systemLock } from "../shared/system_lock.ts";
import { tempDir } from "../shared/tmp.ts";
import { diffTrees, snapshotTree } from "../shared/tree.ts";

type Plan = NonNullable<Candy["plan"]>;
const password = "correct horse";

/** Charly in front of the server. */
async function rig(options: { readonly sudo?: boolean; readonly transport?: "ssh2" | "openssh" } = {}) {
  await using stack = new AsyncDisposableStack();
  stack.use(await systemLock());
  // What a test that failed leaves behind must not fail the others.
  stack.defer(() => Deno.remove("/var/lib/opencharly", { recursive: true }).catch(() => {}));
  const server: GuardedSshd = stack.use(
    await guardedSshd(options.sudo === false ? {} : { sudo: "ALL=(ALL) ALL", password }),
  );
  const client = stack.use(await sshClient(server.sshd));
  const dir = stack.use(await tempDir());
  const events: DeployEvent[] = [];
  const api = createApi({
    targets,
    env: { ...server.sshd.env, ...client.env },
    operator: "tester@here",
    stateHome: dir.join("state"),
    secretDir: dir.join("secret"),
  });
  const on = { target: "ssh" as const, host: [server.target], transport: options.transport ?? "ssh2" as const };
  const project = (plan: Plan) =>
    projectOf({ candies: { app: { plan } }, bundles: { web: { on, candy: ["app"] } } }, dir.path);
  const hear = (event: DeployEvent) => {
    events.push(event);
    return Promise.resolve(event.kind === "confirm" ? true : event.kind === "password" ? password : undefined);
  };
  const kept = stack.move();
  const install = { allowRootTasks: true, allowRepoChanges: true };
  return {
    server,
    events,
    asked: () => events.filter(({ kind }) => kind === "password").length,
    add: async (plan: Plan, wanted: Partial<AddOptions> = {}): Promise<HostOutcome> =>
      (await api.addBundle(project(plan), "web", { install, ...wanted }, hear)).hosts[0]!,
    del: async () => (await api.delBundle(project([]), "web", {}, hear)).hosts[0]!,
    status: async () => (await api.statusOf(project([]), "web", {}))[0]!,
    tree: () => snapshotTree(server.sshd.home, { exclude: [".config"] }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** The server's configuration, and its restart on both ways. */
const sshdPlan = ({ config, restart }: GuardedSshd, content: string): Plan => [
  { write: "~/note", content: "deployed\n" },
  { write: config, content, mode: "0600", runAs: "root" },
  { command: restart, runAs: "root", undo: { command: restart, at: "end" } },
];

const system = () => Deno.lstat("/var/lib/opencharly").then(() => true, () => false);

Deno.test("a good change of sshd is confirmed through it; the password for sudo is asked once", async () => {
  await using it = await rig();
  const { server } = it;
  const before = await it.tree();
  const outcome = await it.add(sshdPlan(server, `${server.good}# changed\n`), { guard: { seconds: 60 } });
  assert.deepEqual([outcome.outcome, outcome.error], ["confirmed", undefined]);
  assert.equal(it.asked(), 1);
  assert.equal((await it.add(sshdPlan(server, `${server.good}# changed\n`))).result, "unchanged");
  assert.equal((await it.del()).result, "changed");
  assert.equal(await Deno.readTextFile(server.config), server.good);
  assert.deepEqual([diffTrees(before, await it.tree()), await system()], [[], false]);
});

Deno.test("an sshd that does not come up again: the file comes back, sshd answers, and the ledger holds nothing", async () => {
  await using it = await rig();
  const { server } = it;
  const before = await it.tree();
  const { ino } = await Deno.stat(server.config);
  const outcome = await it.add(sshdPlan(server, "Port none\n"), { guard: { seconds: 3 } });
  assert.deepEqual([outcome.result, outcome.outcome], ["failed", "rolled-back"], JSON.stringify(outcome.error));
  assert.match(
    outcome.error?.message ?? "",
    /nobody confirmed in time; the target put everything back, the machine is/,
  );
  assert.equal(await Deno.readTextFile(server.config), server.good);
  assert.equal((await Deno.stat(server.config)).ino, ino);
  assert.deepEqual([diffTrees(before, await it.tree()), await system()], [[], false]);
  assert.equal((await it.status()).state, "not-deployed");
});

Deno.test("an sshd that lets nobody in any more, in an upgrade: the old version again; packages' sources wait for the confirmation", async () => {
  await using it = await rig({ transport: "openssh" });
  const { server } = it;
  const source = `/etc/apt/sources.list.d/${server.sshd.user}.list`;
  const v1: Plan = [
    ...sshdPlan(server, `${server.good}# v1\n`),
    { write: source, content: "# nothing\n", runAs: "root" },
    { write: "~/only/v1", content: "1" },
  ];
  assert.equal((await it.add(v1)).error, undefined);
  const tree = await it.tree();
  const bad = sshdPlan(server, `AllowUsers nobody\n${server.good}`);
  const outcome = await it.add(bad, { guard: { seconds: 3 } });
  assert.deepEqual([outcome.result, outcome.outcome], ["failed", "rolled-back"], JSON.stringify(outcome.error));
  assert.equal(await Deno.readTextFile(server.config), `${server.good}# v1\n`);
  assert.deepEqual(diffTrees(tree, await it.tree()).filter((line) => !line.includes("only")), []);
  assert.equal(await Deno.readTextFile(`${server.sshd.home}/only/v1`), "1");
  assert.equal((await it.add(v1)).result, "unchanged");

  const good = sshdPlan(server, `${server.good}# v3\n`);
  const confirmed = await it.add(good, { guard: { seconds: 60, check: `test -e ${source}` } });
  assert.deepEqual([confirmed.outcome, confirmed.error], ["confirmed", undefined]);
  await assert.rejects(Deno.lstat(source), Deno.errors.NotFound);
  assert.equal((await it.add(good)).result, "unchanged");
  assert.equal((await it.del()).result, "changed");
  assert.equal(await Deno.readTextFile(server.config), server.good);
  assert.equal(await system(), false);
});

Deno.test("a bundle that takes sudo away from its own user is put back: confirming needs what applying needed", async () => {
  await using it = await rig();
  const { server } = it;
  const sudoers = `/etc/sudoers.d/${server.sshd.user}`;
  const rights = await Deno.readTextFile(sudoers);
  const outcome = await it.add([{ write: sudoers, content: "# nobody\n", mode: "0440", runAs: "root" }], {
    guard: { seconds: 3 },
  });
  assert.deepEqual([outcome.result, outcome.outcome], ["failed", "rolled-back"], JSON.stringify(outcome.error));
  assert.equal(await Deno.readTextFile(sudoers), rights);
  assert.equal(await system(), false);
});

Deno.test("the connection cut in the middle of a step of root's: the target puts both levels back", async () => {
  await using it = await rig();
  const { server } = it;
  const before = await it.tree();
  const running = `${server.sshd.dir}/running`;
  const plan: Plan = [
    { write: "~/note", content: "deployed\n" },
    { write: server.config, content: "Port none\n", mode: "0600", runAs: "root" },
    { command: `: >${running}; sleep 600`, runAs: "root", undo: `rm ${running}` },
  ];
  const watch = Deno.watchFs(server.sshd.dir, { recursive: false });
  const cutting = (async () => {
    for await (const { paths } of watch) if (paths.includes(running)) break;
    await server.sshd.cut();
  })();
  const outcome = await it.add(plan, { guard: { seconds: 600 } });
  await cutting;
  assert.equal(outcome.outcome, "rolled-back", JSON.stringify(outcome.error));
  assert.equal(await Deno.readTextFile(server.config), server.good);
  await assert.rejects(Deno.lstat(running), Deno.errors.NotFound);
  assert.deepEqual([diffTrees(before, await it.tree()), await system()], [[], false]);
});

Deno.test("a user without sudo has a watcher of his own", async () => {
  await using it = await rig({ sudo: false });
  const before = await it.tree();
  const outcome = await it.add([{ write: "~/note", content: "n" }, { command: "touch ~/c", undo: "rm ~/c" }], {
    guard: { seconds: 60, check: "false" },
  });
  assert.equal(outcome.outcome, "rolled-back", JSON.stringify(outcome.error));
  assert.deepEqual(diffTrees(before, await it.tree()), []);
});

/** Giving up takes its time, by design: it is part of the whole attack. */
const whole: (name: string, fn: () => Promise<void>) => void = full ? Deno.test : () => {};
whole(
  "nobody answers any more: it is said when the target acts, and the next charly that gets in finds it so",
  async () => {
    await using it = await rig();
    const { server } = it;
    const plan: Plan = [
      { write: server.config, content: "Port none\n", mode: "0600", runAs: "root" },
      { command: server.restart, runAs: "root", undo: "true" },
    ];
    const outcome = await it.add(plan, { guard: { seconds: 3 } });
    assert.deepEqual([outcome.result, outcome.outcome], ["unreachable", "unreachable"]);
    assert.match(outcome.error?.message ?? "", /the target should have put everything back by itself by now/);
    assert.equal(await Deno.readTextFile(server.config), server.good);
    await new Deno.Command("sh", { args: ["-c", server.restart] }).output();
    assert.equal((await it.status()).state, "not-deployed");
    assert.equal((await it.del()).result, "unchanged");
    assert.equal(await system(), false);
  },
);
