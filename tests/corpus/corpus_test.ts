/** What holds for all samples alike: the chain is done after one round, and TypeScript says what the YAML says. */
import assert from "node:assert/strict";
import { tables } from "../../lib/entities/config_schema.ts";
import type { YamlEntity } from "../../lib/config/yaml/entity.ts";
import { generateProject } from "../../lib/config/yaml/generate/project_code.ts";
import { runChain } from "../../lib/config/yaml/legacy/chain.ts";
import { isLegacy } from "../../lib/config/yaml/legacy/detect.ts";
import { legacyRules } from "../../lib/config/yaml/legacy/rules.ts";
import { Problems } from "../../lib/config/yaml/problem.ts";
import { readYaml } from "../../lib/config/yaml/read.ts";
import { tempDir } from "../shared/tmp.ts";
import { load } from "./loaded.ts";
import { bytesOf, checkout, refused, type Sample, samples } from "./samples.ts";

const read = (sample: Sample) => readYaml(bytesOf(sample), sample.path, new Problems()).documents;

Deno.test("a current file is none of an older form", () => {
  const older = samples().filter((sample) =>
    sample.age === "current" && !sample.id.includes("/testdata/") && isLegacy(sample.path, read(sample))
  );
  assert.deepEqual(older.map(({ id }) => id), []);
});

Deno.test("the chain has nothing more to do with what it gave, whatever the age of a file", () => {
  for (const sample of samples()) {
    const { files } = runChain(new Map([[sample.path, read(sample)]]), legacyRules);
    assert.deepEqual(runChain(files, legacyRules).changes, [], sample.id);
  }
});

/** The entities of some samples as a typed config gives them back. */
async function asTypescript(entities: readonly YamlEntity[]): Promise<void> {
  await using dir = await tempDir();
  await dir.write(Object.fromEntries(generateProject(entities, { from: `file://${checkout}mod.ts` })));
  const { default: config } = await import(`file://${dir.join("charly.config.ts")}`);
  for (const { table, name, value } of entities) {
    // Both as they are once they are checked: matchers are written in the shortest form.
    const [typescript, yaml] = [config[table][name], value].map((it) =>
      JSON.parse(JSON.stringify(tables[table].schema.parse(JSON.parse(JSON.stringify(it)))))
    );
    assert.deepEqual(typescript, yaml, `${table} ${name}`);
    assert.deepEqual(yaml, JSON.parse(JSON.stringify(value)), `${table} ${name} is what its schema gives`);
  }
}

Deno.test("what is written as TypeScript says the same as the YAML, for every project of every age", async () => {
  const projects = Map.groupBy(samples().filter(({ id }) => !refused.includes(id)), ({ project }) => project);
  let count = 0;
  for (const [, group] of projects) {
    const names = new Set<string>();
    const entities: YamlEntity[] = [];
    for (const sample of group) {
      for (const entity of (await load(sample)).entities) {
        const key = `${entity.table} ${entity.name}`;
        if (names.has(key)) continue;
        names.add(key);
        entities.push(entity);
      }
    }
    if (entities.length > 0) await asTypescript(entities);
    count += entities.length;
  }
  assert.ok(count >= 250, `${count} entities`);
});
