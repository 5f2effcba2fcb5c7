/** Packages for real: this machine's dpkg and apt, a repository of the test's own, and everything users do in between. */
import assert from "node:assert/strict";
import type { Outcome } from "../../lib/deploy/contract.ts";
import { charlyProject } from "../shared/charly_process.ts";
import { type DebPackage, debRepo } from "../shared/deb_repo.ts";
import { serveHttp } from "../shared/http.ts";
import { localDriver, runName } from "../shared/local_driver.ts";
import { localRig, type Written } from "../shared/local_rig.ts";
import { diffPackages, snapshotPackages } from "../shared/packages_snapshot.ts";
import { run, tryRun } from "../shared/run.ts";
import { signedRepo } from "../shared/signed_repo.ts";
import { systemLock } from "../shared/system_lock.ts";
import { tempDir } from "../shared/tmp.ts";

const say = (name: string) => ({ [`/usr/bin/${name}`]: `#!/bin/sh\necho ${name}\n` });
const tree = { name: "charlyp-tree", version: "1.0", files: say("charlyp-tree") };
const dep = { name: "charlyp-dep", version: "1.0", files: { "/usr/share/charlyp-dep/data": "data\n" } };
const app = { name: "charlyp-app", version: "1.0", depends: "charlyp-dep", files: say("charlyp-app") };
const conf = {
  name: "charlyp-conf",
  version: "1.0",
  files: { "/etc/charlyp.conf": "answer=42\n" },
  conffiles: ["/etc/charlyp.conf"],
};

/** Candies of packages by candy name, each in a bundle of that name. */
function packages(wanted: Readonly<Record<string, readonly string[]>>): Written {
  const names = Object.keys(wanted);
  return {
    candies: Object.fromEntries(names.map((name) => [name, { distro: { deb: { package: wanted[name]! } } }])),
    bundles: Object.fromEntries(names.map((name) => [name, { candy: [name] }])),
  };
}

/** This machine with a repository in its sources and charly in front of it. */
async function machine(...built: readonly DebPackage[]) {
  await using stack = new AsyncDisposableStack();
  stack.use(await systemLock());
  const repo = stack.use(await debRepo(built));
  const rig = stack.use(await localRig());
  const before = await snapshotPackages();
  const kept = stack.move();
  const output = () =>
    rig.events.map((event) => event.kind === "step-output" ? new TextDecoder().decode(event.bytes) : "").join("");
  const fine = (outcome: Outcome) => {
    assert.deepEqual([outcome.ok, outcome.hosts[0]?.error], [true, undefined], output().slice(-2000));
    return outcome.hosts[0]!;
  };
  const bundles = new Set<string>();
  return {
    repo,
    rig,
    output,
    add: async (written: Written, bundle: string, install = {}) => {
      bundles.add(bundle);
      return fine(await rig.add(written, bundle, { install }));
    },
    del: async (bundle: string, options = {}) => fine(await rig.del(bundle, options)),
    warnings: () => rig.events.flatMap((event) => event.kind === "warning" ? [event.message] : []),
    changed: async () => diffPackages(before, await snapshotPackages()),
    async [Symbol.asyncDispose]() {
      for (const bundle of bundles) await rig.del(bundle, { force: true }); // of a test that failed
      await kept.disposeAsync();
    },
  };
}

const apt = (...words: string[]) =>
  run(["apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=120", ...words], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
const manual = async (name: string) => (await run(["apt-mark", "showmanual", name])).trim() === name;
const status = async (name: string) =>
  (await tryRun(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}", name])).stdout.trim();

Deno.test("del() leaves packages that were there before, and takes new dependencies along", async () => {
  await using it = await machine(tree, dep, app);
  await apt("install", "charlyp-tree");
  await it.add(packages({ web: ["charlyp-tree", "charlyp-app"] }), "web");
  assert.deepEqual([await status("charlyp-app"), await status("charlyp-dep")], ["ii", "ii"]);
  await it.del("web");
  assert.deepEqual(await it.changed(), ["charlyp-tree:all: none → 1.0 ii manual"]);
});

Deno.test("del() turns a dependency that got named back to automatic", async () => {
  await using it = await machine(tree, dep, app);
  await apt("install", "charlyp-app");
  assert.equal(await manual("charlyp-dep"), false);
  await it.add(packages({ web: ["charlyp-dep", "charlyp-tree"] }), "web");
  await it.del("web");
  assert.equal(await manual("charlyp-dep"), false);
  assert.deepEqual(await it.changed(), ["charlyp-app:all: none → 1.0 ii manual", "charlyp-dep:all: none → 1.0 ii"]);
});

Deno.test("del() keeps configuration that the user edited, and purges what nobody touched", async () => {
  await using it = await machine(conf);
  const web = packages({ web: ["charlyp-conf"] });
  await it.add(web, "web");
  await it.del("web");
  assert.deepEqual(await it.changed(), []);
  await it.add(web, "web");
  await Deno.writeTextFile("/etc/charlyp.conf", "answer=mine\n");
  await it.del("web");
  assert.deepEqual([await status("charlyp-conf"), await Deno.readTextFile("/etc/charlyp.conf")], [
    "rc",
    "answer=mine\n",
  ]);
  assert.match(it.warnings().join("\n"), /edited stays: \/etc\/charlyp\.conf/);
});

Deno.test("del() keeps a leftover configuration from before", async () => {
  await using it = await machine(conf);
  await apt("install", "charlyp-conf");
  await Deno.writeTextFile("/etc/charlyp.conf", "answer=old\n");
  await apt("remove", "charlyp-conf");
  await it.add(packages({ web: ["charlyp-conf"] }), "web");
  assert.deepEqual([await status("charlyp-conf"), await Deno.readTextFile("/etc/charlyp.conf")], [
    "ii",
    "answer=old\n",
  ]);
  await it.del("web");
  assert.deepEqual([await status("charlyp-conf"), await Deno.readTextFile("/etc/charlyp.conf")], [
    "rc",
    "answer=old\n",
  ]);
});

Deno.test("a package that the user removed comes back with add(), and is no hindrance to del()", async () => {
  await using it = await machine(tree, dep, app);
  const web = packages({ web: ["charlyp-tree", "charlyp-app"] });
  await it.add(web, "web");
  await apt("purge", "charlyp-tree");
  assert.equal((await it.add(web, "web")).ran, 1);
  assert.equal(await status("charlyp-tree"), "ii");
  await apt("purge", "charlyp-app");
  await it.del("web");
  assert.deepEqual(await it.changed(), []);
});

Deno.test("del() keeps, as automatic, what a package that was installed later needs", async () => {
  await using it = await machine(tree, dep, app);
  await it.add(packages({ web: ["charlyp-dep", "charlyp-tree"] }), "web");
  await apt("install", "charlyp-app");
  await it.del("web");
  assert.deepEqual(await it.changed(), ["charlyp-app:all: none → 1.0 ii manual", "charlyp-dep:all: none → 1.0 ii"]);
});

Deno.test("a package of two bundles goes with the second one", async () => {
  await using it = await machine(tree, dep, app);
  const both = packages({ one: ["charlyp-tree", "charlyp-dep"], two: ["charlyp-tree", "charlyp-app"] });
  await it.add(both, "one");
  await it.add(both, "two");
  await it.del("one");
  assert.deepEqual(await Promise.all(["charlyp-tree", "charlyp-dep", "charlyp-app"].map(status)), ["ii", "ii", "ii"]);
  await it.del("two");
  assert.deepEqual(await it.changed(), []);
});

Deno.test("an upgrade installs what came and removes what went", async () => {
  await using it = await machine(tree, dep, app, conf);
  await it.add(packages({ web: ["charlyp-tree", "charlyp-conf"] }), "web");
  await it.add(packages({ web: ["charlyp-tree", "charlyp-app"] }), "web");
  assert.deepEqual(await it.changed(), [
    "charlyp-app:all: none → 1.0 ii manual",
    "charlyp-dep:all: none → 1.0 ii",
    "charlyp-tree:all: none → 1.0 ii manual",
  ]);
  assert.equal((await it.add(packages({ web: ["charlyp-tree", "charlyp-app"] }), "web")).result, "unchanged");
  await it.del("web");
  assert.deepEqual(await it.changed(), []);
});

Deno.test("a postinst that fails is a failed step with its output; del() clears what is half there", async () => {
  const broken = { name: "charlyp-broken", version: "1.0", files: say("x30"), postinst: "echo it broke; exit 3\n" };
  await using it = await machine(tree, broken);
  const outcome = await it.rig.add(packages({ web: ["charlyp-tree", "charlyp-broken"] }), "web");
  assert.deepEqual([outcome.ok, outcome.hosts[0]?.error?.code], [false, "step-failed"]);
  assert.match(it.output(), /it broke/);
  await it.del("web");
  assert.deepEqual(await it.changed(), []);
  assert.equal(await run(["dpkg", "--audit"]), "");
});

Deno.test("a repository needs its gate; its key and its list go, unless --keep-repo-changes says they stay", async () => {
  await using it = await machine(tree);
  await using http = serveHttp();
  await using _vendor = await signedRepo(http, "/vendor", [{
    name: "charlyp-vendor",
    version: "3.0",
    files: say("v30"),
  }]);
  const repo = [{ name: "charlyp-vendor", url: `${http.url}/vendor`, suite: "./", key: `${http.url}/vendor/key.asc` }];
  const web: Written = { candies: { vendor: { distro: { deb: { repo, package: ["charlyp-vendor"] } } } } };
  const list = "/etc/apt/sources.list.d/charlyp-vendor.list", key = "/etc/apt/keyrings/charlyp-vendor.gpg";
  const there = async () => await Promise.all([list, key].map((path) => Deno.stat(path).then(() => true, () => false)));

  const closed = await it.rig.add(web, "web");
  assert.deepEqual([closed.ok, await there()], [false, [false, false]]);
  await it.add(web, "web", { allowRepoChanges: true });
  assert.deepEqual([await there(), await status("charlyp-vendor")], [[true, true], "ii"]);
  await it.del("web");
  assert.deepEqual([await there(), await it.changed()], [[false, false], []]);

  await it.add(web, "web", { allowRepoChanges: true });
  const host = await it.del("web", { keepRepoChanges: true });
  assert.deepEqual([await there(), await it.changed()], [[true, true], []]);
  assert.ok(host.released?.some((line) => line.includes(list)), host.released?.join("\n"));
  for (const path of [list, key]) await Deno.remove(path);
});

Deno.test("packages_act removes what the plan replaces and nothing else; un_packages brings it back", async () => {
  const old = { name: "charlyp-old", version: "1.0", files: say("charlyp-it") };
  const needsOld = { name: "charlyp-needs-old", version: "1.0", depends: "charlyp-old", files: say("charlyp-needs") };
  const next = { name: "charlyp-next", version: "1.0", conflicts: "charlyp-old", files: say("charlyp-it") };
  await using it = await machine(old, needsOld, next);
  await using driver = await localDriver();
  await apt("install", "charlyp-needs-old");
  const install = (n: number) =>
    driver.run(`listen\npackages_act ${n} pkg:deb:it deb 0 300 '' charlyp-old charlyp-next\ndeaf\n`);
  const refused = await install(1);
  assert.notEqual(refused.ended.get(1)?.state, "ok"); // charlyp-needs-old would go as well
  assert.deepEqual(await Promise.all(["charlyp-old", "charlyp-next"].map(status)), ["ii", ""]);
  await apt("purge", "charlyp-needs-old");
  assert.equal((await install(2)).ended.get(2)?.state, "ok");
  assert.deepEqual(await Promise.all(["charlyp-old", "charlyp-next"].map(status)), ["un", "ii"]);
  const back = await driver.run(`listen\nscratch && un_packages 3 pkg:deb:it deb 0 300 '' ${runName}.2\ndeaf\n`);
  assert.equal(back.ended.get(3)?.state, "undone");
  assert.deepEqual(await it.changed(), ["charlyp-old:all: none → 1.0 ii"]); // automatic, as it was
});

/** Holds a lock of apt as apt does, in a process of its own, until it is disposed of. */
async function held(path: string): Promise<AsyncDisposable> {
  // F_SETLK; struct flock: type, whence, start, length, pid
  const script = 'use Fcntl; open(my $f, "+>>", $ARGV[0]) or die; ' +
    'my $lock = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0); fcntl($f, F_SETLKW, $lock) or die "$!"; ' +
    '$| = 1; print "held\\n"; <STDIN>;';
  const child = new Deno.Command("perl", { args: ["-e", script, path], stdin: "piped", stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  assert.equal((await reader.read()).done, false, `cannot hold ${path}`);
  return {
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}

for (const lock of ["/var/lib/dpkg/lock-frontend", "/var/lib/apt/lists/lock"]) {
  Deno.test(`add() waits while another process holds ${lock}`, async () => {
    await using it = await machine(tree);
    let other: AsyncDisposable | undefined = await held(lock);
    const outcome = await it.rig.add(packages({ web: ["charlyp-tree"] }), "web", {}, {
      on: async (event) => {
        if (event.kind !== "step-output" || other === undefined) return;
        if (!/[Ww]aiting for/.test(new TextDecoder().decode(event.bytes))) return;
        const holder = other;
        other = undefined;
        await holder[Symbol.asyncDispose]();
      },
    });
    assert.deepEqual([outcome.ok, other], [true, undefined], it.output().slice(-2000));
    await it.del("web");
    assert.deepEqual(await it.changed(), []);
  });
}

Deno.test("charly killed while dpkg runs: the next run waits for dpkg, mends and converges", async () => {
  await using dir = await tempDir();
  await Deno.chmod(dir.path, 0o755);
  const begun = dir.join("begun"), go = dir.join("go");
  const slow = {
    name: "charlyp-slow",
    version: "1.0",
    files: say("charlyp-slow"),
    postinst: `echo >${begun}; while [ ! -e ${go} ]; do sleep 0.1; done\n`,
  };
  await using it = await machine(slow, tree);
  await using project = await charlyProject(
    `import { bundle, candy, defineConfig, local } from "@charly/charly";
    export default defineConfig({
      project: "shop",
      candies: {
        slow: candy({ version: "2026.300.0900", description: "slow", distro: { deb: { package: ["charlyp-slow"] } } }),
        tree: candy({ version: "2026.300.0900", description: "tree", require: ["slow"], distro: { deb: { package: ["charlyp-tree"] } } }),
      },
      bundles: { web: bundle({ on: local(), candy: ["tree"] }) },
    });`,
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", new URL("../../tasks/main.ts", import.meta.url).pathname, "deploy", "web", "-y"],
    cwd: project.dir.path,
    env: { HOME: project.home, USER: "tester" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  using watcher = Deno.watchFs(dir.path);
  if (!await Deno.stat(begun).then(() => true, () => false)) {
    for await (const event of watcher) if (event.paths.includes(begun)) break;
  }
  child.kill("SIGKILL");
  await child.status;
  const second = project.charly("deploy", "web", "-y");
  await Deno.writeTextFile(go, "");
  const ended = await second;
  assert.equal(ended.code, 0, ended.stderr);
  assert.deepEqual([await status("charlyp-slow"), await status("charlyp-tree"), await run(["dpkg", "--audit"])], [
    "ii",
    "ii",
    "",
  ]);
  const del = await project.charly("bundle", "del", "web", "-y");
  assert.equal(del.code, 0, del.stderr);
  assert.deepEqual(await it.changed(), []);
});
