/** The holes others had (CVE numbers in the names), tried here. Archives: case 18; secrets in logs: secrets_test.ts; facts: framing_test.ts. */
import assert from "node:assert/strict";
import { CharlyError } from "../../lib/base/errors.ts";
import { connect } from "../../lib/execute/connect.ts";
import { nestedTransport } from "../../lib/execute/transport/nested.ts";
import { opensshTransport } from "../../lib/execute/transport/openssh.ts";
import { ssh2Transport } from "../../lib/execute/transport/ssh2.ts";
import { attackRig, escaped } from "../shared/attack_rig.ts";
import { localRig } from "../shared/local_rig.ts";
import { run } from "../shared/run.ts";
import { startSshd } from "../shared/sshd.ts";
import { tempDir } from "../shared/tmp.ts";
import { localTransport } from "../../lib/execute/transport/local.ts";

const transports = ["ssh2", "openssh"] as const;

/** What somebody else may have put where charly is about to write. */
const planted: Readonly<Record<string, (path: string, victim: string) => Promise<void>>> = {
  "a link to a file": (path, victim) => Deno.symlink(victim, path),
  "a dangling link": (path, victim) => Deno.symlink(`${victim}.new`, path),
  "a file of its own": (path) => Deno.writeTextFile(path, "planted", { mode: 0o666 }),
  "a FIFO": async (path) => void await run(["mkfifo", path]),
  "a hard link": (path, victim) => Deno.link(victim, path),
  "a directory": (path) => Deno.mkdir(path),
};

for (const [what, plant] of Object.entries(planted)) {
  Deno.test(`CVE-2020-1733: ${what} under the temporary name beside a file is never written through`, async () => {
    await using place = await tempDir({ victim: "victim\n" });
    const victim = place.join("victim"), shared = place.join("shared");
    await Deno.mkdir(shared);
    await Deno.chmod(shared, 0o1777);
    await using rig = await localRig();
    const written = {
      candies: {
        it: {
          plan: [{ write: "~/first", content: "1" }, { write: `${shared}/f`, content: "new\n", mode: "0600" as const }],
        },
      },
    };
    // The run stops between its first acts; only now is its name known, and the name it will use in the shared directory.
    let done = false;
    const outcome = await rig.add(written, "web", {}, {
      fault: {
        at: 1,
        how: "pause",
        gate: rig.gate,
        onPause: () => {
          if (done) return;
          done = true;
          const [name] = [...Deno.readDirSync(`${rig.store}/runs`)].map((it) => it.name);
          void plant(`${shared}/.charly-${name}-2`, victim).then(() => Deno.writeTextFile(rig.gate, ""));
        },
      },
    });
    assert.ok(done);
    assert.equal(await Deno.readTextFile(victim), "victim\n");
    await assert.rejects(Deno.stat(`${victim}.new`), Deno.errors.NotFound);
    if (what === "a directory") {
      assert.match(outcome.hosts[0]?.error?.message ?? "", /cannot write beside/);
      assert.equal(await Deno.stat(`${shared}/f`).then(() => true, () => false), false);
      for (const { name } of Deno.readDirSync(shared)) await Deno.remove(`${shared}/${name}`); // what was planted may stay
    } else {
      assert.equal(outcome.ok, true, outcome.hosts[0]?.error?.message);
      assert.equal(await Deno.readTextFile(`${shared}/f`), "new\n");
      assert.equal((await Deno.lstat(`${shared}/f`)).mode! & 0o7777, 0o600);
    }
    assert.equal((await rig.del()).ok, true);
    assert.deepEqual([...Deno.readDirSync(shared)], []);
    assert.equal(await Deno.readTextFile(victim), "victim\n");
  });
}

for (const transport of transports) {
  Deno.test(`CVE-2020-1733: ${transport} and the driver keep what they share in directories nobody else may enter`, async () => {
    await using rig = await attackRig(transport);
    const list = (directory: string, name: RegExp) =>
      [...Deno.readDirSync(directory)].filter((it) => name.test(it.name)).map((it) => `${directory}/${it.name}`);
    const mine = { "/tmp": /^charly-ssh-/, "/dev/shm": /^\.charly-/ };
    const before = Object.entries(mine).flatMap(([directory, name]) => list(directory, name));
    const during: string[] = [];
    const project = { candies: { it: { plan: [{ command: "echo now; sleep 1", undo: "true" }] } } };
    let over = false;
    const adding = rig.applied(project).finally(() => over = true);
    adding.catch(() => {});
    while (!over && !rig.events.some(({ kind }) => kind === "step-output")) {
      await new Promise((next) => setTimeout(next, 20));
    }
    for (const path of Object.entries(mine).flatMap(([directory, name]) => list(directory, name))) {
      if (before.includes(path)) continue;
      const info = await Deno.lstat(path).catch(() => undefined); // of another test, and gone
      if (info !== undefined) during.push(`${(info.mode! & 0o7777).toString(8)} ${info.isSymlink}`);
    }
    await adding;
    assert.ok(during.length > 0);
    assert.deepEqual(during.filter((it) => it !== "700 false"), []);
    assert.deepEqual((await rig.del()).left, []);
  });
}

Deno.test("CVE-2020-1736, CVE-2020-1740: a file that is written in place is never wider than both its modes", async () => {
  // At the moment its bytes are written, `cat` notes the mode of the file it stands in for.
  for (const [old, wanted, most] of [[0o644, "0600", 0o600], [0o600, "0644", 0o600], [0o640, "0604", 0o600]] as const) {
    await using bin = await tempDir();
    await using rig = await localRig({ f: "old secret\n" }, { CHARLY_PATH_PREFIX: bin.path });
    const note = `stat -c %a ${rig.home}/f >>${bin.path}/seen 2>/dev/null\nexec /bin/cat "$@"\n`;
    await Deno.writeTextFile(bin.join("cat"), `#!/bin/sh\n${note}`, { mode: 0o755 });
    await Deno.link(`${rig.home}/f`, `${rig.home}/other`);
    await Deno.chmod(`${rig.home}/f`, old);
    const add = { candies: { it: { plan: [{ write: "~/f", content: "new secret\n", mode: wanted }] } } };
    assert.equal((await rig.add(add)).hosts[0]?.error, undefined);
    assert.equal((await Deno.stat(`${rig.home}/f`)).mode! & 0o7777, parseInt(wanted, 8));
    const seen = (await Deno.readTextFile(bin.join("seen"))).trim().split("\n").map((it) => parseInt(it, 8));
    assert.ok(seen.includes(most), `${old.toString(8)} → ${wanted}: ${seen.map((it) => it.toString(8))}`);
    assert.equal((await rig.del()).ok, true);
    assert.equal(await rig.read("f"), "old secret\n");
    assert.equal((await Deno.stat(`${rig.home}/f`)).mode! & 0o7777, old);
  }
});

Deno.test("CVE-2020-1735: what a project names of its files stays in the project", async () => {
  await using rig = await attackRig("local");
  await using outside = await tempDir({ secret: "outside\n" });
  await Deno.mkdir(`${rig.root}/candy/it`, { recursive: true });
  await Deno.symlink(outside.join("secret"), `${rig.root}/candy/it/link`);
  await Deno.symlink(outside.path, `${rig.root}/candy/it/away`);
  for (const copy of ["link", "away/secret", "../it/../../../x", "/etc/passwd", "~/x"]) {
    const adding = async () => await rig.add({ candies: { it: { plan: [{ copy, to: "~/got" }] } } });
    const error = await adding().then(({ error }) => error ?? { message: "done" }, (error: Error) => error);
    assert.ok(error.message !== "done" && (await rig.tree()).size === 1, `${copy} was fetched`);
  }
  for (const dir of ["..", "../..", outside.path]) {
    const candies = { it: { dir, plan: [{ copy: "secret", to: "~/got" }] } };
    const error = await rig.add({ candies }).then(({ error }) => error ?? { message: "done" }, (error: Error) => error);
    assert.ok(error.message !== "done" && (await rig.tree()).size === 1, `${dir} was read`);
  }
});

const hostile = [
  "-oProxyCommand=touch escaped",
  "-oProxyCommand=touch${IFS}escaped",
  "-F/tmp/x",
  "--",
  "x;touch escaped",
  "x$(touch escaped)",
  "`touch escaped`",
  "x|touch escaped",
  "x'y",
  "x\ny",
];

Deno.test("CVE-2020-16846, CVE-2017-1000117: names of hosts and users become no option and no program, at any transport", async () => {
  await using dir = await tempDir({ config: "Host *\n  ProxyCommand sh -c 'exit 3' %h %n %r\n  BatchMode yes\n" });
  const options = { configFile: dir.join("config"), env: { HOME: dir.path, PATH: Deno.env.get("PATH") ?? "" } };
  const inner = localTransport({ env: options.env, home: dir.path });
  for (const bad of hostile) {
    const tries: readonly (readonly [string, () => Promise<unknown>])[] = [
      ["ssh2 host", () => ssh2Transport(bad, options)],
      ["openssh host", () => opensshTransport(bad, options)],
      ["ssh2 user", () => ssh2Transport(`${bad}@127.0.0.1`, options)],
      ["openssh user", () => opensshTransport(`${bad}@127.0.0.1`, options)],
      ["ssh2 user apart", () => ssh2Transport("127.0.0.1", { ...options, user: bad })],
      ["openssh user apart", () => opensshTransport("127.0.0.1", { ...options, user: bad })],
      [
        "connect",
        () => connect({ target: "ssh", user: bad }, "127.0.0.1", { sshConfig: options.configFile, env: options.env }),
      ],
      ["nested host", async () => await nestedTransport(inner, { via: "ssh", name: bad })],
      ["nested user", async () => await nestedTransport(inner, { via: "ssh", name: "x", user: bad })],
      ["container", async () => await nestedTransport(inner, { via: "podman-exec", name: bad }).open("true")],
    ];
    for (const [where, attempt] of tries) {
      if (where === "container" && !bad.startsWith("-")) continue; // a name in quotes for podman to refuse
      const error = await attempt().then(() => undefined, (error: unknown) => error);
      assert.ok(error instanceof CharlyError, `${where} took ${bad}`);
      assert.deepEqual([where, bad, error.code], [where, bad, "config"]);
    }
  }
  assert.deepEqual(await escaped({ home: dir.path, place: dir.path }), []);
});

for (const transport of transports) {
  Deno.test(`CVE-2023-48795 (Terrapin): ${transport} and the server agree on strict key exchange`, async () => {
    await using server = await startSshd({ config: ["LogLevel DEBUG3"] });
    await using _connected = await connect({ target: "ssh", transport }, server.target, {
      sshConfig: server.configFile,
      env: server.env,
    });
    assert.match(await server.log(), /will use strict KEX ordering/);
  });
}
