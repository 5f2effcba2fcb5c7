import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadProject } from "../../../lib/config/load.ts";
import { type TempDir, tempDir } from "../../shared/tmp.ts";

const door = fileURLToPath(new URL("../../../mod.ts", import.meta.url));

/** A project in `project/`; what is kept goes into `kept/`. */
async function project(config: string, more: Readonly<Record<string, string>> = {}): Promise<TempDir> {
  const dir = await tempDir({
    "project/deno.json": JSON.stringify({ imports: { "@charly/charly": door } }),
    "project/charly.config.ts": config,
    ...more,
  });
  await aged(dir);
  return dir;
}

/** Files as old as those somebody wrote before calling charly: what changes while it is read is not kept. */
async function aged(dir: TempDir): Promise<void> {
  for (const { name } of Deno.readDirSync(dir.join("project"))) {
    await Deno.utime(dir.join("project", name), new Date(), new Date(Date.now() - 60_000));
  }
}

const load = (dir: TempDir) => loadProject({ cwd: dir.join("project"), reuse: dir.join("kept") });

async function kept(dir: TempDir): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(dir.join("kept"))).catch(() => []);
  return names.map(({ name }) => dir.join("kept", name));
}

const candyWith = (expression: string, head = "") =>
  `${head}import { candy, defineConfig } from "@charly/charly";\n` +
  `export default defineConfig({ candies: { motd: candy({ version: "2026.300.0900", description: ${expression} }) } });\n`;

Deno.test("loadProject() gives the same frozen data again from what it kept, tables without a prototype included", async () => {
  await using dir = await project(candyWith('"a greeting"'));
  const first = await load(dir);
  const [entry, ...others] = await kept(dir);
  assert.deepEqual(others, []);
  // that it comes from there shows in a word only the kept data has
  await Deno.writeTextFile(entry!, (await Deno.readTextFile(entry!)).replaceAll("a greeting", "a kept greeting"));
  const second = await load(dir);
  assert.equal(second.config.candies["motd"]?.description, "a kept greeting");
  assert.equal(Object.getPrototypeOf(second.config.candies), null);
  assert.equal(Object.isFrozen(second.config.candies["motd"]), true);
  assert.deepEqual({ ...second, config: 0 }, { ...first, config: 0 });
});

Deno.test("loadProject() reads anew when the config, a file it imports or deno.json has changed", async () => {
  await using dir = await project(
    candyWith("words", 'import { words } from "./words.ts";\n'),
    { "project/words.ts": 'export const words = "one";\n' },
  );
  assert.equal((await load(dir)).config.candies["motd"]?.description, "one");
  assert.equal((await kept(dir)).length, 1);
  await dir.write({ "project/words.ts": 'export const words = "two";\n' });
  assert.equal((await load(dir)).config.candies["motd"]?.description, "two");
  await dir.write({ "project/other.ts": 'export const words = "three";\n' });
  await dir.write({
    "project/deno.json": JSON.stringify({
      imports: { "@charly/charly": door, "./words.ts": "./other.ts" },
    }),
  });
  assert.equal((await load(dir)).config.candies["motd"]?.description, "three");
});

for (
  const [what, expression] of [
    ["the clock", "String(Date.now())"],
    ["the date", "new Date().toISOString()"],
    ["the date by a way around", "String(new (new Date(0).constructor as typeof Date)().getTime())"],
    ["chance", "String(Math.random())"],
    ["random bytes", "crypto.randomUUID()"],
    ["how long it runs", "String(performance.now())"],
    ["the process", "String(Deno.pid)"],
  ] as const
) {
  Deno.test(`loadProject() keeps nothing of a config that asks ${what}`, async () => {
    await using dir = await project(candyWith(expression));
    await load(dir);
    assert.deepEqual(await kept(dir), []);
  });
}

Deno.test("loadProject() keeps a config that uses a fixed date", async () => {
  await using dir = await project(candyWith("new Date(0).toISOString()"));
  await load(dir);
  assert.equal((await kept(dir)).length, 1);
});

Deno.test("loadProject() reads anew when what it kept is damaged", async () => {
  await using dir = await project(candyWith('"a greeting"'));
  await load(dir);
  const [entry] = await kept(dir);
  await Deno.writeTextFile(entry!, "{");
  assert.equal((await load(dir)).config.candies["motd"]?.description, "a greeting");
});

Deno.test("loadProject() keeps nothing of a file that changed while it was read", async () => {
  await using dir = await project(candyWith('"a greeting"'));
  await Deno.utime(dir.join("project/charly.config.ts"), new Date(), new Date(Date.now() + 60_000));
  await load(dir);
  assert.deepEqual(await kept(dir), []);
});

const layer = (description: string, more = "") =>
  `a:\n  candy: { version: 2026.300.0900, description: ${description} }\n${more}`;

/** Files and directories below as old as {@link aged} makes those of a typed project. */
async function allAged(path: string): Promise<void> {
  for (const { name, isDirectory } of [...Deno.readDirSync(path)]) {
    if (isDirectory) await allAged(`${path}/${name}`);
    await Deno.utime(`${path}/${name}`, new Date(), new Date(Date.now() - 60_000));
  }
}

/** A project in YAML with the candy `one`. */
async function yamlProject(more: Readonly<Record<string, string>> = {}): Promise<TempDir> {
  const dir = await tempDir({
    "project/charly.yml": "version: 2026.174.1100\ndiscover: [candy, later]\n",
    "project/candy/one/charly.yml": layer("first"),
    ...more,
  });
  await allAged(dir.path);
  return dir;
}

const descriptions = async (dir: TempDir) =>
  Object.values((await load(dir)).config.candies).map(({ description }) => description);

Deno.test("loadProject() takes a YAML project from what it kept, warnings included", async () => {
  await using dir = await yamlProject({
    "project/candy/one/charly.yml": layer("first", "  e: { env: { A: b }, stray: 1 }\n"),
  });
  const first = await load(dir);
  assert.deepEqual(first.warnings.map(({ severity, at }) => [severity, at.file, at.line]), [
    ["warning", "candy/one/charly.yml", 3],
  ]);
  const [entry, ...others] = await kept(dir);
  assert.deepEqual(others, []);
  await Deno.writeTextFile(entry!, (await Deno.readTextFile(entry!)).replaceAll("first", "kept"));
  const second = await load(dir);
  assert.equal(second.config.candies["one"]?.description, "kept");
  assert.deepEqual(second.warnings, first.warnings);
});

for (
  const [what, change, expected] of [
    ["a file is edited", (dir) => dir.write({ "project/candy/one/charly.yml": layer("edited") }), ["edited"]],
    ["a directory has a new candy", (dir) => dir.write({ "project/candy/two/charly.yml": layer("2") }), ["first", "2"]],
    ["a candy is gone", (dir) => Deno.remove(dir.join("project/candy/one"), { recursive: true }), []],
    ["a directory to discover is there now", (dir) => dir.write({ "project/later/x/charly.yml": layer("x") }), [
      "first",
      "x",
    ]],
    ["the root file discovers less", (dir) => dir.write({ "project/charly.yml": "version: 2026.174.1100\n" }), []],
  ] satisfies [string, (dir: TempDir) => Promise<unknown>, string[]][]
) {
  Deno.test(`loadProject() reads a YAML project anew when ${what}`, async () => {
    await using dir = await yamlProject();
    assert.deepEqual(await descriptions(dir), ["first"]);
    assert.equal((await kept(dir)).length, 1);
    await change(dir);
    assert.deepEqual(await descriptions(dir), expected);
  });
}

Deno.test("loadProject() reads a YAML project anew when a directory has become a link out of it", async () => {
  await using dir = await yamlProject({ "away/charly.yml": layer("first") });
  assert.deepEqual(await descriptions(dir), ["first"]);
  await Deno.remove(dir.join("project/candy/one"), { recursive: true });
  await Deno.symlink(dir.join("away"), dir.join("project/candy/one"));
  assert.deepEqual(await descriptions(dir), []);
});

Deno.test("loadProject() keeps nothing of a YAML project whose directory changed while it was read", async () => {
  await using dir = await yamlProject();
  await Deno.utime(dir.join("project/candy"), new Date(), new Date(Date.now() + 60_000));
  await load(dir);
  assert.deepEqual(await kept(dir), []);
});

Deno.test("loadProject() keeps a typed config with YAML in it until the YAML changes", async () => {
  await using dir = await project(
    `import { defineConfig, fromYaml } from "@charly/charly";\nexport default defineConfig({ extend: [fromYaml("./in.yml")] });\n`,
    { "project/in.yml": layer("first") },
  );
  assert.deepEqual(await descriptions(dir), ["first"]);
  assert.equal((await kept(dir)).length, 1);
  await dir.write({ "project/in.yml": layer("edited") });
  assert.deepEqual(await descriptions(dir), ["edited"]);
});

Deno.test("loadProject() keeps nothing of a YAML project that refers to other repositories", async () => {
  await using dir = await yamlProject({
    "project/candy/one/charly.yml": layer("first", '  r: { require: ["@example.org/me/tools/candy/far:v1"] }\n'),
  });
  assert.deepEqual(await descriptions(dir), ["first"]);
  assert.deepEqual(await kept(dir), []);
});
