/** Every example says what it shows, loads in the sandbox, and deploys something that is declared. */
import assert from "node:assert/strict";
import { loadProject } from "../lib/config/load.ts";

const dir = new URL("../examples/", import.meta.url);
const examples = [...Deno.readDirSync(dir)].filter(({ name }) => name.endsWith(".ts")).map(({ name }) => name).sort();

Deno.test("examples/ covers what the manual points at", () => {
  assert.deepEqual(examples, [
    ...["composition.ts", "dotfiles.ts", "packages.ts", "rolling.ts", "services.ts", "tasks.ts", "team.ts", "web.ts"],
  ]);
});

for (const name of examples) {
  Deno.test(`examples/${name} says in its first line what it shows`, async () => {
    const [first] = (await Deno.readTextFile(new URL(name, dir))).split("\n");
    assert.match(first!, /^\/\/ [A-Z][^\n]{30,118}\.$/);
  });

  Deno.test(`examples/${name} loads, without a permission and without a word`, async () => {
    const { config, output } = await loadProject({ config: new URL(name, dir).pathname });
    assert.equal(output, "");
    assert.ok(Object.keys(config.candies).length > 0);
    for (const [bundle, { candy = [] }] of Object.entries(config.bundles)) {
      assert.ok(candy.length > 0, `bundle ${bundle} deploys nothing`);
    }
  });
}

Deno.test("examples/composition.ts has what it takes in", async () => {
  const { config } = await loadProject({ config: new URL("composition.ts", dir).pathname });
  assert.deepEqual(Object.keys(config.candies).sort(), ["base", "mine", "servers"]);
  assert.deepEqual(config.locals["desk"]?.candy, ["base"]);
});

Deno.test("examples/tasks.ts keeps its functions out of the data", async () => {
  const { config } = await loadProject({ config: new URL("tasks.ts", dir).pathname });
  assert.deepEqual([config.tasks["release"]?.needs, config.tasks["release"]?.run], [["lint", "test"], "function"]);
});
