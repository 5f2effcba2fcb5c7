import assert from "node:assert/strict";
import type { Candy } from "../../../lib/entities/candy.ts";
import { readCandyFiles } from "../../../lib/plan/read_candy_files.ts";
import { ctxNames } from "../../../lib/steps/candy_files.ts";

const head = { version: "2026.300.0900", description: "files" };

/** A project with these files, gone afterwards. */
async function inProject(files: Readonly<Record<string, string>>, use: (root: string) => Promise<void>) {
  const root = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(`${root}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${root}/${name}`, text);
    }
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("readCandyFiles() reads sources of copy and files commands name, and nothing else", () =>
  inProject({
    "candy/it/motd": "hi\n",
    "candy/it/setup.sh": "echo\n",
    "candy/it/conf/a": "a",
    "candy/it/conf/sub/b": "b",
    "candy/it/unused": "x",
    "candy/it/pixi.toml": "",
    "candy/it/src/main.rs": "",
  }, async (root) => {
    await Deno.chmod(`${root}/candy/it/setup.sh`, 0o755);
    const candy: Candy = {
      ...head,
      plan: [{ copy: "./motd", to: "/etc/motd" }, { command: "sh /ctx/setup.sh" }, { copy: "conf", to: "/opt/conf" }],
    };
    const it = (await readCandyFiles(root, { it: candy, other: head })).it;
    assert.deepEqual(it?.files.map(({ name, executable }) => [name, executable]), [
      ["conf/a", false],
      ["conf/sub/b", false],
      ["motd", false],
      ["setup.sh", true],
    ]);
    assert.deepEqual(it?.builderFiles, ["pixi.toml", "src/"]);
    assert.equal(it?.files[2]?.content.sha256, "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4");
  }));

Deno.test("readCandyFiles() leaves candies without a directory out", () =>
  inProject({ "candy/a/x": "" }, async (root) => {
    assert.deepEqual(Object.keys(await readCandyFiles(root, { a: head, b: head })), ["a"]);
  }));

Deno.test("readCandyFiles() leaves files over 1 MiB on the disk, with their digest", () =>
  inProject({ "candy/a/big": "x".repeat(1024 * 1024 + 1), "candy/a/edge": "x".repeat(1024 * 1024) }, async (root) => {
    const plan = [{ copy: "big", to: "/big" }, { copy: "edge", to: "/edge" }];
    const files = (await readCandyFiles(root, { a: { ...head, plan } }))["a"]?.files ?? [];
    assert.deepEqual(files.map(({ content }) => [content.from.kind, content.size]), [["file", 1048577], [
      "bytes",
      1048576,
    ]]);
    // Of printf 'x%.0s' $(seq 1048577) | sha256sum
    assert.match(files[0]?.content.sha256 ?? "", /^[0-9a-f]{64}$/);
    assert.notEqual(files[0]?.content.sha256, files[1]?.content.sha256);
  }));

Deno.test("readCandyFiles() refuses a link and a dir that lead out of the project", () =>
  inProject({ "candy/a/x": "" }, async (root) => {
    await Deno.symlink("/etc/passwd", `${root}/candy/a/passwd`);
    const plan = [{ copy: "passwd", to: "/x" }];
    await assert.rejects(readCandyFiles(root, { a: { ...head, plan } }), { code: "outside-project" });
    await assert.rejects(readCandyFiles(root, { a: { ...head, dir: "/etc" } }), { code: "outside-project" });
    const dots = [{ copy: "../b/x", to: "/x" }];
    await assert.rejects(readCandyFiles(root, { a: { ...head, plan: dots } }), { code: "outside-project" });
  }));

Deno.test("readCandyFiles() ends on a directory that links to itself", () =>
  inProject({ "candy/a/x": "1" }, async (root) => {
    await Deno.symlink(".", `${root}/candy/a/again`);
    const plan = [{ copy: ".", to: "/opt/a" }];
    const files = (await readCandyFiles(root, { a: { ...head, plan } }))["a"]?.files ?? [];
    assert.deepEqual(files.map(({ name }) => name), ["x"]);
  }));

Deno.test("ctxNames() finds what a shell text takes from /ctx", () => {
  assert.deepEqual(ctxNames('sh /ctx/a.sh; cp "/ctx/conf/x.yml" /etc && . /ctx/lib/b.sh.'), [
    "a.sh",
    "conf/x.yml",
    "lib/b.sh",
  ]);
  assert.deepEqual(ctxNames("cp /ctx/conf/*.yml /etc"), ["conf"]);
  assert.deepEqual(ctxNames("cp -r /ctx /opt"), [""]);
  assert.deepEqual(ctxNames("for f in /ctx/$NAME; do :; done"), [""]);
  assert.deepEqual(ctxNames("ls /opt/ctx/a /ctxt/b ./ctx/c"), []);
});
