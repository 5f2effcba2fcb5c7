import assert from "node:assert/strict";
import { treeDir } from "../../../../lib/config/remote/cache.ts";
import { type FetchTools, fetchTree, stillPinned } from "../../../../lib/config/remote/fetch_tree.ts";
import { openRepos } from "../../../../lib/config/remote/repos.ts";
import { digestOfTree } from "../../../../lib/config/remote/tree_digest.ts";
import { type GitHost, gitHost, gitHostName } from "../../../shared/git_host.ts";
import { run } from "../../../shared/run.ts";
import { snapshotTree } from "../../../shared/tree.ts";

const repo = `${gitHostName}/me/tools`;
const which = async (name: string) => (await run(["sh", "-c", `command -v ${name}`])).trim();

async function toolsOf(host: GitHost): Promise<FetchTools> {
  return { cache: host.dir.join("cache"), git: await which("git"), ln: await which("ln"), env: host.env };
}

Deno.test("fetchTree() finds a version as tag, annotated tag, branch, whole and short commit, and takes HEAD without one", async () => {
  await using host = await gitHost();
  const tools = await toolsOf(host);
  const first = await host.commit("me/tools", { "a.yml": "a: 1\n" }, { tag: "v1" });
  const second = await host.commit("me/tools", { "a.yml": "a: 2\n" }, { tag: "v2", annotated: true });
  await host.git("me/tools", "branch", "side/line", first);
  const wanted = [
    ...[["v1", first], ["v2", second], ["main", second], ["side/line", first], [first, first]],
    ...[[first.slice(0, 10), first], [undefined, second]],
  ] as const;
  for (const [version, commit] of wanted) {
    const pin = await fetchTree({ repo, ...(version === undefined ? {} : { version }) }, tools);
    assert.equal(pin.commit, commit, version ?? "HEAD");
    const dir = treeDir(tools.cache, repo, pin);
    assert.equal(await Deno.readTextFile(`${dir}/a.yml`), commit === first ? "a: 1\n" : "a: 2\n");
    assert.equal(digestOfTree(dir), pin.digest);
  }
  assert.equal(await stillPinned({ repo, version: "v2" }, tools, { commit: second, digest: "" }), true);
  assert.equal(await stillPinned({ repo, version: "main" }, tools, { commit: first, digest: "" }), false);
});

Deno.test("fetchTree() says which version there is not", async () => {
  await using host = await gitHost();
  await host.commit("me/tools", { "a.yml": "a: 1\n" });
  const tools = await toolsOf(host);
  await assert.rejects(fetchTree({ repo, version: "v9" }, tools), { code: "unknown-version" });
  await assert.rejects(fetchTree({ repo: `${gitHostName}/me/none` }, tools), { code: "fetch-failed" });
  assert.deepEqual((await Array.fromAsync(Deno.readDir(tools.cache))).map(({ name }) => name), []);
});

Deno.test("fetchTree() keeps what git keeps: bytes, executables and links; filters, hooks, attributes and submodules do nothing", async () => {
  await using host = await gitHost();
  const tools = await toolsOf(host);
  await host.commit("me/tools", {
    ".gitattributes": "*.yml text eol=crlf filter=evil ident export-subst\nsecret.txt export-ignore\n",
    ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch%20HACKED\n',
    "a.yml": "a: $Id$ $Format:%H$\n",
    "secret.txt": "kept\n",
    "bytes": new Uint8Array([0, 255, 13, 10]),
    "run.sh": "#!/bin/sh\n",
  });
  await Deno.chmod(host.dir.join(gitHostName, "me/tools/run.sh"), 0o755);
  await Deno.symlink(
    "../a.yml",
    await host.dir.write({ [`${gitHostName}/me/tools/sub/x`]: "" }).then((path) => `${path}.link`),
  );
  await host.commit("me/tools", {});
  await host.dir.write({
    gitconfig: await Deno.readTextFile(host.dir.join("gitconfig")) +
      `[filter "evil"]\n\tsmudge = touch ${host.dir.path}/HACKED\n[core]\n\thooksPath = ${host.dir.path}/hooks\n`,
    "hooks/reference-transaction": `#!/bin/sh\ntouch ${host.dir.path}/HACKED\n`,
    "hooks/post-checkout": `#!/bin/sh\ntouch ${host.dir.path}/HACKED\n`,
  });
  for (const name of ["reference-transaction", "post-checkout"]) await Deno.chmod(host.dir.join("hooks", name), 0o755);
  const pin = await fetchTree({ repo }, tools);
  const tree = await snapshotTree(treeDir(tools.cache, repo, pin));
  const modes = [...tree].filter(([, { type }]) => type === "file").map(([path, { mode }]) => [path, mode]);
  assert.deepEqual(modes, [
    ...[[".gitattributes", "0444"], [".gitmodules", "0444"], ["a.yml", "0444"], ["bytes", "0444"], ["run.sh", "0555"]],
    ...[["secret.txt", "0444"], ["sub/x", "0444"]],
  ]);
  const dir = treeDir(tools.cache, repo, pin);
  assert.deepEqual(await Deno.readFile(`${dir}/bytes`), new Uint8Array([0, 255, 13, 10]));
  assert.equal(await Deno.readTextFile(`${dir}/a.yml`), "a: $Id$ $Format:%H$\n");
  assert.equal(tree.get("sub/x.link")?.target, "../a.yml");
  await assert.rejects(Deno.lstat(host.dir.join("HACKED")), Deno.errors.NotFound);
});

Deno.test("fetchTree() refuses a tree with a link out of it, and leaves nothing of it", async () => {
  await using host = await gitHost();
  const tools = await toolsOf(host);
  await host.commit("me/tools", { "a.yml": "a: 1\n" });
  await Deno.symlink("/etc/passwd", host.dir.join(gitHostName, "me/tools/users"));
  await host.commit("me/tools", {});
  await assert.rejects(fetchTree({ repo }, tools), {
    code: "tree-refused",
    message: `fetch ${repo}: "users" is a link to "/etc/passwd"`,
  });
  assert.deepEqual((await Array.fromAsync(Deno.readDir(tools.cache))).map(({ name }) => name), []);
});

Deno.test("fetchTree() gives the pinned commit when the branch has moved, also when only a full fetch reaches it", async () => {
  await using host = await gitHost();
  const tools = await toolsOf(host);
  await host.commit("me/tools", { "a.yml": "a: 1\n" });
  const pin = await fetchTree({ repo, version: "main" }, tools);
  await host.commit("me/tools", { "a.yml": "a: 2\n" });
  await host.git("me/tools", "config", "uploadpack.allowAnySHA1InWant", "false");
  await Deno.remove(treeDir(tools.cache, repo, pin), { recursive: true });
  assert.deepEqual(await fetchTree({ repo, version: "main" }, tools, pin), pin);
  assert.equal(await Deno.readTextFile(`${treeDir(tools.cache, repo, pin)}/a.yml`), "a: 1\n");
  const gone = { ...pin, commit: "0".repeat(39) + "1" };
  await assert.rejects(fetchTree({ repo, version: "main" }, tools, gone), { code: "unknown-version" });
});

Deno.test("fetchTree() takes nothing in whose digest is not the pinned one", async () => {
  await using host = await gitHost();
  const tools = await toolsOf(host);
  await host.commit("me/tools", { "a.yml": "a: 1\n" });
  const { commit } = await fetchTree({ repo }, { ...tools, cache: host.dir.join("other") });
  const pin = { commit, digest: `sha256-${"0".repeat(64)}` };
  await assert.rejects(fetchTree({ repo }, tools, pin), { code: "digest-mismatch", exitCode: 2 });
  assert.deepEqual(openRepos(host.dir.path, { cache: tools.cache, lock: new Map([[repo, pin]]) }).resolve({ repo }), {
    code: "not-fetched",
    message: `${repo} is pinned and not fetched on this machine`,
    hint: "run `charly fetch`",
  });
});

Deno.test("fetchTree() forgets halves that are a day old, leaves younger ones, and mends a tree that was changed", async () => {
  await using host = await gitHost();
  const tools = await toolsOf(host);
  await host.commit("me/tools", { "a.yml": "a: 1\n" });
  await host.dir.write({ "cache/.half-old/tree/a.yml": "", "cache/.half-new/tree/a.yml": "" });
  await Deno.utime(host.dir.join("cache/.half-old"), 1, 1);
  const pin = await fetchTree({ repo }, tools);
  assert.deepEqual((await Array.fromAsync(Deno.readDir(tools.cache))).map(({ name }) => name).sort(), [
    ".half-new",
    gitHostName,
  ]);
  const dir = treeDir(tools.cache, repo, pin);
  await Deno.chmod(`${dir}/a.yml`, 0o644);
  await Deno.writeTextFile(`${dir}/a.yml`, "a: 9\n");
  const resolve = () =>
    openRepos(host.dir.path, { cache: tools.cache, lock: new Map([[repo, pin]]) }).resolve({ repo });
  const found = resolve();
  assert.equal("code" in found && found.code, "refused");
  await fetchTree({ repo }, tools, pin);
  assert.deepEqual(resolve(), { dir });
});

Deno.test("fetchTree() of one commit at the same time leaves one tree", async () => {
  await using host = await gitHost();
  const tools = await toolsOf(host);
  await host.commit("me/tools", { "a.yml": "a: 1\n" });
  const pins = await Promise.all([1, 2, 3].map(() => fetchTree({ repo }, tools)));
  assert.equal(new Set(pins.map(({ digest }) => digest)).size, 1);
  assert.equal(digestOfTree(treeDir(tools.cache, repo, pins[0]!)), pins[0]!.digest);
  assert.deepEqual((await Array.fromAsync(Deno.readDir(tools.cache))).map(({ name }) => name), [gitHostName]);
});
