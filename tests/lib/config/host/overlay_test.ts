import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { CharlyError } from "../../../../lib/base/errors.ts";
import { hostFilesIn } from "../../../../lib/config/host/host_files.ts";
import { loadProject } from "../../../../lib/config/load.ts";
import { failure, project } from "../sandbox/fixture.ts";

const root = `version: 2026.174.1100
git:
  candy: { version: 2026.100.0900, description: git }
  git-package: { package: [git] }
vi:
  candy: { version: 2026.100.0900, description: vi }
  vi-package: { package: [vim] }
base:
  local: {}
  base-candy: { candy: [git] }
web:
  local: { from: base, host: "deploy@web1", disposable: true }
  web-env: { env: [A=1, B=2] }
  web-opts: { install_opts: { with_service: true } }
plain:
  local: base
fleet:
  group: {}
  db:
    local: { from: base, description: the database }
`;

/** The project as it is with an overlay. */
async function withOverlay(overlay: string, files: Readonly<Record<string, string>> = {}) {
  using here = project({ "charly.yml": root, "host/charly.yml": overlay, ...files });
  return await loadProject({ cwd: here.dir, host: hostFilesIn(join(here.dir, "host")) });
}

Deno.test("loadProject() takes what an overlay says of a deployment, field by field, and lists as a whole", async () => {
  const { config, overlaid } = await withOverlay(`version: 2026.174.1100
web:
  local: { host: "me@web2", description: mine }
  web-env: { env: [C=3] }
plain:
  group: {}
  any-name: { add_candy: [vi] }
`);
  assert.deepEqual(config.bundles["web"]!.on, { target: "ssh", host: ["me@web2"] });
  assert.deepEqual({ ...config.bundles["web"]!.env }, { C: "3" });
  assert.equal(config.bundles["web"]!.disposable, true);
  assert.deepEqual(config.bundles["web"]!.installOpts, { withServices: true });
  assert.equal(config.bundles["plain"]!.from, "base");
  assert.deepEqual(config.bundles["plain"]!.addCandy, ["vi"]);
  assert.deepEqual(overlaid, ["web/host", "web/description", "web/env", "plain/add_candy"]);
});

Deno.test("loadProject() finds what an overlay says by names with prefixes, members of a group among them", async () => {
  const overlay = `lib.web:
  local: { host: "me@web2" }
lib.db:
  local: { description: mine }
db:
  local: { host: "me@db2" }
`;
  using here = project({
    "charly.yml": `import: [{ lib: lib.yml }]\n${root}`,
    "lib.yml": root,
    "host/charly.yml": overlay,
  });
  const { config, overlaid } = await loadProject({ cwd: here.dir, host: hostFilesIn(join(here.dir, "host")) });
  assert.deepEqual(config.bundles["lib.web"]!.on, { target: "ssh", host: ["me@web2"] });
  assert.deepEqual(config.bundles["web"]!.on, { target: "ssh", host: ["deploy@web1"] });
  assert.equal(config.bundles["lib.db"]!.description, "mine");
  assert.equal(config.bundles["db"]!.description, "the database");
  assert.deepEqual(overlaid.toSorted(), ["db/host", "lib.db/description", "lib.web/host"]);
});

Deno.test("loadProject() lets false, 0 and nothing of an overlay replace nothing", async () => {
  const { config, overlaid } = await withOverlay(`web:
  local: { disposable: false, host: "", description: ~ }
  web-env: { env: [] }
`);
  assert.equal(config.bundles["web"]!.disposable, true);
  assert.deepEqual(config.bundles["web"]!.on, { target: "ssh", host: ["deploy@web1"] });
  assert.deepEqual({ ...config.bundles["web"]!.env }, { A: "1", B: "2" });
  assert.deepEqual(overlaid, []);
});

Deno.test("loadProject() merges the members of a group by their names, wherever the overlay has them", async () => {
  for (const overlay of ["db:\n  local: { host: db1 }\n", "fleet:\n  group: {}\n  db:\n    local: { host: db1 }\n"]) {
    const { config } = await withOverlay(overlay);
    assert.deepEqual(config.bundles["db"]!.on, { target: "ssh", host: ["db1"] }, overlay);
    assert.equal(config.bundles["db"]!.description, "the database");
  }
});

Deno.test("loadProject() keeps the state a tool wrote for itself, and does not call it a difference", async () => {
  const { config, overlaid } = await withOverlay("web:\n  local: { vm_state: { ssh_port: 2222, odd: [1] } }\n");
  const { vmState } = config.bundles["web"]!.keep as { vmState: Record<string, unknown> };
  assert.deepEqual({ ...vmState }, { ssh_port: 2222, odd: [1] });
  assert.deepEqual(overlaid, []);
});

Deno.test("loadProject() takes a deployment only the overlay has when the project has what it is made of", async () => {
  const { config, overlaid, warnings } = await withOverlay(`laptop/blue:
  local: { from: base }
elsewhere:
  local: { from: other }
"vm:arch":
  vm: { vm_state: { ssh_port: 2222 } }
wbe:
  local: { host: x }
`);
  assert.deepEqual(Object.keys(config.bundles), ["web", "plain", "db", "laptop/blue"]);
  assert.deepEqual(overlaid, ["laptop/blue"]);
  assert.deepEqual(warnings.map(({ at, message, hint }) => [at.line, message, hint]), [
    [7, '"wbe" of the overlay is no deployment of this project', 'did you mean "web"?'],
  ]);
});

Deno.test("loadProject() names the overlay's file and line where the overlay is wrong", async () => {
  const { message, code } = await failure(withOverlay("web:\n  local: { hots: x }\n  e: { env: [hunter2] }\n"));
  assert.equal(code, "config-invalid");
  assert.match(message, /PROJECT\/host\/charly\.yml:2:12 unknown-field unknown field "hots"/);
  assert.match(message, /PROJECT\/host\/charly\.yml:3:\d+ bad-value entry 1 of env sets no variable/);
  assert.doesNotMatch(message, /hunter2/);
});

Deno.test("loadProject() refuses a deploy.yml that was left without a charly.yml", async () => {
  using here = project({ "charly.yml": root, "host/deploy.yml": "images: {}\n" });
  const { message } = await failure(loadProject({ cwd: here.dir, host: hostFilesIn(join(here.dir, "host")) }));
  assert.match(message, /deploy\.yml:1:1 retired is left of an older charly/);
  assert.match(message, /hint: run `charly migrate --host`/);
});

Deno.test("loadProject() reads an overlay of an older form, and says so", async () => {
  const { config, warnings } = await withOverlay("deploy:\n  web: { target: host, host: me@web3 }\n");
  assert.deepEqual(config.bundles["web"]!.on, { target: "ssh", host: ["me@web3"] });
  assert.match(warnings[0]!.hint, /charly migrate --host/);
});

Deno.test("loadProject() takes the machine a host alias of the settings stands for", async () => {
  const settings = { "host/config.yml": "host_aliases: { box: deploy@192.0.2.7, web1: wrong }\n" };
  const { config } = await withOverlay("plain:\n  local: { host: box }\n", settings);
  assert.deepEqual(config.bundles["plain"]!.on, { target: "ssh", host: ["deploy@192.0.2.7"] });
  assert.deepEqual(config.bundles["web"]!.on, { target: "ssh", host: ["deploy@web1"] });
});

Deno.test("loadProject() says what is wrong with whatever stands where the overlay should, and crashes at nothing", async () => {
  const yaml = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "web",
      "web:",
      "web: [",
      "- a",
      "a: &a [*a]",
      "web: { local: { local: {} } }",
      "web:\n  group: web",
    ),
    fc.json({ noUnicodeString: false }),
    fc.dictionary(
      fc.constantFrom("web", "plain", "fleet", "db", "__proto__", "version"),
      fc.dictionary(fc.constantFrom("local", "group", "env", "db", "vm", "x"), fc.jsonValue({ maxDepth: 3 })),
    ).map((it) => JSON.stringify(it)),
  );
  using here = project({ "charly.yml": root, "host/charly.yml": "" });
  const host = hostFilesIn(join(here.dir, "host"));
  await fc.assert(
    fc.asyncProperty(yaml, async (text) => {
      Deno.writeTextFileSync(host.overlay, text.toWellFormed());
      await loadProject({ cwd: here.dir, host }).catch((error: unknown) => {
        if (!(error instanceof CharlyError)) throw error;
      });
    }),
    { numRuns: 300 },
  );
  Deno.removeSync(host.overlay);
  Deno.mkdirSync(host.overlay);
  assert.match(
    (await failure(loadProject({ cwd: here.dir, host }))).message,
    /charly\.yml:1:1 not-found cannot be read/,
  );
});

Deno.test("loadProject() never takes what it kept for what an overlay that came, changed or went says", async () => {
  using here = project({ "project/charly.yml": `${root}odd: { local: base, x: { env: [A=1], stray: 1 } }\n` });
  const host = hostFilesIn(join(here.dir, "host"));
  const old = new Date(Date.now() - 60_000);
  Deno.utimeSync(join(here.dir, "project/charly.yml"), old, old);
  Deno.utimeSync(join(here.dir, "project"), old, old);
  const hostOf = async () => {
    const loaded = await loadProject({ cwd: join(here.dir, "project"), host, reuse: join(here.dir, "kept") });
    assert.equal(loaded.warnings.length, 1); // said every time, kept or not
    const { on } = loaded.config.bundles["web"]!;
    return [on.target === "ssh" ? on.host[0] : on.target, ...loaded.overlaid];
  };
  const write = (text: string) => {
    Deno.mkdirSync(host.dir, { recursive: true });
    Deno.writeTextFileSync(host.overlay, text);
    for (const path of [host.overlay, host.dir]) Deno.utimeSync(path, old, old);
  };
  for (let twice = 0; twice < 2; twice++) assert.deepEqual(await hostOf(), ["deploy@web1"]);
  write("web:\n  local: { host: web2 }\n");
  for (let twice = 0; twice < 2; twice++) assert.deepEqual(await hostOf(), ["web2", "web/host"]);
  write("web:\n  local: { host: web3 }\n");
  assert.deepEqual(await hostOf(), ["web3", "web/host"]);
  Deno.removeSync(host.overlay);
  assert.deepEqual(await hostOf(), ["deploy@web1"]);
  write("web:\n  local: { host: box }\n");
  Deno.writeTextFileSync(host.settings, "host_aliases: { box: me@web4 }\n");
  assert.deepEqual(await hostOf(), ["me@web4", "web/host"]);
  Deno.writeTextFileSync(host.settings, "host_aliases: { box: me@web5 }\n");
  assert.deepEqual(await hostOf(), ["me@web5", "web/host"]);
});

Deno.test("loadProject() takes what an overlay says from what it kept, and keeps the overlays of two users apart", async () => {
  using here = project({
    "project/charly.yml": root,
    "one/charly.yml": "web:\n  local: { host: web2 }\n",
    "two/charly.yml": "web:\n  local: { host: web3 }\n",
  });
  const old = new Date(Date.now() - 60_000);
  for (const path of ["project/charly.yml", "project", "one/charly.yml", "two/charly.yml"]) {
    Deno.utimeSync(join(here.dir, path), old, old);
  }
  const kept = join(here.dir, "kept");
  const load = async (user?: string) => {
    const host = user === undefined ? {} : { host: hostFilesIn(join(here.dir, user)) };
    const { config, overlaid } = await loadProject({ cwd: join(here.dir, "project"), reuse: kept, ...host });
    const { on } = config.bundles["web"]!;
    return [on.target === "ssh" ? on.host[0] : on.target, ...overlaid];
  };
  for (let twice = 0; twice < 2; twice++) {
    assert.deepEqual(await load("one"), ["web2", "web/host"]);
    assert.deepEqual(await load("two"), ["web3", "web/host"]);
    assert.deepEqual(await load(), ["deploy@web1"]);
  }
  const entries = [...Deno.readDirSync(kept)].map(({ name }) => join(kept, name));
  assert.equal(entries.length, 3);
  for (const path of entries) Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replace('"web2"', '"kept"'));
  assert.deepEqual(await load("one"), ["kept", "web/host"]);
});

Deno.test("loadProject() reads no overlay for a typed config, nor unless it is told where", async () => {
  using here = project({
    "charly.config.ts": 'export default { bundles: { web: { on: { target: "local" } } } };',
    "host/charly.yml": "web:\n  local: { host: web2 }\n",
    "yaml/charly.yml": root,
  });
  const host = hostFilesIn(join(here.dir, "host"));
  assert.deepEqual((await loadProject({ cwd: here.dir, host })).config.bundles["web"]!.on, { target: "local" });
  const { config } = await loadProject({ cwd: join(here.dir, "yaml") });
  assert.deepEqual(config.bundles["web"]!.on, { target: "ssh", host: ["deploy@web1"] });
});
