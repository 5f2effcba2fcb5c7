/**
 * Cases 24 and 25: one of many hosts hangs, dies, is slow or is another machine than before; the threshold is reached in the middle;
 * Ctrl-C once and twice, SIGTERM, a terminal that is closed. Nothing is left running, and locks are free or owned by somebody alive.
 * (Waves and unreachable hosts over real SSH: tests/live/cli_hosts_test.ts; one Ctrl-C at a step: tests/live/cli_test.ts.)
 */
import assert from "node:assert/strict";
import type { Candy } from "../../lib/entities/candy.ts";
import { type CharlyProject, charlyProject } from "../shared/charly_process.ts";
import { faultyTransport } from "../shared/faults.ts";
import { hanging, hostIn, type LocalFleet, localFleet } from "../shared/local_fleet.ts";
import { localRig, type Written } from "../shared/local_rig.ts";
import { sample } from "../shared/sample.ts";
import { diffTrees } from "../shared/tree.ts";

const plan = (steps: Candy["plan"]): Written => ({ candies: { app: { plan: steps } as Partial<Candy> } });
const three = plan([
  { write: "~/one", content: "1\n" },
  { command: "echo 2 >~/two", undo: "rm -f ~/two", id: "two" },
  { write: "~/mine", content: "ours\n" },
]);

const exists = (path: string) => Deno.lstat(path).then(() => true, () => false);

/** Everything is taken back everywhere, no store and no process of ours is left. */
async function cleared(fleet: LocalFleet): Promise<void> {
  const undone = await fleet.del();
  assert.deepEqual(undone.hosts.flatMap((host) => host.error ?? []), []);
  for (const host of fleet.hosts) {
    assert.equal(await Deno.readTextFile(`${fleet.home(host)}/mine`), "mine\n");
    assert.deepEqual((await Array.fromAsync(Deno.readDir(fleet.home(host)))).map(({ name }) => name), ["mine"]);
  }
  await settled(() => fleet.processes());
}

/** Drivers leave by themselves, a moment after their channel ended. */
async function settled(processes: () => Promise<string[]>): Promise<void> {
  const until = performance.now() + 60_000;
  for (;;) {
    const left = await processes();
    if (left.length === 0) return;
    if (performance.now() > until) assert.deepEqual(left, [], "processes that are left");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

Deno.test("one of many hosts hangs: the others are done, it is given up by name, and the next run brings it up", async () => {
  await using fleet = await localFleet(sample(8, 20));
  const h7 = hanging();
  const outcome = await fleet.add(three, {}, {
    answerTimeout: 20_000,
    wrap: { h7: h7.wrap },
    on: (event) => event.kind === "confirm" && h7.hang(),
  });
  assert.equal(outcome.ok, false);
  const { result, error } = hostIn(outcome, "h7");
  assert.deepEqual([result, error?.code], ["failed", "silent"]);
  assert.match(error?.message ?? "", /hangs: not a word for 20 s/);
  assert.equal(outcome.hosts.filter(({ result }) => result === "changed").length, fleet.hosts.length - 1);
  const again = await fleet.add(three);
  assert.deepEqual(
    again.hosts.map(({ result }) => result),
    fleet.hosts.map((host) => host === "h7" ? "changed" : "unchanged"),
  );
  await cleared(fleet);
});

Deno.test("one of many hosts dies in the middle: the others are done, and the next run goes on there", async () => {
  await using fleet = await localFleet(sample(8, 20));
  const gate = `${fleet.place}/gate`;
  const outcome = await fleet.add(three, {}, {
    wrap: {
      h3: (transport) =>
        faultyTransport(transport, {
          at: 9,
          how: "pause",
          gate,
          onPause: (paused) => {
            void paused.close();
            Deno.writeTextFileSync(gate, "");
          },
        }),
    },
  });
  assert.deepEqual([hostIn(outcome, "h3").result, hostIn(outcome, "h3").error?.code], ["failed", "cut"]);
  assert.equal(outcome.hosts.filter(({ result }) => result === "changed").length, fleet.hosts.length - 1);
  const again = await fleet.add(three);
  assert.deepEqual(again.hosts.flatMap((host) => host.error ?? []), []);
  assert.equal(hostIn(again, "h3").result, "changed");
  await cleared(fleet);
});

Deno.test("a slow host holds nobody else up", async () => {
  await using fleet = await localFleet(4);
  const go = `${fleet.place}/go`;
  let others = 0;
  const slow = plan([{
    command: `case $HOME in */h2) while [ ! -e '${go}' ]; do sleep 0.05; done ;; esac; echo done >~/done`,
    undo: "rm -f ~/done",
    id: "slow",
  }]);
  const outcome = await fleet.add(slow, {}, {
    on: (event) => {
      // The slow one may end when all others have: were they waiting for it, nothing would ever end.
      if (event.kind === "host-end" && ++others === 3) Deno.writeTextFileSync(go, "");
    },
  });
  assert.deepEqual(outcome.hosts.map(({ result }) => result), ["changed", "changed", "changed", "changed"]);
  assert.equal(fleet.events.findLast((event) => event.kind === "host-end")?.host, "h2");
  await cleared(fleet);
});

Deno.test("a host that is another machine than last time, or a new one, is said to be", async () => {
  await using fleet = await localFleet(3);
  await fleet.add(three);
  const store = (host: string) => `${fleet.home(host)}/.config/opencharly/installed/engine`;
  await Deno.writeTextFile(
    `${store("h1")}/target.json`,
    JSON.stringify({ target_id: "0123456789abcdef0123456789abcdef", schema: 1 }),
  );
  await Deno.remove(`${fleet.home("h2")}/.config`, { recursive: true });
  await Deno.remove(`${fleet.home("h2")}/one`);
  const outcome = await fleet.add(three);
  assert.equal(outcome.ok, true);
  const said = fleet.events.flatMap((event) => event.kind === "warning" ? [`${event.host}: ${event.message}`] : []);
  assert.match(
    said.find((line) => line.startsWith("h1: ")) ?? "",
    /not the machine web was deployed to last: reinstalled, cloned/,
  );
  assert.match(said.find((line) => line.startsWith("h2: ")) ?? "", /was deployed here, and nothing is on record now/);
  assert.equal(said.some((line) => line.startsWith("h3: ")), false);
  assert.equal(hostIn(outcome, "h2").result, "changed");
});

Deno.test("the threshold is looked at before every host, and what runs then comes to its end", async () => {
  await using fleet = await localFleet(12);
  for (const host of ["h1", "h2", "h3"]) await Deno.writeTextFile(`${fleet.home(host)}/broken`, "");
  const checked = plan([
    { write: "~/one", content: "1\n" },
    { command: "test ! -e ~/broken", undo: "true", id: "check" },
    { write: "~/last", content: "2\n" },
  ]);
  const outcome = await fleet.add(checked, { parallel: 4, maxFail: "1" });
  const results = outcome.hosts.map(({ result }) => result);
  assert.deepEqual(results.slice(0, 3).map((result) => result === "failed" || result === "not-run"), [
    true,
    true,
    true,
  ]);
  assert.ok(results.filter((result) => result === "failed").length >= 2, results.join());
  assert.ok(results.filter((result) => result === "not-run").length >= 4, results.join());
  for (const [index, host] of fleet.hosts.entries()) {
    assert.equal(await exists(`${fleet.home(host)}/last`), results[index] === "changed", host);
    assert.equal(await exists(`${fleet.home(host)}/one`), results[index] !== "not-run", host);
  }
  for (const host of ["h1", "h2", "h3"]) await Deno.remove(`${fleet.home(host)}/broken`);
  assert.deepEqual((await fleet.add(checked)).hosts.flatMap((host) => host.error ?? []), []);
  assert.deepEqual((await fleet.del()).hosts.flatMap((host) => host.error ?? []), []);
});

Deno.test("Ctrl-C stops every host behind its step, begins no further one, and the next run goes on", async () => {
  await using fleet = await localFleet(8);
  const abort = new AbortController();
  const go = `${fleet.place}/go`;
  const waiting = plan([
    { write: "~/one", content: "1\n" },
    { command: `while [ ! -e '${go}' ]; do sleep 0.05; done; echo 2 >~/two`, undo: "rm -f ~/two", id: "wait" },
    { write: "~/last", content: "3\n" },
  ]);
  const begun = new Set<string>();
  const outcome = await fleet.add(waiting, { parallel: 4, signal: abort.signal }, {
    on: (event) => {
      if (event.kind !== "step-begin" || !event.summary.startsWith("run while")) return;
      begun.add(event.host);
      if (begun.size < 4) return;
      abort.abort();
      Deno.writeTextFileSync(go, "");
    },
  });
  assert.deepEqual(
    outcome.hosts.map(({ result, error }) => error?.code ?? result),
    fleet.hosts.map((host) => begun.has(host) ? "stopped" : "not-run"),
  );
  for (const host of fleet.hosts) {
    assert.equal(
      await exists(`${fleet.home(host)}/two`),
      begun.has(host),
      `the running step of ${host} came to its end`,
    );
    assert.equal(await exists(`${fleet.home(host)}/last`), false);
  }
  assert.deepEqual((await fleet.add(waiting)).hosts.flatMap((host) => host.error ?? []), []);
  await cleared(fleet);
});

Deno.test("Ctrl-C with --on-failure rollback puts back what the run did", async () => {
  await using rig = await localRig({ conf: "mine\n" });
  const before = await rig.tree();
  const abort = new AbortController();
  const go = `${rig.place}/go`;
  const stopped = await rig.add(
    plan([
      { write: "~/conf", content: "ours\n" },
      { command: `while [ ! -e '${go}' ]; do sleep 0.05; done; echo 2 >~/two`, undo: "rm -f ~/two", id: "wait" },
      { write: "~/last", content: "3\n" },
    ]),
    "web",
    { onFailure: "rollback", signal: abort.signal },
    {
      on: (event) => {
        if (event.kind !== "step-begin" || !event.summary.startsWith("run while")) return;
        abort.abort();
        Deno.writeTextFileSync(go, "");
      },
    },
  );
  assert.deepEqual([stopped.ok, stopped.hosts[0]?.error?.code], [false, "stopped"]);
  assert.match(stopped.hosts[0]?.error?.message ?? "", /stopped as asked.*this run's changes were put back/);
  assert.deepEqual(diffTrees(before, await rig.tree()).filter((line) => !line.includes(".config")), []);
  assert.deepEqual((await rig.del()).hosts.flatMap((host) => host.error ?? []), []);
  assert.equal(await exists(`${rig.home}/.config`), false);
});

Deno.test("who waits for a lock hears Ctrl-C, and did nothing", async () => {
  await using rig = await localRig();
  const go = `${rig.place}/go`;
  const slow = plan([{ command: `while [ ! -e '${go}' ]; do sleep 0.05; done`, undo: "true", id: "wait" }]);
  const begun = Promise.withResolvers<void>(), busy = Promise.withResolvers<void>();
  const holding = rig.add(slow, "web", {}, {
    on: (event) => event.kind === "step-begin" ? begun.resolve() : undefined,
  });
  await begun.promise;
  const abort = new AbortController();
  const other: Written = {
    candies: { other: { plan: [{ write: "~/x", content: "x" }] } as Partial<Candy> },
    bundles: { two: { candy: ["other"] } },
  };
  const waiting = rig.add(other, "two", { signal: abort.signal }, {
    on: (event) =>
      event.kind === "warning" && event.message.includes("waiting for the lock") ? busy.resolve() : undefined,
  });
  await busy.promise;
  abort.abort();
  const refused = await waiting; // the holder is still at it: only Ctrl-C can have ended this one
  assert.equal(refused.hosts[0]?.error?.code, "stopped");
  assert.match(refused.hosts[0]?.error?.message ?? "", /stopped as asked, while it was held by another run/);
  assert.equal(await exists(`${rig.home}/x`), false);
  await Deno.writeTextFile(go, "");
  assert.equal((await holding).ok, true);
  assert.equal((await rig.add(other, "two")).ok, true);
  for (const bundle of ["two", "web"]) assert.equal((await rig.del(bundle)).ok, true);
});

/** A deploy of a step that never ends by itself, on a home of its own. */
const endless = `
import { bundle, candy, command, defineConfig, local, write } from "@charly/charly";
export default defineConfig({
  candies: { slow: candy({ version: "2026.300.0900", description: "never ends", plan: [
    write("~/before", { content: "1" }),
    command("[ ! -e ~/fine ] || exit 0; echo $$ > ~/begun.new; mv ~/begun.new ~/begun; sleep 600", { undo: "rm -f ~/begun" }),
  ] }) },
  bundles: { here: bundle({ on: local(), candy: ["slow"] }) },
});
`;

/** The step was ended, its lock is free, the next run comes to its end, and undo gives the home back. */
async function recovered(it: CharlyProject, step: number): Promise<void> {
  await settled(async () => await exists(`/proc/${step}`) ? [`step ${step}`] : []);
  await Deno.writeTextFile(`${it.home}/fine`, "");
  const again = await it.charly("deploy", "-y");
  assert.equal(again.code, 0, `${again.stdout}${again.stderr}`);
  assert.doesNotMatch(again.stdout, /waiting for the lock, held by tester/);
  const undone = await it.charly("bundle", "del", "here", "-y");
  assert.equal(undone.code, 0, undone.stdout);
  assert.deepEqual([await exists(`${it.home}/before`), await exists(`${it.home}/.config`)], [false, false]);
}

async function stepOf(it: CharlyProject, watcher: Deno.FsWatcher): Promise<number> {
  const read = () => Deno.readTextFile(`${it.home}/begun`).then(Number, () => undefined);
  for (let step = await read();; step = await read()) {
    if (step !== undefined) return step;
    await watcher[Symbol.asyncIterator]().next();
  }
}

Deno.test("Ctrl-C twice leaves at once: the step is ended, and nothing is left running or locked", async () => {
  await using it = await charlyProject(endless);
  using watcher = Deno.watchFs(it.home);
  let step = 0;
  const left = await it.onTerminal(["deploy", "-y"], [
    { after: async () => void (step = await stepOf(it, watcher)), type: "\x03" },
    { after: /Ctrl-C again leaves at once/, type: "\x03" },
  ]);
  assert.equal(left.code, 130, left.stdout);
  await recovered(it, step);
});

for (const signal of ["SIGTERM", "SIGHUP", "SIGKILL"] as const) {
  Deno.test(`${signal} ends charly, the step is ended, and nothing is left running or locked`, async () => {
    await using it = await charlyProject(endless);
    using watcher = Deno.watchFs(it.home);
    let step = 0;
    await it.onTerminal(["deploy", "-y"], [{
      after: async () => void (step = await stepOf(it, watcher)),
      do: async () => {
        for (const pid of await charlies(it.home)) Deno.kill(pid, signal);
      },
    }]);
    await recovered(it, step);
  });
}

/** Processes that are charly itself (it starts itself once more with the permissions it asked for). */
async function charlies(home: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await Deno.readTextFile(`/proc/${name}/environ`).catch(() => "");
    const command = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (environment.includes(`HOME=${home}\0`) && command.includes("tasks/main.ts") && !command.startsWith("script")) {
      found.push(Number(name));
    }
  }
  return found;
}
