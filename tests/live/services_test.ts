/** Services against a systemctl that keeps state in files: what is enabled, started and masked, and what it is again afterwards. */
import assert from "node:assert/strict";
import type { Candy, Service } from "../../lib/entities/candy.ts";
import { fakeSystemctl, type UnitState } from "../shared/fake_systemctl.ts";
import { localRig } from "../shared/local_rig.ts";
import { systemLock } from "../shared/system_lock.ts";

const unitDir = "/etc/systemd/system";

/** This machine with a fake systemctl, and charly in front of it. */
async function machine(units: Readonly<Record<string, UnitState>> = {}) {
  await using stack = new AsyncDisposableStack();
  stack.use(await systemLock());
  const systemctl = stack.use(await fakeSystemctl());
  await systemctl.declare(units);
  const rig = stack.use(await localRig({}, { CHARLY_PATH_PREFIX: systemctl.bin }));
  const before = await names(unitDir);
  const kept = stack.move();
  const written = (service: readonly Service[], more: Partial<Candy> = {}) => ({
    candies: { it: { service, ...more } },
    bundles: { web: { candy: ["it"] } },
  });
  return {
    systemctl,
    rig,
    calls: async () =>
      (await systemctl.calls()).map((call) => call.replace(/^root /, "")).filter((call) => !/^(is-|show)/.test(call)),
    add: async (service: readonly Service[], more?: Partial<Candy>) => {
      await systemctl.clear();
      const outcome = await rig.add(written(service, more), "web", { install: { withServices: true } });
      assert.deepEqual([outcome.ok, outcome.hosts[0]?.error], [true, undefined]);
      return outcome.hosts[0]!;
    },
    del: async (options = {}) => {
      await systemctl.clear();
      const outcome = await rig.del("web", options);
      assert.deepEqual([outcome.ok, outcome.hosts[0]?.error], [true, undefined]);
      return outcome.hosts[0]!;
    },
    newFiles: async () => (await names(unitDir)).filter((name) => !before.includes(name)),
    async [Symbol.asyncDispose]() {
      await rig.del("web", { force: true }); // of a test that failed
      await kept.disposeAsync();
    },
  };
}

async function names(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
}

for (
  const state of [
    { enabled: true, active: true },
    { enabled: true, active: false },
    { enabled: false, active: true },
    { enabled: false, active: false },
    { masked: true, enabled: false, active: false },
  ]
) {
  Deno.test(`a packaged unit found as ${JSON.stringify(state)} runs, and is found so again after del()`, async () => {
    await using it = await machine({ "it30.service": state });
    await it.add([{ name: "it", usePackaged: "it30", enable: true }]);
    const running = await it.systemctl.unit("it30.service");
    assert.deepEqual([running.enabled, running.active, running.masked], [true, true, false]);
    await it.del();
    const { enabled, active, masked } = await it.systemctl.unit("it30.service");
    assert.deepEqual({ enabled, active, masked }, { masked: false, ...state });
  });
}

Deno.test("a second apply takes nothing of ours for what was there before", async () => {
  await using it = await machine({ "it30.service": {} });
  const service = [{ name: "it", usePackaged: "it30", enable: true }];
  await it.add(service);
  assert.equal((await it.add(service)).result, "unchanged");
  await it.del();
  const { enabled, active } = await it.systemctl.unit("it30.service");
  assert.deepEqual([enabled, active], [false, false]);
});

Deno.test("a packaged unit without enable is left alone", async () => {
  await using it = await machine({ "it30.service": {} });
  await it.add([{ name: "it", usePackaged: "it30" }]);
  assert.deepEqual(await it.calls(), []);
});

Deno.test("a drop-in makes a running unit start again, on the way in and on the way back", async () => {
  await using it = await machine({ "it30.service": { enabled: true, active: true } });
  await it.add([{ name: "it", usePackaged: "it30", enable: true, overrides: { env: { A: "b c" } } }]);
  assert.deepEqual(await it.calls(), ["daemon-reload", "restart it30.service"]);
  assert.match(await Deno.readTextFile(`${unitDir}/it30.service.d/charly-it.conf`), /Environment="?A=b c"?/);
  await it.del();
  assert.deepEqual(await it.calls(), ["daemon-reload", "try-restart it30.service"]);
  assert.deepEqual(await it.newFiles(), []);
  assert.equal((await it.systemctl.unit("it30.service")).active, true);
});

Deno.test("a unit of one's own is written, loaded, enabled and started, in this order; del() goes the way back", async () => {
  await using it = await machine();
  await it.add([{ name: "beat", exec: "/bin/sleep 60", enable: true }]);
  assert.deepEqual(await it.newFiles(), ["charly-it-beat.service"]);
  assert.deepEqual(await it.calls(), [
    "daemon-reload",
    "enable charly-it-beat.service",
    "start charly-it-beat.service",
  ]);
  await it.del();
  const calls = await it.calls();
  assert.deepEqual(calls.slice(0, 2), ["disable charly-it-beat.service", "stop charly-it-beat.service"]);
  assert.equal(calls[2], "daemon-reload");
  assert.deepEqual(await it.newFiles(), []);
  const { enabled, active } = await it.systemctl.unit("charly-it-beat.service");
  assert.deepEqual([enabled, active], [false, false]);
});

Deno.test("a unit whose text changes is loaded and started again", async () => {
  await using it = await machine();
  await it.add([{ name: "beat", exec: "/bin/sleep 60", enable: true }]);
  await it.add([{ name: "beat", exec: "/bin/sleep 90", enable: true }]);
  assert.deepEqual(await it.calls(), ["daemon-reload", "restart charly-it-beat.service"]);
  await it.del();
  assert.deepEqual(await it.newFiles(), []);
});

Deno.test("a service that left the candy is stopped before its file goes", async () => {
  await using it = await machine();
  await it.add([{ name: "beat", exec: "/bin/sleep 60", enable: true }], { env: { A: "b" } });
  await it.add([], { env: { A: "b" } });
  assert.equal((await it.systemctl.unit("charly-it-beat.service")).active, false);
  assert.deepEqual(await it.newFiles(), []);
});

Deno.test("a unit that does not start is a failed step with what systemctl said, and del() leaves nothing", async () => {
  await using it = await machine({ "charly-it-beat.service": { broken: true } });
  const written = { candies: { it: { service: [{ name: "beat", exec: "/bin/false", enable: true }] } } };
  const outcome = await it.rig.add(written, "web", { install: { withServices: true } });
  assert.equal(outcome.hosts[0]?.error?.code, "step-failed");
  assert.match(outcome.hosts[0]?.error?.message ?? "", /Job for charly-it-beat\.service failed/);
  await it.del();
  assert.deepEqual(await it.newFiles(), []);
  assert.equal((await it.systemctl.unit("charly-it-beat.service")).enabled, false);
});

Deno.test("del() with keepServices releases units and their files, and says which", async () => {
  await using it = await machine();
  await it.add([{ name: "beat", exec: "/bin/sleep 60", enable: true }], {
    plan: [{ write: "~/note", content: "hi\n" }],
  });
  const host = await it.del({ keepServices: true });
  assert.equal(host.released?.length, 2);
  assert.deepEqual(await it.calls(), []);
  assert.deepEqual(await it.newFiles(), ["charly-it-beat.service"]);
  assert.equal((await it.systemctl.unit("charly-it-beat.service")).active, true);
  assert.equal(await Deno.stat(`${it.rig.home}/note`).then(() => true, () => false), false);
  await Deno.remove(`${unitDir}/charly-it-beat.service`);
});

Deno.test("the first unit of a user makes his manager stay; with the last one it may go", async () => {
  await using it = await machine();
  const notes = { name: "notes", scope: "user", exec: "/bin/sleep 60", enable: true } as const;
  await it.add([notes, { ...notes, name: "more" }]);
  assert.equal(await it.systemctl.lingers("root"), true);
  assert.equal((await it.calls()).filter((call) => call.includes("enable-linger")).length, 1);
  const unit = await it.systemctl.unit("charly-it-notes.service", 0);
  assert.deepEqual([unit.enabled, unit.active], [true, true]);
  const rest = { it: { service: [notes] } };
  await it.rig.add({ candies: rest, bundles: { web: { candy: ["it"] } } }, "web", { install: { withServices: true } });
  assert.equal(await it.systemctl.lingers("root"), true);
  await it.del();
  assert.equal(await it.systemctl.lingers("root"), false);
  assert.deepEqual([...(await it.rig.tree()).keys()], ["."]);
});

Deno.test("the manager of a user stays as long as one of his units does", async () => {
  await using it = await machine();
  const [first, second] = ["first", "second"].map((name) =>
    ({ name, scope: "user", exec: "/bin/sleep 60", enable: true }) as const
  ) as [Service, Service];
  await it.add([first, second]);
  await it.add([second]);
  assert.equal((await it.systemctl.unit("charly-it-first.service", 0)).active, false);
  assert.deepEqual([
    await it.systemctl.lingers("root"),
    (await it.systemctl.unit("charly-it-second.service", 0)).active,
  ], [
    true,
    true,
  ]);
  await it.del();
});

Deno.test("a user whose manager stayed before keeps it", async () => {
  await using it = await machine();
  await new Deno.Command(`${it.systemctl.bin}/loginctl`, { args: ["enable-linger", "root"] }).output();
  await it.add([{ name: "notes", scope: "user", exec: "/bin/sleep 60", enable: true }]);
  await it.del();
  assert.equal(await it.systemctl.lingers("root"), true);
});
