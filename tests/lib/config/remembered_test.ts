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
