/**
 * Real files of real projects, kept outside of this repository: `deno task test:corpus`, with `CHARLY_CORPUS` naming the directory
 * (else `../shared/corpus`). Current ones are below `charly-yml`, those of older generations below `ov-yml/<generation>`.
 */
import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { tables } from "../../lib/entities/config_schema.ts";
import type { YamlEntity } from "../../lib/config/yaml/entity.ts";
import { generateProject } from "../../lib/config/yaml/generate/project_code.ts";
import { runChain } from "../../lib/config/yaml/legacy/chain.ts";
import { isLegacy } from "../../lib/config/yaml/legacy/detect.ts";
import { legacyRules } from "../../lib/config/yaml/legacy/rules.ts";
import { parseDocument } from "../../lib/config/yaml/parse_nodes.ts";
import { Problems, problemText } from "../../lib/config/yaml/problem.ts";
import { readYaml } from "../../lib/config/yaml/read.ts";
import { isBox, readEntities } from "../../lib/config/yaml/read_entity.ts";
import type { Document } from "../../lib/config/yaml/tree.ts";
import { tempDir } from "../shared/tmp.ts";

const checkout = new URL("../..", import.meta.url).pathname;
const corpus = Deno.env.get("CHARLY_CORPUS") ?? join(checkout, "../shared/corpus");

/** Files that upstream means to be refused, or that belong to other tools. */
const refused = /\/testdata\//;

function* yamlFiles(dir: string): Generator<string> {
  for (const { name, isDirectory } of [...Deno.readDirSync(dir)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(dir, name);
    if (isDirectory) yield* yamlFiles(path);
    else if (/\.ya?ml$/.test(name)) yield path;
  }
}

function read(path: string, problems: Problems): readonly Document[] {
  return readYaml(Deno.readFileSync(path), path.slice(corpus.length + 1), problems).documents;
}

function entitiesOf(documents: readonly Document[], path: string, problems: Problems): YamlEntity[] {
  return documents.flatMap((document) =>
    parseDocument(document, { externalKinds: [] }, problems).flatMap((node) => {
      const layer = node.kind === "candy" && !isBox(node) && /\/candy\/[^/]+\/[^/]+$/.test(path);
      return readEntities(node, layer ? basename(dirname(path)) : node.name, problems);
    })
  );
}

const errors = (problems: Problems) => problems.all.filter(({ severity }) => severity === "error").map(problemText);

Deno.test("every current file reads without an error, and is none of an older form", () => {
  const found = [...yamlFiles(join(corpus, "charly-yml"))].filter((path) => !refused.test(path));
  assert.ok(found.length >= 80, `${found.length} files`);
  for (const path of found) {
    const problems = new Problems();
    const documents = read(path, problems);
    assert.equal(isLegacy(path, documents), false, path);
    entitiesOf(documents, path, problems);
    assert.deepEqual(errors(problems), []);
  }
});

Deno.test("every older file is read as one of today, and the chain has nothing more to do", () => {
  const found = [...yamlFiles(join(corpus, "ov-yml"))];
  assert.ok(found.length >= 150, `${found.length} files`);
  for (const path of found) {
    const problems = new Problems();
    const { files } = runChain(new Map([[path, read(path, problems)]]), legacyRules);
    assert.deepEqual(runChain(files, legacyRules).changes, [], path);
    for (const [now, documents] of files) {
      for (const { table, name, value } of entitiesOf(documents, now, problems)) {
        assert.deepEqual(tables[table].schema.safeParse(value).error?.issues, undefined, `${path}: ${table} ${name}`);
      }
    }
    assert.deepEqual(errors(problems), []);
  }
});

Deno.test("what is written as TypeScript says the same as the YAML", async () => {
  const names = new Set<string>();
  const entities = [...yamlFiles(join(corpus, "charly-yml"))].filter((path) => !refused.test(path)).flatMap((path) => {
    const problems = new Problems();
    return entitiesOf(read(path, problems), path, problems);
  }).filter(({ table, name }) => !names.has(`${table} ${name}`) && names.add(`${table} ${name}`));
  assert.ok(entities.length >= 90, `${entities.length} entities`);
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
});
