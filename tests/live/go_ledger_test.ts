/** A tree of the Go charly: shown, replayed in the mended order, added to, and kept in its own shape by what we deploy. */
import assert from "node:assert/strict";
import { deployId } from "../../lib/plan/deploy_id.ts";
import { readGoCandy, readGoDeploy } from "../../lib/ledger/go_records.ts";
import { fakeSystemctl } from "../shared/fake_systemctl.ts";
import { type LocalRig, localRig } from "../shared/local_rig.ts";
import { diffTrees, snapshotTree } from "../shared/tree.ts";

const at = "2026-06-10T16:49:00Z";
const version = "2026.161.1649";
const tree = ".config/opencharly/installed";

/** The Go charly's `web`: a packaged service, a file, a snippet, an environment file, and a script of a plugin. */
function records(rig: LocalRig, fields: { deploy?: object; nginx?: object; tools?: object } = {}) {
  const id = deployId("web");
  const root = `${rig.place}/root`;
  return {
    [`${tree}/.lock`]: "",
    [`${tree}/deploys/${id}.json`]: JSON.stringify({
      schema_version: version,
      deploy_id: id,
      image: "web",
      target: "local",
      candy: ["tools", "nginx"],
      add_candy: null,
      deployed_at: at,
      ...fields.deploy,
    }),
    [`${tree}/layers/nginx.json`]: JSON.stringify({
      schema_version: version,
      candy: "nginx",
      version: "2026.150.0900",
      deployed_by: [id],
      deployed_at: at,
      reverse_ops: [
        {
          kind: "package-remove",
          format: "deb",
          targets: ["nginx"],
          uninstall_cmd: `printf 'removed nginx\\n' >>${root}/packages`,
        },
        // as the Go charly wrote them: replayed backwards, restore would come before disable
        { kind: "service-disable", targets: ["nginx.service"] },
        { kind: "restore-enabled", targets: ["nginx.service"] },
        { kind: "rm-file-system", targets: [`${root}/nginx.conf`] },
      ],
      ...fields.nginx,
    }),
    [`${tree}/layers/tools.json`]: JSON.stringify({
      schema_version: version,
      candy: "tools",
      deployed_by: [id],
      deployed_at: at,
      reverse_ops: [
        { kind: "rm-file-user", scope: 1, targets: ["~/bin/tool"] },
        { kind: "remove-managed-block", scope: 1, targets: ["$HOME/.bashrc"], extra: { marker: "tools" } },
        {
          kind: "plugin-script",
          scope: 1,
          extra: { script: 'echo "$CHARLY_STEP_STATE" >"$HOME/plugin"; shopt -q extglob || :' },
        },
      ],
      ...fields.tools,
    }),
    ".bashrc": "# mine\n\n# opencharly:begin tools\nalias t=tool\n# opencharly:end tools\n",
    ".config/opencharly/env.d/tools.env": "A=1\n",
    "bin/tool": "#!/bin/sh\n",
  };
}

async function goHome(): Promise<LocalRig & { systemctl: Awaited<ReturnType<typeof fakeSystemctl>> }> {
  const systemctl = await fakeSystemctl();
  await systemctl.declare({ "nginx.service": { enabled: true, active: true } });
  const rig = await localRig({}, { CHARLY_PATH_PREFIX: systemctl.bin });
  await Deno.mkdir(`${rig.place}/root`);
  await Deno.writeTextFile(`${rig.place}/root/nginx.conf`, "x\n");
  await rig.write(records(rig));
  return Object.assign(rig, {
    systemctl,
    [Symbol.asyncDispose]: async () => {
      await systemctl[Symbol.asyncDispose]();
      await Deno.remove(rig.place, { recursive: true });
    },
  });
}

const names = async (path: string) =>
  (await Array.fromAsync(Deno.readDir(path)).catch(() => [])).map(({ name }) => name).sort();

Deno.test("statusOf() shows a deploy of the Go charly", async () => {
  await using rig = await goHome();
  const [row] = await rig.api().statusOf(undefined, "web", {});
  assert.deepEqual([row?.state, row?.candies, row?.at], ["deployed", ["tools", "nginx"], at]);
  assert.match(row?.note ?? "", /Go charly/);
});

Deno.test("delBundle() replays what the Go charly recorded, services disabled before they are restored", async () => {
  await using rig = await goHome();
  const outcome = await rig.del("web");
  assert.deepEqual(outcome.hosts.flatMap(({ error }) => error ?? []), []);
  const calls = (await rig.systemctl.calls()).filter((call) => /disable|enable --now/.test(call));
  assert.deepEqual(calls, ["root disable --now -- nginx.service", "root enable --now -- nginx.service"]);
  assert.equal(await Deno.readTextFile(`${rig.place}/root/packages`), "removed nginx\n");
  assert.deepEqual(await names(`${rig.place}/root`), ["packages"]);
  assert.equal(await rig.read(".bashrc"), "# mine\n\n");
  assert.deepEqual(await names(`${rig.home}/bin`), []);
  assert.deepEqual(await names(`${rig.home}/.config/opencharly/env.d`), []);
  assert.equal(await rig.read("plugin"), "done\n");
  // its tree is what it leaves behind itself after a del: no records, the lock, the two directories
  assert.deepEqual(await names(`${rig.home}/${tree}`), [".lock", "deploys", "layers"]);
  assert.deepEqual(await names(`${rig.home}/${tree}/deploys`), []);
  assert.deepEqual(await names(`${rig.home}/${tree}/layers`), []);
  assert.equal((await rig.del("web")).hosts[0]?.result, "unchanged");
});

Deno.test("delBundle() leaves on record what failed, and tries only that again", async () => {
  await using rig = await goHome();
  const failing = { kind: "plugin-script", scope: 1, extra: { script: '[ -e "$HOME/mended" ]' } };
  const counting = { kind: "plugin-script", scope: 1, extra: { script: 'echo x >>"$HOME/count"' } };
  await rig.write(records(rig, { tools: { reverse_ops: [failing, counting] } }));
  const first = await rig.del("web");
  assert.equal(first.ok, false);
  assert.match(first.hosts[0]?.left?.join("\n") ?? "", /plugin-script/);
  const left = await Deno.readTextFile(`${rig.home}/${tree}/layers/tools.json`);
  assert.deepEqual(readGoCandy(left, "layers/tools.json").reverse_ops, [failing]);
  await rig.write({ mended: "" });
  assert.equal((await rig.del("web")).ok, true);
  assert.equal(await rig.read("count"), "x\n");
  assert.deepEqual(await names(`${rig.home}/${tree}/deploys`), []);
});

Deno.test("delBundle() goes on where it was killed", async () => {
  await using rig = await goHome();
  const counting = { kind: "plugin-script", scope: 1, extra: { script: 'echo x >>"$HOME/count"' } };
  await rig.write(records(rig, { tools: { reverse_ops: [counting] } }));
  for (const place of [3, 6, 9, 12]) {
    await rig.del("web", {}, { fault: { at: place, how: "kill", gate: rig.gate } });
  }
  assert.equal((await rig.del("web")).ok, true);
  assert.deepEqual(await names(`${rig.home}/${tree}/layers`), []);
  assert.deepEqual(await names(`${rig.place}/root`), ["packages"]);
});

Deno.test("delBundle() does not touch a record about another machine", async () => {
  await using rig = await goHome();
  await rig.write(records(rig, { deploy: { target: "vm" } }));
  const before = await snapshotTree(rig.home);
  assert.equal((await rig.del("web")).hosts[0]?.result, "unchanged");
  assert.deepEqual(diffTrees(before, await snapshotTree(rig.home)), []);
});

Deno.test("addBundle() over a deploy of the Go charly keeps its ops below ours", async () => {
  await using rig = await goHome();
  const web = { candies: { tools: { plan: [{ write: "~/bin/ours", content: "ours\n" }] } } };
  assert.equal((await rig.add(web)).ok, true);
  const layer = readGoCandy(await rig.read(`${tree}/layers/tools.json`), "layers/tools.json");
  assert.deepEqual(layer.reverse_ops?.map(({ kind }) => kind), [
    "rm-file-user",
    "remove-managed-block",
    "plugin-script",
    "rm-file-user",
  ]);
  assert.equal((await rig.add(web)).hosts[0]?.result, "unchanged");
  const outcome = await rig.del("web");
  assert.deepEqual(outcome.hosts.flatMap(({ error }) => error ?? []), []);
  assert.deepEqual(await names(`${rig.home}/bin`), []);
  assert.deepEqual(await names(`${rig.home}/${tree}/layers`), []);
  assert.equal(await rig.read("plugin"), "done\n");
});

Deno.test("a candy of two deploys, ours and the Go charly's, stays until the second one goes", async () => {
  await using rig = await goHome();
  const mine = {
    candies: { tools: { plan: [{ write: "~/bin/ours", content: "ours\n" }] } },
    bundles: { mine: { candy: ["tools"] } },
  };
  assert.equal((await rig.add(mine, "mine")).ok, true);
  assert.equal((await rig.del("web")).ok, true);
  const layer = readGoCandy(await rig.read(`${tree}/layers/tools.json`), "layers/tools.json");
  assert.deepEqual(layer.deployed_by, [deployId("mine")]);
  assert.deepEqual(await names(`${rig.home}/bin`), ["ours", "tool"]);
  assert.equal((await rig.del("mine")).ok, true);
  assert.deepEqual(await names(`${rig.home}/bin`), []);
});

Deno.test("addBundle() writes records that the Go charly reads, and takes them back with the deploy", async () => {
  await using rig = await localRig({ ".bashrc": "# mine\n" });
  const before = await snapshotTree(rig.home);
  const candies = { a: { plan: [{ write: "~/a", content: "a\n" }] }, b: { plan: [{ write: "~/b", content: "b\n" }] } };
  await rig.add({ candies });
  const deploy = readGoDeploy(await rig.read(`${tree}/deploys/${deployId("web")}.json`), "deploys/web.json");
  assert.deepEqual([deploy.image, deploy.target, deploy.candy], ["web", "local", ["a", "b"]]);
  const info = await Deno.stat(`${rig.home}/${tree}/layers/a.json`);
  assert.equal((info.mode ?? 0) & 0o777, 0o644);
  // an upgrade without a candy takes its record along
  await rig.add({ candies: { a: candies.a } });
  assert.deepEqual(await names(`${rig.home}/${tree}/layers`), ["a.json"]);
  await rig.del();
  assert.deepEqual(diffTrees(before, await snapshotTree(rig.home)), []);
});

Deno.test("a broken or too old record is refused by name before anything is written", async () => {
  const cases = [
    ["{ not json", "ledger-corrupt"],
    [JSON.stringify({ candy: "tools", deployed_by: [], deployed_at: at }), "ledger-old"],
    [JSON.stringify({ schema_version: "2099.1.1", candy: "tools", deployed_by: [], deployed_at: at }), "ledger-newer"],
  ] as const;
  for (const [text, code] of cases) {
    await using rig = await goHome();
    await rig.write({ [`${tree}/layers/tools.json`]: text });
    const before = await snapshotTree(rig.home);
    const add = await rig.add({ candies: { x: { plan: [{ write: "~/x", content: "x" }] } } });
    const del = await rig.del("web");
    for (const { hosts } of [add, del]) {
      assert.equal(hosts[0]?.error?.code, code);
      assert.match(hosts[0]?.error?.message ?? "", /installed\/layers\/tools\.json/);
    }
    assert.deepEqual(diffTrees(before, await snapshotTree(rig.home)), []);
  }
});
