/**
 * Files as machines really have them: other names, attributes, lists, pipes, devices, mount points, links that somebody planted.
 * What can be kept comes back to the letter; what cannot is refused by name before anything is touched.
 */
import assert from "node:assert/strict";
import { type LocalRig, localRig, places as placesOf, timeless, type Written } from "../shared/local_rig.ts";
import { needPackages } from "../shared/packages.ts";
import { run, tryRun } from "../shared/run.ts";
import { places } from "../shared/sample.ts";
import { diffTrees } from "../shared/tree.ts";

const tools = { acl: "/usr/bin/setfacl", attr: "/usr/bin/setfattr", e2fsprogs: "/usr/bin/chattr" };

/** What stands at `~/f`, how it is made, and what charly says of writing a file there. */
interface Found {
  readonly what: string;
  readonly make: string;
  /** The file is written; undo gives back what was there. */
  readonly warns?: RegExp;
  /** It is refused so. */
  readonly refused?: RegExp;
  readonly after?: string;
}

const found: readonly Found[] = [
  { what: "a file with other names", make: "echo a >f; ln f g; chmod 640 f", warns: /other links.*in place/ },
  { what: "a file with extended attributes", make: "echo a >f; setfattr -n user.mine -v yes f" },
  { what: "a file with an access list", make: "echo a >f; setfacl -m u:2:rw f" },
  { what: "a sparse file", make: "truncate -s 64M f" },
  { what: "a set-user-id program of somebody else", make: "echo a >f; chown 2 f; chmod 4755 f" },
  { what: "a dangling link", make: "ln -s nowhere f" },
  { what: "a link to itself", make: "ln -s f f" },
  { what: "a link to a directory", make: "mkdir d; ln -s d f" },
  {
    what: "a mount point",
    make: "echo a >f; echo b >other; mount --bind other f",
    warns: /mount point.*in place/,
    after: "umount f",
  },
  { what: "an immutable file", make: "echo a >f; chattr +i f", refused: /cannot put/, after: "chattr -i f" },
  { what: "an append-only file", make: "echo a >f; chattr +a f", refused: /cannot put/, after: "chattr -a f" },
  { what: "a directory", make: "mkdir f; echo a >f/x", refused: /a directory is there/ },
  { what: "a FIFO", make: "mkfifo f", refused: /neither file nor link/ },
  { what: "a device", make: "mknod f c 1 3", refused: /neither file nor link/ },
  {
    what: "a socket",
    make: `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("f")'`,
    refused: /neither file nor link/,
  },
];

/** Everything of `~/f` that a tree does not show. */
async function facts(rig: LocalRig): Promise<string> {
  const look = "getfattr -d -m - --absolute-names -h f; getfacl -p f; lsattr f; stat -c '%n %h %b' f g";
  return (await tryRun(["sh", "-c", `cd ${rig.home}; { ${look}; } 2>/dev/null`])).stdout;
}

for (const { what, make, warns, refused, after } of found) {
  Deno.test(`${what} is ${refused === undefined ? "replaced and comes back" : "refused and stays"} to the letter`, async () => {
    await needPackages(tools);
    await using rig = await localRig();
    await run(["sh", "-c", `cd ${rig.home}; ${make}`]);
    try {
      const [before, then] = [await rig.tree(), await facts(rig)];
      const { hosts: [host] } = await rig.add({ candies: { app: { plan: [{ write: "~/f", content: "ours\n" }] } } });
      const warned = rig.events.flatMap((event) => event.kind === "warning" ? [event.message] : []).join("\n");
      if (refused === undefined) {
        assert.deepEqual([host?.result, host?.error], ["changed", undefined]);
        assert.equal(await rig.read("f"), "ours\n");
        assert.match(warned, warns ?? /^$/);
      } else {
        assert.equal(host?.result, "failed");
        assert.match(`${host?.error?.message}`, refused);
        assert.match(`${host?.error?.message}`, /\/f/);
        assert.deepEqual([
          diffTrees(before, await rig.tree()).filter((line) => !line.includes(".config")),
          await facts(rig),
        ], [[], then]);
      }
      assert.equal((await rig.del()).ok, true);
      assert.deepEqual([diffTrees(before, await rig.tree()), await facts(rig)], [[], then]);
    } finally {
      if (after !== undefined) await run(["sh", "-c", `cd ${rig.home}; ${after}`]);
    }
  });
}

Deno.test("a file written in place that was cut anywhere is whole again after the next run, and through every name after the undo", async () => {
  await using rig = await localRig({ f: "old text\n" });
  await Deno.link(`${rig.home}/f`, `${rig.home}/g`);
  const before = await rig.tree();
  const written = { candies: { app: { plan: [{ write: "~/f", content: "ours\n" }] } } };
  await rig.add(written, "web", {}, { fault: { at: 0, how: "kill", gate: rig.gate } });
  const inAdd = await placesOf(rig);
  assert.equal((await rig.del("web", {}, { fault: { at: 0, how: "kill", gate: rig.gate } })).ok, true);
  const inDel = await placesOf(rig);
  for (const at of places(Math.max(inAdd, inDel), 8)) {
    await rig.add(written, "web", {}, { fault: { at, how: "kill", gate: rig.gate } });
    assert.equal((await rig.add(written)).ok, true, `killed at ${at} of ${inAdd}`);
    assert.deepEqual([await rig.read("f"), await rig.read("g")], ["ours\n", "ours\n"]);
    await rig.del("web", {}, { fault: { at, how: "kill", gate: rig.gate } });
    assert.equal((await rig.del()).ok, true, `killed at ${at} of ${inDel}`);
    assert.deepEqual(diffTrees(before, await rig.tree()), [], `killed at ${at}`);
  }
});

Deno.test("what somebody planted in a sticky directory is neither written through nor lost", async () => {
  await using rig = await localRig({ "victim": "keep out\n", "sticky/.keep": "" });
  await Deno.chmod(`${rig.home}/sticky`, 0o1777);
  await Deno.symlink(`${rig.home}/victim`, `${rig.home}/sticky/link`);
  await Deno.writeTextFile(`${rig.home}/sticky/file`, "planted\n", { mode: 0o666 });
  await run(["chown", "-h", "2:2", `${rig.home}/sticky/link`, `${rig.home}/sticky/file`]);
  const before = await rig.tree();
  const plan = ["link", "file"].map((
    name,
  ) => ({ write: `~/sticky/${name}`, content: "secret\n", mode: "0600" } as const));
  assert.equal((await rig.add({ candies: { app: { plan } } })).ok, true);
  for (const name of ["link", "file"]) {
    const info = await Deno.lstat(`${rig.home}/sticky/${name}`);
    // an owner that is found is kept; what is no file is replaced by one of ours
    assert.deepEqual([info.isFile, (info.mode ?? 0) & 0o7777], [true, 0o600], name);
  }
  assert.equal(await rig.read("victim"), "keep out\n");
  assert.equal((await rig.del()).ok, true);
  assert.deepEqual(diffTrees(before, await rig.tree()), []);
});

Deno.test("at no moment of apply, upgrade and undo may anybody else read what ends up readable by its owner alone", async () => {
  const canary = "only-for-me-7c1e";
  await using rig = await localRig({ wide: `was wide\n`, narrow: `${canary} as found\n`, shared: "was wide\n" });
  await Deno.chmod(`${rig.home}/narrow`, 0o600);
  await Deno.link(`${rig.home}/shared`, `${rig.home}/shared.too`);
  const log = `${rig.place}/seen`;
  await Deno.writeTextFile(log, "");
  // Every file that holds the text, wherever it is: store, stage, temporary names and all.
  await Deno.writeTextFile(
    `${rig.gate}.watch`,
    `find '${rig.home}' -type f -perm /077 -exec grep -lF ${canary} {} + >>'${log}'\n`,
  );
  const plan = (text: string): Written => ({
    candies: {
      app: {
        plan: [
          { write: "~/wide", content: `${canary} ${text}\n`, mode: "0600" },
          { write: "~/fresh", content: `${canary} ${text}\n`, mode: "0400" },
          { write: "~/shared", content: `${canary} ${text}\n`, mode: "0600" },
          { write: "~/narrow", content: `open ${text}\n`, mode: "0644" },
        ],
      },
    },
  });
  const fault = { at: 0, how: "watch", gate: rig.gate } as const;
  const before = timeless(await rig.tree());
  for (const text of ["one", "two"]) assert.equal((await rig.add(plan(text), "web", {}, { fault })).ok, true, text);
  assert.ok(await placesOf(rig) > 10);
  assert.equal((await rig.del("web", {}, { fault })).ok, true);
  assert.equal(await Deno.readTextFile(log), "");
  assert.deepEqual(diffTrees(before, timeless(await rig.tree())), []);
});

Deno.test("no room for a record, whichever: the run stops before the act, is said, goes on later, and can be undone", async () => {
  await using rig = await localRig({ f: "base\n", ".bashrc": "# mine\n" });
  const before = await rig.tree();
  const written = {
    candies: {
      app: {
        env: { A: "1" },
        plan: [
          { write: "~/f", content: "ours\n" },
          { mkdir: "~/d/e" },
          { link: "~/l", target: "f" },
          { command: "echo x >~/d/out", touches: ["~/d/out"], id: "c" },
        ],
      },
    },
  };
  const count = { at: 0, how: "kill", gate: rig.gate } as const;
  await rig.add(written, "web", {}, { fault: count });
  const inAdd = await placesOf(rig), whole = timeless(await rig.tree());
  assert.equal((await rig.del("web", {}, { fault: count })).ok, true);
  const inDel = await placesOf(rig);
  for (const at of places(inAdd, 8)) {
    const full = await rig.add(written, "web", {}, { fault: { at, how: "full", gate: rig.gate } });
    if (!full.ok) {
      assert.match(`${full.hosts[0]?.error?.message} ${full.hosts[0]?.error?.hint}`, /disk|room/, `at ${at}`);
    }
    const again = await rig.add(written);
    assert.equal(again.ok, true, `at ${at}: ${again.hosts[0]?.error?.message}`);
    assert.deepEqual(diffTrees(whole, timeless(await rig.tree())), [], `at ${at}`);
    await rig.del("web", {}, { fault: { at: Math.min(at, inDel), how: "full", gate: rig.gate } });
    assert.equal((await rig.del()).ok, true, `at ${at}`);
    assert.deepEqual(diffTrees(before, await rig.tree()), [], `at ${at}`);
  }
});
