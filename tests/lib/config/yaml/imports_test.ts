import assert from "node:assert/strict";
import { loadYaml } from "../../../../lib/config/yaml/load_yaml.ts";
import { checkYaml } from "../../../../lib/config/yaml/mod.ts";
import { Problems, problemText } from "../../../../lib/config/yaml/problem.ts";
import { tempDir } from "../../../shared/tmp.ts";

const candy = (name: string, children = "") =>
  `${name}:\n  candy: { version: 2026.100.0900, description: ${name} }\n  ${name}-package: { package: [${name}] }\n${children}`;

/** Names by table, and the values of what is asked for; the project must have no problem. */
async function load(files: Readonly<Record<string, string>>) {
  await using dir = await tempDir(files);
  const { entities, problems } = checkYaml(dir.path, "charly.yml");
  assert.deepEqual(problems.map(problemText), []);
  const names = entities.map(({ table, name }) => `${table} ${name}`).sort();
  return { names, value: (name: string) => entities.find((entity) => entity.name === name)!.value };
}

/** Every problem of a project, as text without hints. */
async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  await using dir = await tempDir(files);
  const problems = new Problems();
  loadYaml(dir.path, "charly.yml", problems);
  return problems.all.map((problem) => problemText(problem).split("\n")[0]!);
}

Deno.test("an import with a prefix puts it before every name of the file, its candies' and its groups' too", async () => {
  const { names, value } = await load({
    "charly.yml": "import: [{ lib: lib }]\nhere:\n  local: lib.base\n",
    "lib/charly.yml": "discover: [candy]\n" + candy("inline") +
      "base:\n  local: {}\n  base-candy: { candy: [git, inline] }\n" +
      "both:\n  group: { description: two }\n  one: { local: base }\n",
    "lib/candy/git/charly.yml": candy("git"),
  });
  assert.deepEqual(names, [
    "bundles here",
    "bundles lib.one",
    "candies lib.git",
    "candies lib.inline",
    "groups lib.both",
    "locals lib.base",
  ]);
  assert.deepEqual(value("lib.base")["candy"], ["lib.git", "lib.inline"]);
  assert.equal(value("lib.git")["dir"], "lib/candy/git");
  assert.equal(value("lib.inline")["dir"], "lib/candy/inline");
  assert.equal(value("here")["from"], "lib.base");
  assert.equal(value("lib.one")["from"], "lib.base");
  assert.deepEqual(value("lib.one")["keep"], { memberOf: "lib.both" });
});

Deno.test("defaults of images hold for the images of their prefix, and what a base gives is the base's to say", async () => {
  const { value } = await load({
    "charly.yml": "import: [{ lib: lib }]\ndefaults: { tag: mine, distro: [debian] }\n" +
      "top:\n  candy: { version: 2026.100.0900, description: top, base: lib.low }\n" +
      "own:\n  candy: { version: 2026.100.0900, description: own, base: docker.io/library/debian }\n",
    "lib/charly.yml": "defaults: { tag: theirs, distro: [arch] }\n" +
      "low:\n  candy: { version: 2026.100.0900, description: low, base: docker.io/library/archlinux }\n",
  });
  const of = (name: string) => [value(name)["tag"], value(name)["distro"]];
  assert.deepEqual(of("lib.low"), ["theirs", ["arch"]]);
  assert.deepEqual(of("top"), ["mine", undefined]);
  assert.deepEqual(of("own"), ["mine", ["debian"]]);
});

Deno.test("a name inside an import means what is there, else what is around it, else what is at the top", async () => {
  const { value } = await load({
    "charly.yml": "import: [{ a: a }]\n" + candy("git") + candy("jq") + candy("vi"),
    "a/charly.yml": "import: [{ b: b }]\n" + candy("git") + candy("jq"),
    "a/b/charly.yml": candy("git") + "base:\n  local: {}\n  base-candy: { candy: [git, jq, vi] }\n",
  });
  assert.deepEqual(value("a.b.base")["candy"], ["a.b.git", "a.jq", "vi"]);
});

Deno.test("sidecars, builders and distributions of an import have its prefix wherever it uses them", async () => {
  const { value } = await load({
    "charly.yml": "import: [{ lib: lib }]\n",
    "lib/charly.yml": "strap:\n  builder: { kind: bootstrap }\n" +
      "moon:\n  distro: { version: '13' }\n" +
      "proxy:\n  sidecar: { image: 'docker.io/library/caddy:2' }\n" +
      "guest:\n  vm: { source: { kind: bootstrap, builder: strap, distro: 'moon:13' }, ram: 4G }\n" +
      "low:\n  candy: { from: 'builder:strap', build: [deb] }\n" +
      "front:\n  pod: { image: low, sidecar: { proxy: { env: { A: b } }, own: { image: 'docker.io/library/own:1' } } }\n",
  });
  const source = { kind: "bootstrap", builder: "lib.strap", distro: "lib.moon:13" };
  assert.deepEqual({ ...value("lib.guest")["source"] as object }, source);
  assert.equal(value("lib.low")["from"], "builder:lib.strap");
  assert.equal(value("lib.front")["image"], "lib.low");
  assert.deepEqual(Object.keys(value("lib.front")["sidecar"] as object), ["lib.proxy", "own"]);
});

Deno.test("names with prefixes are found in images, their builders, machines and pods, one level and two", async () => {
  const { value } = await load({
    "charly.yml":
      "import: [{ a: a }]\nshop:\n  candy: { base: a.b.base, builder: { pixi: a.builder }, build: [deb] }\n" +
      "guest:\n  vm: { from: a.machine }\nfront:\n  pod: { image: a.b.base }\n",
    "a/charly.yml": "import: [{ b: b }]\nbuilder:\n  candy: { base: b.base, build: [deb], produce: [pixi] }\n" +
      "machine:\n  vm: { source: { kind: bootc, box: b.base }, ram: 4G }\nside:\n  pod: builder\n",
    "a/b/charly.yml": "base:\n  candy: { base: 'debian:13', build: [deb] }\n",
  });
  assert.equal(value("shop")["base"], "a.b.base");
  assert.deepEqual({ ...value("shop")["builder"] as object }, { pixi: "a.builder" });
  assert.equal(value("a.builder")["base"], "a.b.base");
  assert.deepEqual(value("guest")["on"], { target: "vm", vm: "a.machine" });
  assert.deepEqual(value("a.machine")["source"], { kind: "bootc", box: "a.b.base" });
  assert.equal(value("front")["image"], "a.b.base");
  assert.equal(value("a.side")["image"], "a.builder");
});

Deno.test("a file imported with two prefixes is read once, and both prefixes lead to it; the shorter is its name", async () => {
  const { names, value } = await load({
    "charly.yml": "import: [{ a: a }, { lib: lib }]\nx:\n  local: a.lib.base\ny:\n  local: lib.base\n",
    "a/charly.yml": "import: [{ lib: ../lib }]\nz:\n  local: lib.base\n",
    "lib/charly.yml": candy("git") + "base:\n  local: {}\n  base-candy: { candy: [git] }\n",
  });
  assert.deepEqual(names, ["bundles a.z", "bundles x", "bundles y", "candies lib.git", "locals lib.base"]);
  assert.deepEqual(["x", "y", "a.z"].map((name) => value(name)["from"]), ["lib.base", "lib.base", "lib.base"]);
});

Deno.test("a prefix given to two imports is an error, given twice to the same it is not", async () => {
  const files = { "a.yml": "", "b.yml": "" };
  assert.deepEqual(await problemsOf({ ...files, "charly.yml": "import: [{ a: a.yml }, { a: a.yml }]\n" }), []);
  assert.deepEqual(await problemsOf({ ...files, "charly.yml": "import: [{ a: a.yml }, { a: b.yml }]\n" }), [
    'charly.yml:1:24 duplicate-name the prefix "a" is given to two imports',
  ]);
});

Deno.test("imports that go round in a circle are reported, with a prefix and without", async () => {
  assert.deepEqual(await problemsOf({ "charly.yml": "import: [a.yml]\n", "a.yml": "import: [charly.yml]\n" }), [
    "a.yml:1:10 cycle charly.yml imports a.yml imports charly.yml",
  ]);
  assert.deepEqual(
    await problemsOf({ "charly.yml": "import: [{ a: a.yml }]\n", "a.yml": "import: [{ b: charly.yml }]\n" }),
    [
      "a.yml:1:10 cycle charly.yml imports a.yml imports charly.yml",
    ],
  );
  assert.deepEqual(await problemsOf({ "charly.yml": "import: [charly.yml]\n" }), [
    "charly.yml:1:10 cycle charly.yml imports charly.yml",
  ]);
});

Deno.test("files that import each other more than eight levels deep are reported", async () => {
  const chain = Array.from({ length: 12 }, (_, n) => [`${n}.yml`, `import: [${n + 1}.yml]\n`]);
  const problems = await problemsOf({ "charly.yml": "import: [0.yml]\n", ...Object.fromEntries(chain) });
  assert.deepEqual(problems, ["7.yml:1:10 cycle files import each other more than 8 levels deep"]);
});

Deno.test("an `include` in an import means what is there", async () => {
  const { value } = await load({
    "charly.yml": "import: [{ lib: lib }]\n",
    "lib/charly.yml": candy("git") + candy("jq", "  more: { include: 'candy:git' }\n"),
  });
  assert.deepEqual(value("lib.jq")["plan"], [{ include: "candy:lib.git" }]);
});

Deno.test("a file with several candies keeps their names when it is imported, and a manifest of one its directory's", async () => {
  const { names, value } = await load({
    "charly.yml": "import: [parts/more.yml, candy/vi/charly.yml]\n",
    "parts/more.yml": candy("git") + candy("jq"),
    "candy/vi/charly.yml": candy("other"),
  });
  assert.deepEqual(names, ["candies git", "candies jq", "candies vi"]);
  assert.equal(value("vi")["dir"], "candy/vi");
});
