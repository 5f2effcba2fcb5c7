/** The user's own files as people use them: the overlay and the settings through the verbs, in a process that starts with little. */
import assert from "node:assert/strict";
import { charlyProject } from "../shared/charly_process.ts";
import { tryRun } from "../shared/run.ts";

const files = {
  "charly.yml": `version: 2026.174.1100
discover: [candy]
base:
  local: {}
  base-candy: { candy: [motd] }
web:
  local: base
`,
  "candy/motd/charly.yml": `motd:
  candy: { version: 2026.100.0900, description: a greeting }
  motd-env: { env: { A: one } }
  motd-run: { run: greet, plugin: command, plugin_input: { command: 'echo "$WHO" >~/motd' } }
`,
};

async function yamlProject(more: Readonly<Record<string, string>> = {}) {
  const project = await charlyProject("", { ...files, ...more });
  await Deno.remove(project.dir.join("charly.config.ts"));
  return project;
}

Deno.test("charly bundle set changes a deployment on this machine only, and reset takes that back", async () => {
  await using it = await yamlProject();
  const set = await it.charly("bundle", "set", "web", "env=WHO=me", "env=API_TOKEN=tok-123456");
  assert.equal(set.code, 0, set.stderr);
  const overlay = `${it.home}/.config/charly/charly.yml`;
  assert.equal((await it.charly("bundle", "path")).stdout, `${overlay}\n`);
  assert.equal((await Deno.stat(overlay)).mode! & 0o777, 0o600);
  const deployed = await it.charly("deploy", "web", "-y");
  assert.equal(deployed.code, 0, deployed.stderr);
  assert.match(deployed.stderr, /^on this machine only: web\/env$/m);
  assert.equal(deployed.stderr.match(/on this machine only/g)?.length, 1);
  assert.equal(await Deno.readTextFile(`${it.home}/motd`), "me\n");
  const shown = await it.charly("bundle", "show", "web");
  assert.match(shown.stdout, /WHO=me/);
  assert.match(shown.stdout, /API_TOKEN=\*\*\*/);
  assert.doesNotMatch(shown.stdout, /tok-123456/);
  assert.equal((await it.charly("bundle", "reset", "web")).code, 0);
  assert.doesNotMatch((await it.charly("plan", "web")).stderr, /on this machine only/);
  assert.equal(await Deno.readTextFile(it.dir.join("charly.yml")), files["charly.yml"]);
});

Deno.test("charly bundle set refuses what is not there, and a file that does not load stays as it is", async () => {
  await using it = await yamlProject({ "home/.config/charly/charly.yml": "web: [\n" });
  const broken = await it.charly("bundle", "set", "web", "host=web1");
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /\.config\/charly\/charly\.yml:\d+:\d+ syntax/);
  assert.equal(await Deno.readTextFile(`${it.home}/.config/charly/charly.yml`), "web: [\n");
  await Deno.remove(`${it.home}/.config/charly/charly.yml`);
  const unknown = await it.charly("bundle", "set", "wbe", "host=web1");
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /did you mean web\?/);
});

Deno.test("charly settings set, get, list and reset work in a process that starts with little", async () => {
  await using it = await yamlProject();
  assert.equal((await it.charly("settings", "set", "hosts.box", "me@192.0.2.7")).code, 0);
  assert.equal((await it.charly("settings", "get", "hosts.box")).stdout, "me@192.0.2.7\n");
  const kept = await it.charly("settings", "set", "vm.ram", "8G");
  assert.match(kept.stderr, /keeps vm\.ram, but does not act on it yet/);
  const { settings } = JSON.parse((await it.charly("settings", "list", "--json")).stdout);
  const row = settings.find(({ key }: { key: string }) => key === "vm.ram");
  assert.deepEqual([row.value, row.source, row.used], ["8G", "file", false]);
  const wrong = await it.charly("settings", "set", "run_mode", "fast");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /write one of: auto, quadlet, direct/);
  assert.equal((await it.charly("settings", "reset", "vm.ram")).code, 0);
  assert.equal((await it.charly("settings", "get", "vm.ram")).stdout, "4G\n");
  const offers = await it.charly("__complete", "settings", "set", "run_mode", "");
  assert.deepEqual(offers.stdout.trim().split("\n").map((line) => line.trim()), ["auto", "direct", "quadlet"]);
  assert.match((await it.charly("__complete", "settings", "get", "hosts.")).stdout, /^hosts\.box\t/);
});

Deno.test("charly settings beats the file with a variable, through the permissions it starts itself again with", async () => {
  await using it = await charlyProject("", files, { CHARLY_RUN_MODE: "direct" });
  const { value, source } = JSON.parse((await it.charly("settings", "get", "run_mode", "--json")).stdout);
  assert.deepEqual([value, source], ["direct", "env"]);
});

Deno.test("charly migrate --host brings an old deploy.yml over, keeps a copy, and has nothing to do then", async () => {
  await using it = await yamlProject({
    "home/.config/charly/deploy.yml": 'images: { web: { target: host, env: ["WHO=old"] } }\n',
  });
  const refused = await it.charly("plan", "web");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /charly migrate --host/);
  const done = await it.charly("migrate", "--host");
  assert.equal(done.code, 0, done.stderr);
  await assert.rejects(Deno.stat(`${it.home}/.config/charly/deploy.yml`), Deno.errors.NotFound);
  const [copy] = await Array.fromAsync(Deno.readDir(`${it.home}/.config/charly/.charly-backup`));
  assert.ok((await Deno.stat(`${it.home}/.config/charly/.charly-backup/${copy!.name}/deploy.yml`)).isFile);
  assert.match((await it.charly("migrate", "--host")).stdout, /^nothing to do/);
  assert.equal((await it.charly("deploy", "web", "-y")).code, 0);
  assert.equal(await Deno.readTextFile(`${it.home}/motd`), "old\n");
});

Deno.test("charly import --names makes names of the YAML known to a typed config, and misspelt ones errors", async () => {
  await using it = await yamlProject();
  const named = await it.charly("import", "--names");
  assert.equal(named.code, 0, named.stderr);
  assert.equal((await it.charly("import", "--names", "--check")).code, 0);
  const config = (candy: string) =>
    `import { bundle, defineConfig, fromYaml, local } from "@charly/charly";
import type { YamlNames } from "./charly.names.ts";

export default defineConfig({
  extend: [fromYaml<YamlNames>("./charly.yml")],
  bundles: { here: bundle({ on: local(), candy: ["${candy}"] }) },
});
`;
  const check = async (candy: string) => {
    await it.configure(config(candy));
    return await tryRun([Deno.execPath(), "check", "--quiet", "charly.config.ts"], {
      cwd: it.dir.path,
      env: { NO_COLOR: "1", HOME: it.home },
    });
  };
  const good = await check("motd");
  assert.equal(good.code, 0, good.stderr);
  const wrong = await check("mottd");
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.stderr, /"mottd"/);
  await it.configure(config("motd"));
  assert.equal((await it.charly("plan", "here")).code, 0);
  await it.dir.write({ "charly.yml": files["charly.yml"].replace("web:", "shop:") });
  assert.equal((await it.charly("import", "--names", "--check")).code, 2);
});

Deno.test("charly plan says what is odd about YAML once, on stderr and in --json, and only the number of many", async () => {
  await using it = await yamlProject({ "candy/motd/root.yml": "version: 3\ntasks: {}\n" });
  const odd = (count: number) =>
    Array.from({ length: count }, (_, n) => `  s${n}: { require: [], stray${n}: x }\n`).join("");
  const motd = files["candy/motd/charly.yml"];
  await it.dir.write({ "candy/motd/charly.yml": motd + odd(1) });
  const one = await it.charly("plan", "web");
  assert.equal(
    one.stderr.match(/^warning: candy\/motd\/charly\.yml:5:\d+ stray-key .*\n {2}hint: /gm)?.length,
    1,
    one.stderr,
  );
  const { issues } = JSON.parse((await it.charly("plan", "web", "--json")).stdout);
  assert.deepEqual([issues.length, issues[0].line, issues[0].severity], [1, 5, "warning"]);
  await it.dir.write({ "candy/motd/charly.yml": motd + odd(5) });
  const many = await it.charly("plan", "web");
  assert.match(
    many.stderr,
    /candy\/motd\/charly\.yml: \d+ warnings\n {2}hint: run `charly import --check` to see them/,
  );
  assert.doesNotMatch(many.stderr, /stray-key/);
  const checked = await it.charly("import", "--check");
  assert.match(checked.stdout, /candy\/motd\/root\.yml:1:1 warning retired is a go-task script/);
});
