/**
 * A driver that is killed all over a run (at every place of it with `deno task test:attack`), a connection that is cut, a
 * charly that is killed: run again, and the end is the same; undo, and the home is what it was.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type HttpServer, serveHttp, tarArchive } from "../shared/http.ts";
import { places as spread } from "../shared/sample.ts";
import { type LocalRig, localRig, places, timeless, type Written } from "../shared/local_rig.ts";
import { diffTrees } from "../shared/tree.ts";

/** What the home holds before: a shell file, a file that gets another text, one that an archive overwrites. */
const files = { ".bashrc": "# mine\n", ".conf": "old\n", "opt/t/README": "old readme\n" };

/** One step of every kind that needs no root. */
function written(http: HttpServer): Written {
  return {
    candies: {
      app: {
        shell: { bash: { init: "alias a=b" } },
        env: { A: "1" },
        plan: [
          { mkdir: "~/opt/app" },
          { write: "~/.conf", content: "new\n" },
          { link: "~/opt/cur", target: "app" },
          { download: `${http.url}/t.tar.gz`, to: "~/opt/t", extract: "tar.gz", stripComponents: 1 },
          { download: `${http.url}/plain`, to: "~/opt/plain", extract: "none" },
          { command: "echo hi > ~/opt/app/out", touches: ["~/opt/app/out"], id: "out" },
          { command: "echo side > ~/side", undo: "rm -f ~/side", id: "side" },
        ],
      },
    },
  };
}

/** The same bundle a version later: something of everything changed, went or came. */
function upgraded(http: HttpServer): Written {
  return {
    candies: {
      app: {
        shell: { bash: { init: "alias a=c" } },
        plan: [
          { mkdir: "~/opt/app", mode: "0700" },
          { write: "~/.conf", content: "newer\n" },
          { write: "~/opt/app/extra", content: "extra\n" },
          { link: "~/opt/cur", target: "app/extra" },
          { download: `${http.url}/t2.tar.gz`, to: "~/opt/t", extract: "tar.gz", stripComponents: 1 },
          { command: "echo other > ~/other-side", undo: "rm -f ~/other-side", id: "side" },
        ],
      },
    },
  };
}

async function server(): Promise<HttpServer> {
  return serveHttp({
    "/t.tar.gz": await tarArchive({ "t-1/bin/x": "#!/bin/sh\n", "t-1/README": "new\n" }),
    "/t2.tar.gz": await tarArchive({ "t-2/bin/y": "#!/bin/sh\n", "t-2/README": "newer\n" }),
    "/plain": "plain bytes\n",
  });
}

/** `count` places, spread over all of them. */
function faultsIn(all: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => 1 + Math.floor((index * (all - 1)) / (count - 1)));
}

async function assertHome(rig: LocalRig, before: Awaited<ReturnType<LocalRig["tree"]>>, when: string): Promise<void> {
  assert.deepEqual(diffTrees(before, await rig.tree()), [], when);
  assert.deepEqual(
    await Array.fromAsync(Deno.readDir(`${rig.home}/.config`)).catch(() => []),
    [],
    `${when}: the store`,
  );
}

Deno.test("addBundle() ends the same wherever the run before it was killed, and so does delBundle()", async () => {
  await using http = await server();
  await using rig = await localRig(files);
  const before = await rig.tree();
  const web = written(http);
  const count = { at: 0, how: "kill", gate: rig.gate } as const;
  assert.equal((await rig.add(web, "web", {}, { fault: count })).ok, true);
  const inAdd = await places(rig);
  const [tree, ledger] = [timeless(await rig.tree()), await rig.ledger()];
  assert.equal((await rig.del("web", {}, { fault: count })).ok, true);
  const inDel = await places(rig);
  await assertHome(rig, before, "undisturbed");
  for (const at of spread(Math.max(inAdd, inDel), 12)) {
    const when = `killed at ${at} of ${inAdd} and ${inDel}`;
    const fault = { at, how: "kill", gate: rig.gate } as const;
    await rig.add(web, "web", {}, { fault });
    assert.equal((await rig.add(web)).ok, true, when);
    assert.deepEqual(diffTrees(tree, timeless(await rig.tree())), [], when);
    assert.deepEqual(await rig.ledger(), ledger, when);
    if (at % 8 === 0) assert.equal((await rig.add(web)).hosts[0]?.result, "unchanged", when);
    await rig.del("web", {}, { fault });
    const undone = await rig.del();
    assert.deepEqual(undone.hosts.flatMap((host) => host.error ?? []), [], when);
    await assertHome(rig, before, when);
  }
});

Deno.test("delBundle() restores the home wherever the add was killed", async () => {
  await using http = await server();
  await using rig = await localRig(files);
  const before = await rig.tree();
  const web = written(http);
  await rig.add(web, "web", {}, { fault: { at: 0, how: "kill", gate: rig.gate } });
  const inAdd = await places(rig);
  await rig.del();
  for (const at of spread(inAdd, 12)) {
    await rig.add(web, "web", {}, { fault: { at, how: "kill", gate: rig.gate } });
    assert.equal((await rig.del()).ok, true, `killed at ${at}`);
    await assertHome(rig, before, `killed at ${at}`);
  }
});

Deno.test("an upgrade ends as a fresh deploy would wherever it was killed, and undo gives the base of the first version", async () => {
  await using http = await server();
  await using rig = await localRig(files);
  const before = await rig.tree();
  const [v1, v2] = [written(http), upgraded(http)];
  await rig.add(v2);
  const [fresh, ledger] = [timeless(await rig.tree()), await rig.ledger()];
  await rig.del();
  await rig.add(v1);
  assert.equal((await rig.add(v2, "web", {}, { fault: { at: 0, how: "kill", gate: rig.gate } })).ok, true);
  assert.deepEqual(diffTrees(fresh, timeless(await rig.tree())), []);
  const inUpgrade = await places(rig);
  await rig.del();
  await assertHome(rig, before, "undisturbed");
  for (const at of spread(inUpgrade, 8)) {
    await rig.add(v1);
    await rig.add(v2, "web", {}, { fault: { at, how: "kill", gate: rig.gate } });
    const again = await rig.add(v2);
    assert.deepEqual(again.hosts.flatMap((host) => host.error ?? []), [], `killed at ${at}`);
    assert.deepEqual(diffTrees(fresh, timeless(await rig.tree())), [], `killed at ${at}`);
    assert.deepEqual(await rig.ledger(), ledger, `killed at ${at}`);
    assert.equal((await rig.del()).ok, true, `killed at ${at}`);
    await assertHome(rig, before, `killed at ${at}`);
  }
});

Deno.test("a connection that is closed, an abort and a killed charly leave what the next run takes up", async () => {
  await using http = await server();
  await using rig = await localRig(files);
  const before = await rig.tree();
  const web = written(http);
  await rig.add(web, "web", {}, { fault: { at: 0, how: "kill", gate: rig.gate } });
  const inAdd = await places(rig);
  const tree = timeless(await rig.tree());
  await rig.del();
  for (const how of ["close", "abort", "kill charly"] as const) {
    for (const at of faultsIn(inAdd, 4)) {
      const when = `${how} at ${at}`;
      await Deno.remove(rig.gate).catch(() => {});
      const go = () => Deno.writeTextFileSync(rig.gate, "");
      if (how === "kill charly") {
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--quiet", fileURLToPath(new URL("../shared/killed_charly.ts", import.meta.url))],
          env: { RIG: JSON.stringify({ place: rig.place, written: web, at, gate: rig.gate }) },
        });
        const { signal } = await child.output();
        assert.equal(signal, "SIGKILL", when);
        go();
      } else {
        const abort = new AbortController();
        const outcome = await rig.add(web, "web", { signal: abort.signal }, {
          fault: {
            at,
            how: "pause",
            gate: rig.gate,
            onPause: (transport) => {
              if (how === "close") void transport.close();
              else abort.abort();
              go();
            },
          },
        });
        if (how === "close") assert.equal(outcome.hosts[0]?.error?.code, "cut", when);
      }
      const again = await rig.add(web);
      assert.deepEqual(again.hosts.flatMap((host) => host.error ?? []), [], when);
      assert.deepEqual(diffTrees(tree, timeless(await rig.tree())), [], when);
      assert.equal((await rig.del()).ok, true, when);
      await assertHome(rig, before, when);
    }
  }
});
