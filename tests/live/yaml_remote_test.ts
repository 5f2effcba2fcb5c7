/** A project that refers to other repositories, as people use it: fetched, locked, planned, deployed; and what it refuses. */
import assert from "node:assert/strict";
import { charlyProject } from "../shared/charly_process.ts";
import { gitHost, gitHostName } from "../shared/git_host.ts";
import { run } from "../shared/run.ts";

const git = (children = "") =>
  `git:\n  candy: { version: 2026.100.0900, description: git }\n  c: { run: copy, copy: hello.txt, to: ~/hello.txt }\n${children}`;

const root = `version: 2026.174.1100
import: [{ lib: "@${gitHostName}/me/tools:main" }]
web:
  local: lib.base
more:
  local: {}
  more-candy: { candy: ["@${gitHostName}/me/far/candy/motd:v1"] }
here:
  local: more
`;

/** A host with two repositories, the first of which needs the second; and a project that needs both. */
async function rig() {
  const host = await gitHost();
  await host.commit("me/tools", {
    "charly.yml": "discover: [candy]\nbase:\n  local: {}\n  base-candy: { candy: [git] }\n",
    "candy/git/charly.yml": git(`  r: { require: ["@${gitHostName}/me/far/candy/motd:v1"] }\n`),
    "candy/git/hello.txt": "hello\n",
  });
  await host.commit("me/far", {
    "candy/motd/charly.yml":
      "motd:\n  candy: { version: 2026.100.0900, description: x }\n  w: { run: w, write: ~/motd, content: hi }\n",
  }, { tag: "v1" });
  // A test may put a git of its own in front.
  const env = { ...host.env, XDG_CACHE_HOME: "", PATH: `${host.dir.join("bin")}:${host.env["PATH"]}` };
  const project = await charlyProject("", { "charly.yml": root }, env);
  await Deno.remove(project.dir.join("charly.config.ts"));
  return {
    host,
    ...project,
    lock: () => Deno.readTextFile(project.dir.join("charly.lock")),
    async [Symbol.asyncDispose]() {
      await project[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

Deno.test("charly fetch brings what a project refers to, and what that refers to; then it plans, deploys and undoes", async () => {
  await using it = await rig();
  const unfetched = await it.charly("plan", "web");
  assert.equal(unfetched.code, 2);
  assert.match(unfetched.stderr, /charly\.yml:2:10 not-fetched .*is not in charly\.lock\n {2}hint: run `charly fetch`/);
  const fetched = await it.charly("fetch");
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.match(fetched.stdout, /^git\.example\/me\/far:v1 pinned at [0-9a-f]{12}$/m);
  assert.match(fetched.stdout, /^git\.example\/me\/tools:main pinned at [0-9a-f]{12}$/m);
  assert.match(fetched.stdout, /^wrote charly\.lock/m);
  const lock = await it.lock();
  assert.deepEqual(Object.keys(JSON.parse(lock).repos), ["git.example/me/far:v1", "git.example/me/tools:main"]);
  const again = await it.charly("fetch", "--frozen");
  assert.equal(again.code, 0, again.stderr);
  assert.equal(await it.lock(), lock);
  assert.match((await it.charly("plan", "web")).stdout, /hello\.txt/);
  const deployed = await it.charly("deploy", "web", "-y");
  assert.equal(deployed.code, 0, deployed.stderr);
  assert.equal(await Deno.readTextFile(`${it.home}/hello.txt`), "hello\n");
  assert.equal(await Deno.readTextFile(`${it.home}/motd`), "hi");
  assert.equal((await it.charly("bundle", "del", "web", "-y")).code, 0);
  await assert.rejects(Deno.lstat(`${it.home}/hello.txt`), Deno.errors.NotFound);
});

Deno.test("charly fetch gives another machine the same commit after the branch has moved, and --update moves it", async () => {
  await using it = await rig();
  await it.charly("fetch");
  const lock = await it.lock();
  const moved = await it.host.commit("me/tools", { "candy/git/hello.txt": "other\n" });
  await Deno.remove(`${it.home}/.cache/charly/repos`, { recursive: true });
  const plan = await it.charly("plan", "web");
  assert.match(plan.stderr, /is pinned and not fetched on this machine\n {2}hint: run `charly fetch`/);
  const fetched = await it.charly("fetch");
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.equal(await it.lock(), lock);
  await it.charly("deploy", "web", "-y");
  assert.equal(await Deno.readTextFile(`${it.home}/hello.txt`), "hello\n");
  const updated = await it.charly("fetch", "--update", "@git.example/me/tools", "--json");
  assert.equal(updated.code, 0, updated.stderr);
  const { repos } = JSON.parse(updated.stdout);
  assert.deepEqual(repos.map(({ what, commit }: { what: string; commit: string }) => [what, commit === moved]), [
    ["there", false],
    ["moved", true],
  ]);
  await it.charly("deploy", "web", "-y");
  assert.equal(await Deno.readTextFile(`${it.home}/hello.txt`), "other\n");
  const none = await it.charly("fetch", "--update", "@git.example/me/none");
  assert.equal(none.code, 2);
  assert.match(none.stderr, /refers to "@git\.example\/me\/none"/);
});

Deno.test("charly refuses a cache and a lock file that do not agree, and charly fetch mends the cache and never the lock", async () => {
  await using it = await rig();
  await it.charly("fetch");
  const { repos } = JSON.parse(await it.lock());
  const { commit } = repos["git.example/me/tools:main"];
  const file = `${it.home}/.cache/charly/repos/git.example/me/tools@${commit}/candy/git/hello.txt`;
  await Deno.chmod(file, 0o644);
  await Deno.writeTextFile(file, "evil\n");
  const refused = await it.charly("plan", "web");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /refused .*is not what charly\.lock pins/);
  assert.equal((await it.charly("fetch")).code, 0);
  assert.equal((await it.charly("plan", "web")).code, 0);
  const changed = (await it.lock()).replace(/sha256-[0-9a-f]{64}/g, `sha256-${"0".repeat(64)}`);
  await it.dir.write({ "charly.lock": changed });
  const { code, stderr } = await it.charly("fetch");
  assert.equal(code, 2);
  assert.match(stderr, /has the digest sha256-[0-9a-f]+, and charly\.lock pins sha256-0+/);
  assert.equal(await it.lock(), changed);
});

Deno.test("CHARLY_REPO_OVERRIDE takes a working tree, without a lock", async () => {
  await using host = await gitHost();
  await using it = await charlyProject("", {
    "charly.yml": `import: [{ lib: "@${gitHostName}/me/tools:main" }]\nweb:\n  local: lib.base\n`,
    "work/charly.yml": "discover: [candy]\nbase:\n  local: {}\n  base-candy: { candy: [git] }\n",
    "work/candy/git/charly.yml": git(),
    "work/candy/git/hello.txt": "mine\n",
  }, { ...host.env, CHARLY_REPO_OVERRIDE: `${gitHostName}/me/tools=work` });
  await Deno.remove(it.dir.join("charly.config.ts"));
  assert.equal((await it.charly("deploy", "web", "-y")).code, 0);
  assert.equal(await Deno.readTextFile(`${it.home}/hello.txt`), "mine\n");
  await assert.rejects(Deno.lstat(it.dir.join("charly.lock")), Deno.errors.NotFound);
});

Deno.test("charly import takes candies of other repositories over, and their files stay where they were fetched to", async () => {
  await using it = await rig();
  await it.charly("fetch");
  const digest = async () => JSON.parse((await it.charly("plan", "web", "--json")).stdout).hosts[0].digest;
  const inYaml = await digest();
  const imported = await it.charly("import");
  assert.equal(imported.code, 0, imported.stderr);
  assert.equal(await digest(), inYaml);
  await Deno.remove(`${it.home}/.cache/charly/repos`, { recursive: true });
  const unfetched = await it.charly("plan", "web");
  assert.equal(unfetched.code, 2);
  assert.match(unfetched.stderr, /charly fetch/);
  assert.equal((await it.charly("fetch")).code, 0);
  assert.equal(await digest(), inYaml);
});

Deno.test("charly fetch says what it cannot do, in words", async () => {
  await using it = await rig();
  assert.match((await it.charly("fetch", "@x/y/z")).stderr, /without --update/);
  assert.match((await it.charly("fetch", "--frozen")).stderr, /is not pinned/);
  await it.dir.write({ "charly.yml": `import: ["@${gitHostName}/me/none:v1"]\n` });
  const none = await it.charly("fetch");
  assert.equal(none.code, 1);
  assert.match(none.stderr, /^error: ask git\.example\/me\/none: git: fatal: /m);
  await assert.rejects(it.lock(), Deno.errors.NotFound);
  await it.dir.write({ "charly.yml": "web:\n  local: {}\n  c: { candy: [] }\n" });
  assert.match((await it.charly("fetch")).stdout, /refers to no other repository/);
});

Deno.test("charly fetch of a typed config begins with the YAML it takes in", async () => {
  await using it = await rig();
  await it.dir.write({
    "charly.config.ts": `import { defineConfig, fromYaml } from "@charly/charly";
      export default defineConfig({ extend: [fromYaml("./charly.yml")] });`,
  });
  assert.match((await it.charly("plan", "web")).stderr, /run `charly fetch`/);
  const fetched = await it.charly("fetch");
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.match((await it.charly("plan", "web")).stdout, /hello\.txt/);
});

Deno.test("charly fetch that is killed while it writes leaves nothing that is believed, and the next one makes it whole", async () => {
  await using it = await rig();
  const real = (await run(["sh", "-c", "command -v git"])).trim();
  const script = `#!/bin/sh\ncase " $* " in *" cat-file "*) kill -9 $PPID; esac\nexec ${real} "$@"\n`;
  const wrapper = await it.host.dir.write({ "bin/git": script });
  await Deno.chmod(wrapper, 0o755);
  const killed = await it.charly("fetch");
  assert.notEqual(killed.code, 0);
  await assert.rejects(it.lock(), Deno.errors.NotFound);
  const half = (await Array.fromAsync(Deno.readDir(`${it.home}/.cache/charly/repos`))).map(({ name }) => name);
  assert.equal(half.length, 1);
  assert.match(half[0]!, /^\.half-/);
  assert.equal((await it.charly("plan", "web")).code, 2);
  await Deno.remove(wrapper);
  assert.equal((await it.charly("fetch")).code, 0);
  assert.equal((await it.charly("plan", "web")).code, 0);
});

Deno.test("charly fetch forgets what nothing refers to, but not while a file cannot be read", async () => {
  await using it = await rig();
  await it.charly("fetch");
  const lock = await it.lock();
  await it.dir.write({ "charly.yml": "web: [\n" });
  const broken = await it.charly("fetch");
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /charly\.yml:2:1 syntax/);
  assert.equal(await it.lock(), lock);
  await it.dir.write({ "charly.yml": root.replace(/^import.*\n/m, "").replace("lib.base", "more") });
  const fetched = await it.charly("fetch");
  assert.match(fetched.stdout, /me\/tools:main is not referred to any more/);
  assert.deepEqual(Object.keys(JSON.parse(await it.lock()).repos), ["git.example/me/far:v1"]);
});

Deno.test("charly plan says of a candy that is not fetched how to get it, and only where it is needed", async () => {
  await using it = await rig();
  await it.dir.write({
    "charly.yml": root.replace(/^import.*\n/m, "").replace("lib.base", "own") +
      "own:\n  local: {}\n  c: { candy: [] }\n",
  });
  const fine = await it.charly("plan", "web");
  assert.equal(fine.code, 0, fine.stderr);
  assert.match((await it.charly("import", "--check")).stdout, /^charly\.yml:\d+:\d+ warning not-fetched /m);
  const needed = await it.charly("plan", "here");
  assert.equal(needed.code, 2);
  assert.match(
    needed.stderr,
    /"@git\.example\/me\/far\/candy\/motd:v1", which is not fetched\nhint: run `charly fetch`/,
  );
});
