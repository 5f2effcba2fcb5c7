import assert from "node:assert/strict";
import { parseOverrides, treeDir } from "../../../../lib/config/remote/cache.ts";
import { openRepos } from "../../../../lib/config/remote/repos.ts";
import { stampTree } from "../../../../lib/config/remote/stamp.ts";
import { digestOfTree } from "../../../../lib/config/remote/tree_digest.ts";
import { tempDir } from "../../../shared/tmp.ts";

const repo = "git.example/me/tools";
const none = { instead: new Map(), bad: [] };
const commit = "c".repeat(40);

async function cached(stamped: boolean) {
  const dir = await tempDir({ [`${repo}@${commit}/a.yml`]: "a: 1\n", [`${repo}@${commit}/b/run`]: "x" });
  const tree = treeDir(dir.path, repo, { commit });
  const digest = stamped ? await stampTree(tree) : digestOfTree(tree);
  const resolve = (pinned = digest) =>
    openRepos("/nowhere", { cache: dir.path, overrides: none, lock: new Map([[repo, { commit, digest: pinned }]]) })
      .resolve({ repo });
  return { dir, tree, resolve, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

Deno.test("openRepos() gives a tree whose bytes are the pinned ones, with and without a stamp", async () => {
  for (const stamped of [true, false]) {
    await using it = await cached(stamped);
    assert.deepEqual(it.resolve(), { dir: it.tree });
  }
});

Deno.test("openRepos() refuses a tree in which a file was changed, added, removed, made a program or a link, stamp or not", async () => {
  const changes: readonly ((tree: string) => Promise<void>)[] = [
    (tree) => Deno.writeTextFile(`${tree}/a.yml`, "a: 2\n"),
    (tree) => Deno.writeTextFile(`${tree}/c.yml`, ""),
    (tree) => Deno.remove(`${tree}/a.yml`),
    (tree) => Deno.rename(`${tree}/a.yml`, `${tree}/z.yml`),
    (tree) => Deno.chmod(`${tree}/a.yml`, 0o755),
    async (tree) => {
      await Deno.rename(`${tree}/a.yml`, `${tree}/../moved`);
      await Deno.symlink("../moved", `${tree}/a.yml`);
    },
    async (tree) => { // the same size and the same time as before
      const { mtime } = await Deno.stat(`${tree}/a.yml`);
      await Deno.writeTextFile(`${tree}/a.yml`, "a: 3\n");
      await Deno.utime(`${tree}/a.yml`, mtime!, mtime!);
    },
  ];
  const cases = changes.flatMap((change, index) => [true, false].map((stamped) => ({ change, index, stamped })));
  await Promise.all(cases.map(async ({ change, index, stamped }) => {
    await using it = await cached(stamped);
    await change(it.tree);
    const found = it.resolve();
    assert.equal("code" in found && found.code, "refused", `change ${index}`);
  }));
});

Deno.test("openRepos() does not take a stamp's word for another digest than the pinned one", async () => {
  await using it = await cached(true);
  const found = it.resolve(`sha256-${"0".repeat(64)}`);
  assert.equal("code" in found && found.code, "refused");
});

Deno.test("openRepos() names the command that mends a missing pin and a missing tree", async () => {
  await using dir = await tempDir();
  const options = { cache: dir.path, overrides: none };
  const missing = openRepos(dir.path, options).resolve({ repo, version: "v1" });
  assert.deepEqual(missing, {
    code: "not-fetched",
    message: "git.example/me/tools:v1 is not in charly.lock",
    hint: "run `charly fetch`",
  });
  await dir.write({ "charly.lock": "{" });
  const damaged = openRepos(dir.path, options).resolve({ repo });
  assert.equal("code" in damaged && damaged.code, "refused");
});

Deno.test("openRepos() takes a working tree instead of any version, and says when that is none", async () => {
  await using dir = await tempDir({ "tools/a.yml": "" });
  const instead = new Map([[repo, dir.join("tools")], ["git.example/me/gone", dir.join("gone")]]);
  const repos = openRepos(dir.path, { overrides: { instead, bad: [] } });
  assert.deepEqual(repos.resolve({ repo, version: "v7" }), { dir: dir.join("tools") });
  const gone = repos.resolve({ repo: "git.example/me/gone" });
  assert.equal("code" in gone && gone.code, "refused");
});

Deno.test("parseOverrides() reads repositories and directories, and tells what is neither", async () => {
  await using dir = await tempDir({ "work/a.yml": "" });
  const { instead, bad } = parseOverrides("me/tools=work, git.example/me/far = /srv/far ,x,=y,me/a=,", dir.path);
  assert.deepEqual([...instead], [["github.com/me/tools", dir.join("work")], ["git.example/me/far", "/srv/far"]]);
  assert.deepEqual(bad, ["x", "=y", "me/a="]);
  const found = openRepos(dir.path, { overrides: { instead, bad } }).resolve({ repo });
  assert.deepEqual("message" in found && found.message, 'CHARLY_REPO_OVERRIDE holds "x"');
});
