/** The test rigs that need no root do what their tests rely on. */
import assert from "node:assert/strict";
import { fakeSystemctl } from "../shared/fake_systemctl.ts";
import { serveHttp, tarArchive, zipArchive } from "../shared/http.ts";
import { needPackages } from "../shared/packages.ts";
import { run, tryRun } from "../shared/run.ts";
import { tempDir } from "../shared/tmp.ts";
import { diffTrees, snapshotTree } from "../shared/tree.ts";

Deno.test("tempDir() writes files with their parents and is gone after its scope", async () => {
  let path: string;
  {
    await using dir = await tempDir({ "a/b": "one" });
    path = dir.path;
    assert.equal(await Deno.readTextFile(dir.join("a", "b")), "one");
  }
  await assert.rejects(() => Deno.stat(path), Deno.errors.NotFound);
});

Deno.test("run() throws with the program's words when it fails", async () => {
  assert.equal(await run(["cat"], { stdin: "x" }), "x");
  await assert.rejects(() => run(["sh", "-c", "echo no >&2; exit 3"]), {
    message: "sh -c echo no >&2; exit 3: exit 3\nno\n",
  });
});

Deno.test("diffTrees() names every kind of change by path", async () => {
  await using dir = await tempDir({ same: "s", edited: "one", gone: "x", "sub/mode": "m", "skip/me": "1" });
  await Deno.symlink("same", dir.join("link"));
  const before = await snapshotTree(dir.path, { exclude: ["skip"] });
  const edited = await Deno.stat(dir.join("edited"));
  await dir.write({ edited: "two", new: "n", "skip/me": "2" });
  await Deno.utime(dir.join("edited"), edited.atime!, edited.mtime!);
  await Deno.chmod(dir.join("sub/mode"), 0o4711);
  await Deno.remove(dir.join("gone"));
  await Deno.remove(dir.join("link"));
  await Deno.symlink("edited", dir.join("link"));
  const mode = before.get("sub/mode")!.mode;
  const lines = diffTrees(before, await snapshotTree(dir.path, { exclude: ["skip"] }));
  assert.deepEqual(lines.map((line) => line.replace(/[0-9a-f]{64}/g, "HASH")), [
    "~ edited: sha256 HASH → HASH",
    "- gone (file)",
    "~ link: target same → edited",
    "+ new (file)",
    `~ sub/mode: mode ${mode} → 4711`,
  ]);
});

Deno.test("diffTrees() is empty for a tree that nobody touched, and excludes by pattern", async () => {
  await using dir = await tempDir({ "a/cache/x": "1", "a/log.txt": "1", "a/keep": "1" });
  const exclude = ["*/cache", "**.txt"];
  const before = await snapshotTree(dir.path, { exclude });
  assert.deepEqual([...before.keys()], [".", "a", "a/keep"]);
  await dir.write({ "a/cache/y": "2", "a/log.txt": "2" });
  assert.deepEqual(diffTrees(before, await snapshotTree(dir.path, { exclude })), []);
});

Deno.test("serveHttp() serves, counts and says not found", async () => {
  await using server = serveHttp({ "/a.json": "{}", "/made": (request) => new Response(request.method) });
  const json = await fetch(`${server.url}/a.json`);
  assert.deepEqual([json.headers.get("content-type"), await json.text()], ["application/json", "{}"]);
  assert.equal(await (await fetch(`${server.url}/made`, { method: "POST" })).text(), "POST");
  const missing = await fetch(`${server.url}/b`);
  assert.deepEqual([missing.status, await missing.text()], [404, "not found\n"]);
  server.put("/b", "now");
  assert.equal(await (await fetch(`${server.url}/b`)).text(), "now");
  assert.deepEqual(["/a.json", "/b", "/c"].map(server.requests), [1, 2, 0]);
});

Deno.test("tarArchive() keeps paths, modes and bytes", async () => {
  await using dir = await tempDir();
  await Deno.writeFile(
    dir.join("a.tgz"),
    await tarArchive({ "top/run": { content: "#!/bin/sh\n", mode: 0o755 }, "top/x": "y" }),
  );
  await run(["tar", "-xzf", dir.join("a.tgz"), "-C", dir.path]);
  assert.equal(await Deno.readTextFile(dir.join("top/x")), "y");
  assert.equal((await Deno.stat(dir.join("top/run"))).mode! & 0o777, 0o755);
});

Deno.test("zipArchive() is a zip that unzip accepts, modes and UTF-8 included", async () => {
  await needPackages({ unzip: "/usr/bin/unzip" });
  await using dir = await tempDir();
  const zip = zipArchive({ "top/run": { content: "ü\n", mode: 0o755 }, "top/ä": "y" });
  await Deno.writeFile(dir.join("a.zip"), zip);
  await run(["unzip", "-t", dir.join("a.zip")]);
  await run(["unzip", "-q", dir.join("a.zip"), "-d", dir.path], { env: { LC_ALL: "C.UTF-8" } });
  assert.equal(await Deno.readTextFile(dir.join("top/run")), "ü\n");
  assert.equal(await Deno.readTextFile(dir.join("top/ä")), "y");
  assert.equal((await Deno.stat(dir.join("top/run"))).mode! & 0o777, 0o755);
});

Deno.test("fakeSystemctl() keeps what was enabled, started and masked, and logs who asked", async () => {
  await using systemctl = await fakeSystemctl();
  await systemctl.declare({ "web.service": { enabled: true }, "bad.service": { broken: true } });
  const say = async (line: string) => {
    const { code, stdout } = await tryRun(["sh", "-c", line], {
      env: { PATH: `${systemctl.bin}:/usr/bin:/bin`, XDG_RUNTIME_DIR: "/x" },
    });
    return `${code} ${stdout}`.trim();
  };
  const user = "systemctl --user";
  await systemctl.declare({ "web.service": {}, "bad.service": { broken: true } }, Deno.uid()!);
  assert.equal(await say(`${user} is-enabled web`), "1 disabled");
  assert.equal(await say(`${user} enable --now web.service`), "0");
  assert.equal(await say(`${user} is-enabled web; ${user} is-active web`), "0 enabled\nactive");
  assert.equal(await say(`${user} show -p ActiveState,UnitFileState --value web`), "0 active\nenabled");
  assert.equal(await say(`${user} mask --now web && ${user} is-enabled web`), "1 masked");
  assert.equal(await say(`${user} start web`), "1");
  assert.equal(await say(`${user} start bad; ${user} is-failed bad`), "0 failed");
  assert.equal(await say(`${user} try-restart bad && ${user} is-active bad`), "3 failed");
  assert.equal(await say(`${user} start nowhere`), "5");
  assert.equal(await say("systemctl is-enabled web"), "0 enabled");
  assert.equal(await say("systemctl frobnicate web; systemctl is-active web"), "3 inactive");
  assert.deepEqual(await systemctl.unit("web.service", Deno.uid()!), {
    ...{ enabled: false, active: false, masked: true, failed: false, broken: false, starts: 1 },
  });
  const calls = await systemctl.calls();
  assert.match(calls[1]!, /^\S+ --user enable --now web\.service$/);
});
