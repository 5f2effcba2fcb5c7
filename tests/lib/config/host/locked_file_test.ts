import assert from "node:assert/strict";
import { changeFile } from "../../../../lib/config/host/locked_file.ts";
import { tempDir } from "../../../shared/tmp.ts";

Deno.test("changeFile() lets several writers at once lose nothing", async () => {
  await using dir = await tempDir();
  const path = dir.join("deep/in/it/file");
  const add = (n: number) => changeFile(path, (before = "") => `${before}${n}\n`);
  await Promise.all(Array.from({ length: 20 }, (_, n) => add(n)));
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map(Number);
  assert.deepEqual(lines.sort((a, b) => a - b), Array.from({ length: 20 }, (_, n) => n));
  assert.deepEqual((await Array.fromAsync(Deno.readDir(dir.join("deep/in/it")))).map(({ name }) => name).sort(), [
    "file",
    "file.lock",
  ]);
});

Deno.test("changeFile() takes the file's rights from others, and a link stays a link", async () => {
  await using dir = await tempDir({ "real/file": "old\n", "here/.keep": "" });
  await Deno.chmod(dir.join("real/file"), 0o644);
  await Deno.symlink("../real/file", dir.join("here/file"));
  assert.equal(await changeFile(dir.join("here/file"), () => "new\n"), true);
  assert.equal((await Deno.lstat(dir.join("here/file"))).isSymlink, true);
  assert.equal(await Deno.readTextFile(dir.join("real/file")), "new\n");
  assert.equal((await Deno.stat(dir.join("real/file"))).mode! & 0o777, 0o600);
});

Deno.test("changeFile() leaves the file as it is when the change fails or is none", async () => {
  await using dir = await tempDir({ file: "old\n" });
  const path = dir.join("file");
  const before = await Deno.stat(path);
  await assert.rejects(changeFile(path, () => {
    throw new Error("no");
  }));
  assert.equal(await changeFile(path, () => "old\n"), false);
  assert.equal(await changeFile(path, () => undefined), false);
  assert.equal((await Deno.stat(path)).ino, before.ino);
});

Deno.test("changeFile() says who is in the way when the lock is not given", async () => {
  await using dir = await tempDir();
  const path = dir.join("file");
  const holder = await Deno.open(`${path}.lock`, { read: true, write: true, create: true });
  holder.lockSync(true);
  const waiting = changeFile(path, () => "x", { patience: 50 });
  await assert.rejects(waiting, /another process holds .*file\.lock/);
  holder.close();
});
