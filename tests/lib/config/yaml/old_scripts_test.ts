import assert from "node:assert/strict";
import { migrateProject } from "../../../../lib/config/yaml/mod.ts";
import { tempDir } from "../../../shared/tmp.ts";

Deno.test("migrateProject() names the scripts and lists beside a layer that nothing reads any more", async () => {
  await using dir = await tempDir({
    "layers/web/layer.yml": "info: web\nrpm: { packages: [nginx] }\n",
    "layers/web/root.yml": "version: 3\ntasks: { install: { cmds: [make] } }\n",
    "layers/web/user.yml": "version: 3\n",
    "layers/web/rpm.list": "nginx\n",
    "layers/other/root.yml": "nobody's\n",
  });
  const { migration, problems } = migrateProject(dir.path);
  assert.deepEqual(problems, []);
  assert.deepEqual(migration.manual.map(({ at, hint }) => [at.file, hint]), [
    ["layers/web/root.yml", "write what it does as `run` steps of the layer"],
    ["layers/web/user.yml", "write what it does as `run` steps of the layer"],
    ["layers/web/rpm.list", "write its packages under `distro` of the layer"],
  ]);
});
