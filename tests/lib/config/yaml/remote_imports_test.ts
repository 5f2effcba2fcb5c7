import assert from "node:assert/strict";
import { loadYaml } from "../../../../lib/config/yaml/load_yaml.ts";
import { Problems, problemText } from "../../../../lib/config/yaml/problem.ts";
import type { Repos } from "../../../../lib/config/remote/repos.ts";
import { type TempDir, tempDir } from "../../../shared/tmp.ts";

const candy = (name: string, version = "2026.100.0900", children = "") =>
  `${name}:\n  candy: { version: ${version}, description: ${name} }\n  ${name}-package: { package: [${name}] }\n${children}`;

/** Directories below `repos/` are repositories of `git.example`: `repos/me/tools:v1`. Each look is remembered. */
function reposIn(dir: TempDir, looked: string[] = []): Repos {
  return {
    resolve({ repo, version }) {
      const name = `${repo.replace("git.example/", "")}${version === undefined ? "" : `:${version}`}`;
      looked.push(name);
      try {
        return { dir: Deno.realPathSync(dir.join("repos", name)) };
      } catch {
        return { code: "not-fetched", message: `${name} is not there`, hint: "run `charly fetch`" };
      }
    },
  };
}

/** Loads `project/charly.yml`. */
async function load(files: Readonly<Record<string, string>>) {
  await using dir = await tempDir(files);
  const problems = new Problems();
  const looked: string[] = [];
  const project = loadYaml(dir.join("project"), "charly.yml", problems, { repos: reposIn(dir, looked) });
  return {
    names: project.entities.map(({ table, name }) => `${table} ${name}`).sort(),
    value: (name: string) => project.entities.find((entity) => entity.name === name)!.value,
    at: (name: string) => project.entities.find((entity) => entity.name === name)!.at.file,
    remote: project.remote.map(({ ref, dir }) => `${ref}${dir === undefined ? " missing" : ""}`),
    problems: problems.all.map((problem) => problemText(problem).split("\n")[0]!),
    looked,
  };
}

Deno.test("a remote import brings the names of a file, with its prefix or without, and its candies know where their files are", async () => {
  const it = await load({
    "project/charly.yml": 'import: ["@git.example/me/tools/more.yml:v1", { lib: "@git.example/me/tools:v1" }]\n' +
      "web:\n  local: lib.base\n",
    "repos/me/tools:v1/more.yml": candy("vi"),
    "repos/me/tools:v1/charly.yml": "discover: [candy]\nbase:\n  local: {}\n  base-candy: { candy: [git] }\n",
    "repos/me/tools:v1/candy/git/charly.yml": candy("git"),
  });
  assert.deepEqual(it.problems, []);
  assert.deepEqual(it.names, ["bundles web", "candies lib.git", "candies vi", "locals lib.base"]);
  assert.equal(it.value("lib.git")["dir"], "@git.example/me/tools/candy/git:v1");
  assert.equal(it.value("vi")["dir"], "@git.example/me/tools/candy/vi:v1");
  assert.equal(it.at("lib.git"), "@git.example/me/tools:v1/candy/git/charly.yml");
  assert.equal(it.value("web")["from"], "lib.base");
  assert.deepEqual(it.looked, ["me/tools:v1"]);
});

Deno.test("a reference that is not fetched is an error at its place, and a candy of it a warning: who does not need it may go on", async () => {
  const it = await load({
    "project/charly.yml": 'import: ["@git.example/me/none:v1"]\nweb:\n  local: {}\n' +
      '  web-candy: { candy: ["@git.example/me/gone/candy/git"] }\n',
  });
  assert.deepEqual(it.problems, [
    'charly.yml:1:10 not-fetched "@git.example/me/none:v1": me/none:v1 is not there',
    'charly.yml:4:24 warning not-fetched "@git.example/me/gone/candy/git": me/gone is not there',
  ]);
  assert.deepEqual(it.remote, ["@git.example/me/none:v1 missing", "@git.example/me/gone/candy/git missing"]);
});

Deno.test("a text that is no reference to a repository is refused where it stands", async () => {
  const it = await load({
    "project/charly.yml": 'import: ["@x", "@git.example/a/b/../../c:v1", "@git.example/a/b:--upload-pack=x"]\n',
  });
  assert.deepEqual(it.problems.map((line) => line.replace(/^\S+ /, "")), [
    'bad-value "@x" is no reference to a repository',
    'bad-value "@git.example/a/b/../../c:v1" is no reference to a repository',
    'bad-value "@git.example/a/b:--upload-pack=x" is no reference to a repository',
  ]);
  assert.deepEqual(it.looked, []);
});

Deno.test("repositories that import each other end in the one that is being read, at whatever version they name it", async () => {
  const it = await load({
    "project/charly.yml":
      'repo: me/main\nimport: [{ box: "@git.example/me/box:v3" }]\n'.replace("me/main", "git.example/me/main") +
      candy("git") + "web:\n  local: box.base\n",
    "repos/me/box:v3/charly.yml": 'import: [{ main: "@git.example/me/main:v1" }]\n' +
      'base:\n  local: {}\n  base-candy: { candy: [main.git, "@git.example/me/main/candy/git:v1"] }\n',
  });
  assert.deepEqual(it.problems, []);
  assert.deepEqual(it.looked, ["me/box:v3"]);
  assert.deepEqual(it.names, ["bundles web", "candies git", "locals box.base"]);
  assert.deepEqual(it.value("box.base")["candy"], ["git", "git"]);
});

Deno.test("a project without `repo` is known by where git fetched it from", async () => {
  const it = await load({
    "project/.git/config":
      '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@git.example:me/main.git\n\tfetch = x\n',
    "project/charly.yml": 'import: ["@git.example/me/main/more.yml:v1"]\n',
    "project/more.yml": candy("git"),
  });
  assert.deepEqual([it.problems, it.looked, it.names], [[], [], ["candies git"]]);
});

Deno.test("two repositories that import each other, and not the project, end in each other", async () => {
  const it = await load({
    "project/charly.yml": 'import: [{ a: "@git.example/me/a" }, { b: "@git.example/me/b" }]\n',
    "repos/me/a/charly.yml": 'import: [{ b: "@git.example/me/b" }]\n' + candy("x") +
      "up:\n  local: {}\n  c: { candy: [b.y, b.a.x] }\n",
    "repos/me/b/charly.yml": 'import: [{ a: "@git.example/me/a" }]\n' + candy("y"),
  });
  assert.deepEqual(it.problems, []);
  assert.deepEqual(it.names, ["candies a.x", "candies b.y", "locals a.up"]);
  assert.deepEqual(it.value("a.up")["candy"], ["b.y", "a.x"]);
});

Deno.test("candies of other repositories bring what they require, from beside them or from further away", async () => {
  const it = await load({
    "project/charly.yml": 'web:\n  local: {}\n  web-candy: { candy: ["@git.example/me/tools/candy/git:v1"] }\n' +
      "go:\n  local: web\n",
    "repos/me/tools:v1/candy/git/charly.yml": candy(
      "git",
      "2026.100.0900",
      '  r: { require: [ssl, own, "@git.example/me/far/candy/zlib:v2"] }\n',
    ),
    "repos/me/tools:v1/candy/ssl/charly.yml": candy("ssl"),
    "repos/me/far:v2/candy/zlib/charly.yml": candy("zlib"),
  });
  assert.deepEqual(it.problems, []);
  assert.deepEqual(it.names, ["bundles go", "candies git", "candies ssl", "candies zlib", "locals web"]);
  assert.equal(it.value("zlib")["dir"], "@git.example/me/far/candy/zlib:v2");
});

Deno.test("a candy of another repository that needs one of the project gets the project's own", async () => {
  const it = await load({
    "project/charly.yml": "repo: git.example/me/main\n" + candy("git") +
      'web:\n  local: {}\n  c: { candy: ["@git.example/me/box/candy/tig:v1"] }\n',
    "repos/me/box:v1/candy/tig/charly.yml": candy(
      "tig",
      "2026.100.0900",
      '  r: { require: ["@git.example/me/main/candy/git:v1"] }\n',
    ),
  });
  assert.deepEqual([it.problems, it.looked], [[], ["me/box:v1"]]);
  assert.deepEqual(it.value("tig")["require"], ["git"]);
});

Deno.test("of one candy at two versions the newer is taken, by its own version and not by the tag", async () => {
  const it = await load({
    "project/charly.yml":
      'web:\n  local: {}\n  c: { candy: ["@git.example/me/t/candy/git:v1", "@git.example/me/t/candy/git:v2"] }\n',
    "repos/me/t:v1/candy/git/charly.yml": candy("git", "2026.101.0000"),
    "repos/me/t:v2/candy/git/charly.yml": candy("git", "2026.99.2359"),
  });
  assert.deepEqual(it.problems, []);
  assert.equal(it.value("git")["version"], "2026.101.0000");
  assert.equal(it.value("git")["dir"], "@git.example/me/t/candy/git:v1");
});

Deno.test("one candy name in two repositories, or in one and the project, is an error", async () => {
  const two = await load({
    "project/charly.yml":
      'web:\n  local: {}\n  c: { candy: ["@git.example/me/a/candy/git", "@git.example/me/b/candy/git"] }\n',
    "repos/me/a/candy/git/charly.yml": candy("git"),
    "repos/me/b/candy/git/charly.yml": candy("git"),
  });
  assert.deepEqual(two.problems, [
    'charly.yml:3:47 duplicate-name the candy "git" is in "@git.example/me/a/candy/git" and in "@git.example/me/b/candy/git"',
  ]);
  const own = await load({
    "project/charly.yml": candy("git") + 'web:\n  local: {}\n  c: { candy: ["@git.example/me/a/candy/git"] }\n',
    "repos/me/a/candy/git/charly.yml": candy("git"),
  });
  assert.deepEqual(own.problems, [
    'charly.yml:6:16 duplicate-name the candy "git" of "@git.example/me/a/candy/git" is also in charly.yml:1',
  ]);
});

Deno.test("a plain name in a remote candy that the project has as well means the project's, and that is said", async () => {
  const it = await load({
    "project/charly.yml": candy("ssl") + 'web:\n  local: {}\n  c: { candy: ["@git.example/me/a/candy/git"] }\n',
    "repos/me/a/candy/git/charly.yml": candy("git", "2026.100.0900", "  r: { require: [ssl] }\n"),
    "repos/me/a/candy/ssl/charly.yml": candy("ssl", "2026.101.0900"),
  });
  assert.deepEqual(it.problems, [
    "@git.example/me/a/candy/git/charly.yml:4:18 warning duplicate-name " +
    'the project\'s own "ssl" (charly.yml:1) takes the place of "@git.example/me/a/candy/ssl"',
  ]);
  assert.equal(it.value("ssl")["version"], "2026.100.0900");
});

Deno.test("a candy is found where it is, under the names manifests had", async () => {
  const it = await load({
    "project/charly.yml":
      'web:\n  local: {}\n  c: { candy: ["@git.example/me/a/layers/git", "@git.example/me/a/layers/jq"] }\n',
    "repos/me/a/charly.yml": "version: 2026.174.1100\n",
    "repos/me/a/layers/git/layer.yml": "info: a tool\nrpm: { packages: [git] }\n",
    "repos/me/a/candy/jq/charly.yml": candy("jq"),
  });
  assert.deepEqual(it.problems, []);
  assert.equal(it.value("git")["dir"], "@git.example/me/a/layers/git");
  assert.equal(it.value("jq")["dir"], "@git.example/me/a/candy/jq");
});

Deno.test("a repository of an older layout is read in today's, and its files are found where they are", async () => {
  const it = await load({
    "project/charly.yml": 'import: [{ old: "@git.example/me/old:v0" }]\nweb:\n  local: {}\n' +
      '  c: { candy: ["@git.example/me/old/layers/jq:v0", old.git] }\n',
    "repos/me/old:v0/overthink.yml": "version: 4\ndiscover: { layers: [{ path: layers }] }\n",
    "repos/me/old:v0/layers/git/layer.yml": "info: a tool\nrpm: { packages: [git] }\n",
    "repos/me/old:v0/layers/jq/layer.yml": "info: a filter\ndepends: [git]\nrpm: { packages: [jq] }\n",
  });
  assert.deepEqual(it.problems, []);
  assert.deepEqual(
    it.names,
    ["bundles web", "candies git", "candies jq", "candies old.git", "candies old.jq", "locals web"].filter((n) =>
      n !== "bundles web"
    ),
  );
  assert.equal(it.value("old.git")["dir"], "@git.example/me/old/layers/git:v0");
  assert.equal(it.value("jq")["dir"], "@git.example/me/old/layers/jq:v0");
  assert.deepEqual(it.value("jq")["require"], ["git"]);
});

Deno.test("files of a fetched repository cannot lead out of it, by a path or by a link", async () => {
  await using dir = await tempDir({
    "project/charly.yml": 'import: [{ a: "@git.example/me/a" }]\n',
    "project/secret.yml": candy("secret"),
    "repos/me/a/charly.yml": "import: [../../../project/secret.yml, /etc/passwd, link.yml]\ndiscover: [../..]\n",
  });
  await Deno.symlink(dir.join("project/secret.yml"), dir.join("repos/me/a/link.yml"));
  const problems = new Problems();
  const { entities } = loadYaml(dir.join("project"), "charly.yml", problems, { repos: reposIn(dir) });
  assert.deepEqual(entities, []);
  assert.deepEqual(problems.all.map(({ code }) => code), Array(4).fill("outside-project"));
});
