/** A project in YAML as people use it: planned, deployed, undone; and turned into a typed one that says the same. */
import assert from "node:assert/strict";
import { charlyProject } from "../shared/charly_process.ts";
import { snapshotTree } from "../shared/tree.ts";

const files = {
  "charly.yml": `# How we greet.
version: 2026.174.1100
discover: [candy]
base:
  local: {}
  base-candy: { candy: [motd, tools] }
web:
  local: base
`,
  "candy/motd/charly.yml": `# What greets people.
motd:
  candy: { version: 2026.100.0900, description: a greeting }
  motd-write: { run: greet, write: ~/motd, content: "hi\\n" }
  motd-copy: { run: copy, copy: hello.txt, to: ~/hello.txt, mode: "0600" }
  motd-look: { check: it greets, plugin: file, plugin_input: { file: ~/motd, contains: hi } }
`,
  "candy/motd/hello.txt": "hello\n",
  "candy/tools/charly.yml": `tools:
  candy: { version: 2026.100.0900, description: tools }
  tools-require: { require: [motd] }
  tools-env: { env: { EDITOR: vi } }
  tools-run: { run: count, plugin: command, plugin_input: { command: echo ran >>~/runs } }
`,
};

/** The project without a TypeScript configuration. */
async function yamlProject() {
  const project = await charlyProject("", files);
  await Deno.remove(project.dir.join("charly.config.ts"));
  return project;
}

Deno.test("charly plans, deploys and undoes a project that is written in YAML", async () => {
  await using it = await yamlProject();
  const before = await snapshotTree(it.home, { exclude: [".local"] });
  assert.match((await it.charly("plan", "web")).stdout, /^web on local \(asked just now/);
  const deployed = await it.charly("deploy", "web", "-y");
  assert.equal(deployed.code, 0, deployed.stderr);
  assert.equal(await Deno.readTextFile(`${it.home}/motd`), "hi\n");
  assert.equal(await Deno.readTextFile(`${it.home}/hello.txt`), "hello\n");
  assert.equal((await it.charly("plan", "web", "--exit-code")).code, 0);
  await Deno.remove(`${it.home}/runs`); // what a command without an undo did is its author's
  assert.equal((await it.charly("bundle", "del", "web", "-y")).code, 0);
  assert.deepEqual(await snapshotTree(it.home, { exclude: [".local"] }), before);
});

Deno.test("charly import writes a typed config with the same plan, and leaves what is there alone", async () => {
  await using it = await yamlProject();
  const digest = async () => JSON.parse((await it.charly("plan", "web", "--json")).stdout).hosts[0].digest;
  const inYaml = await digest();
  assert.equal(typeof inYaml, "string");
  const checked = JSON.parse((await it.charly("import", "--check", "--json")).stdout);
  assert.deepEqual(checked, { issues: [], counts: { error: 0, warning: 0 } });
  const imported = await it.charly("import");
  assert.equal(imported.code, 0, imported.stderr);
  assert.match(
    await Deno.readTextFile(it.dir.join("charly.config.ts")),
    /^\/\/ How we greet\.\n[^]*\/\/ What greets people\.\n {4}motd: candy\(/,
  );
  assert.equal(await digest(), inYaml);
  const again = await it.charly("import");
  assert.equal(again.code, 2);
  assert.match(again.stderr, /charly\.config\.ts is there already/);
});

Deno.test("charly import --check says everything that is wrong, where it stands, and ends with 2", async () => {
  await using it = await yamlProject();
  await it.dir.write({
    "candy/tools/charly.yml": "tools:\n  candy: { version: 2026.100.0900, descripton: x }\n  s: { run: x }\n",
    "charly.yml": `${files["charly.yml"]}more:\n  local: bsae\n`,
  });
  const { code, stdout } = await it.charly("import", "--check");
  assert.equal(code, 2);
  for (
    const line of [
      /^candy\/tools\/charly\.yml:2:\d+ unknown-field unknown field "descripton"\n {2}hint: did you mean "description"\?$/m,
      /^candy\/tools\/charly\.yml:3:3 no-discriminator the run step has no verb$/m,
      /^charly\.yml:10:10 config local "more": from: unknown local template "bsae"\n {2}hint: did you mean "base"\?$/m,
    ]
  ) assert.match(stdout, line);
  const { issues, counts } = JSON.parse((await it.charly("import", "--check", "--json")).stdout);
  assert.equal(counts.error, 3);
  assert.deepEqual(Object.keys(issues[0]).sort(), ["code", "column", "file", "hint", "line", "message", "severity"]);
});

Deno.test("charly schema prints a JSON Schema", async () => {
  await using it = await yamlProject();
  assert.equal(JSON.parse((await it.charly("schema")).stdout).title, "charly.yml");
});

Deno.test("charly migrate brings an ov project into today's form once, keeps a copy, and leaves other files alone", async () => {
  await using it = await charlyProject("", {
    "overthink.yml": "version: 4\nincludes: [deploy.yml]\ndiscover: { layers: [{ path: layers }] }\n",
    "deploy.yml": "deploy:\n  web: { target: host, host: local, add_layers: [motd] }\n",
    "layers/motd/layer.yml": "info: a greeting\ntasks:\n  - { copy: hello.txt, to: ~/hello.txt }\n",
    "layers/motd/hello.txt": "hello\n",
    "compose.yml": "services: { web: { image: nginx } }\n",
  });
  await Deno.remove(it.dir.join("charly.config.ts"));
  const before = await Deno.readTextFile(it.dir.join("compose.yml"));
  const dry = await it.charly("migrate", "--dry-run");
  assert.match(dry.stdout, /\(nothing written\)$/m);
  assert.equal((await Deno.stat(it.dir.join("overthink.yml"))).isFile, true);
  const done = await it.charly("migrate");
  assert.equal(done.code, 0, done.stderr);
  await assert.rejects(Deno.lstat(it.dir.join("layers")), Deno.errors.NotFound);
  await assert.rejects(Deno.lstat(it.dir.join("overthink.yml")), Deno.errors.NotFound);
  const [copy] = await Array.fromAsync(Deno.readDir(it.dir.join(".charly-backup")));
  for (const path of ["overthink.yml", "deploy.yml", "layers/motd/layer.yml", "layers/motd/hello.txt"]) {
    assert.equal((await Deno.stat(it.dir.join(`.charly-backup/${copy!.name}/${path}`))).isFile, true, path);
  }
  assert.equal(await Deno.readTextFile(it.dir.join("compose.yml")), before);
  assert.match((await it.charly("migrate")).stdout, /^nothing to do/);
  const deployed = await it.charly("deploy", "web", "-y");
  assert.equal(deployed.code, 0, deployed.stderr);
  assert.equal(await Deno.readTextFile(`${it.home}/hello.txt`), "hello\n");
});
