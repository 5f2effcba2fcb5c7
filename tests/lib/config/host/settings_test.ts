import assert from "node:assert/strict";
import { CharlyError } from "../../../../lib/base/errors.ts";
import { hostFilesIn } from "../../../../lib/config/host/host_files.ts";
import { refused, settingOf, settings } from "../../../../lib/config/host/setting_keys.ts";
import { changeSetting, readSettings, settingKeys, settingValue } from "../../../../lib/config/host/settings.ts";
import { tempDir } from "../../../shared/tmp.ts";

const noEnv = () => undefined;

Deno.test("settingValue() takes the variable before the file, and the file before the default", async () => {
  await using dir = await tempDir({ "config.yml": "run_mode: quadlet\nvm: { ram: 8G }\nmine: { odd: 1 }\n" });
  const file = readSettings(hostFilesIn(dir.path));
  const of = (key: string, env: (name: string) => string | undefined = noEnv) => {
    const { value, source } = settingValue(file, key, env);
    return [value, source];
  };
  assert.deepEqual(of("run_mode"), ["quadlet", "file"]);
  assert.deepEqual(of("run_mode", (name) => name === "CHARLY_RUN_MODE" ? "direct" : undefined), ["direct", "env"]);
  assert.deepEqual(of("run_mode", () => ""), ["quadlet", "file"]);
  assert.deepEqual(of("vm.ram"), ["8G", "file"]);
  assert.deepEqual(of("vm.cpus"), ["2", "default"]);
  assert.deepEqual(of("volumes_path"), [undefined, "unset"]);
  assert.throws(() => of("run_mode", () => "fast"), /variable CHARLY_RUN_MODE is "fast"/);
});

Deno.test("changeSetting() changes one key and keeps comments and keys nobody knows", async () => {
  await using dir = await tempDir({
    "config.yml": "# mine\nvm:\n    other: x\n    # much\n    ram: 8G\nodd: [1, 2]\n",
  });
  const files = hostFilesIn(dir.path);
  assert.equal(await changeSetting(files, "vm.cpus", "4"), true);
  assert.equal(await changeSetting(files, "hosts.web", "deploy@web1:2222"), true);
  assert.equal(await changeSetting(files, "auto_enable", "true"), true);
  assert.equal(await changeSetting(files, "auto_enable", "true"), false);
  assert.equal(await changeSetting(files, "vm.ram", undefined), true);
  assert.equal(
    await Deno.readTextFile(files.settings),
    `# mine
vm:
    other: x
    cpus: 4
odd:
    - 1
    - 2
host_aliases:
    web: deploy@web1:2222
auto_enable: true
`,
  );
  assert.equal((await Deno.stat(files.settings)).mode! & 0o777, 0o600);
  assert.equal(await changeSetting(files, "hosts.web", undefined), true);
  assert.ok(!(await Deno.readTextFile(files.settings)).includes("host_aliases"));
});

Deno.test("readSettings() refuses what an older version left behind, and changeSetting() does not write over it", async () => {
  for (const old of ["secret_backend: kdbx", "secrets_kdbx_path: /x", "kdbx_cache: true", "kdbx_cache_timeout: 5"]) {
    await using dir = await tempDir({ "config.yml": `${old}\n` });
    const files = hostFilesIn(dir.path);
    assert.throws(() => readSettings(files), /1:1 retired/, old);
    await assert.rejects(changeSetting(files, "vm.cpus", "4"), CharlyError);
    assert.equal(await Deno.readTextFile(files.settings), `${old}\n`);
  }
});

Deno.test("changeSetting() repairs a value that cannot be, and refuses to write one", async () => {
  await using dir = await tempDir({ "config.yml": "run_mode: fast\n" });
  const files = hostFilesIn(dir.path);
  assert.throws(() => settingValue(readSettings(files), "run_mode", noEnv), /config\.yml:1:\d+ run_mode is "fast"/);
  await assert.rejects(changeSetting(files, "run_mode", "faster"), /run_mode cannot be "faster"/);
  await changeSetting(files, "run_mode", "auto");
  assert.equal(settingValue(readSettings(files), "run_mode", noEnv).value, "auto");
});

Deno.test("settingValue() never gives a password, only whether there is one", async () => {
  await using dir = await tempDir();
  const files = hostFilesIn(dir.path);
  await changeSetting(files, "vnc.password.shop", "hunter2");
  const file = readSettings(files);
  assert.deepEqual(settingKeys(file).slice(-1), ["vnc.password.shop"]);
  assert.equal(settingValue(file, "vnc.password.shop", noEnv).value, "***");
});

Deno.test("changeSetting() makes no file only to take something out of it", async () => {
  await using dir = await tempDir();
  const files = hostFilesIn(dir.join("charly"));
  assert.equal(await changeSetting(files, "vm.ram", undefined), false);
  await assert.rejects(Deno.stat(files.dir), Deno.errors.NotFound);
});

Deno.test("settingOf() names the nearest key", () => {
  assert.throws(() => settingOf("run_mod"), (error: CharlyError) => error.hint === "did you mean run_mode?");
  assert.throws(() => settingOf("hosts."), CharlyError);
});

Deno.test("refused() lets every default be, and no host that would be an option", () => {
  for (const it of settings) if (it.default !== undefined) assert.equal(refused(it, it.default), undefined, it.key);
  for (const host of ["-oProxyCommand=x", "a b", "", "a:b", "me@-x"]) {
    assert.notEqual(refused(settingOf("hosts.x"), host), undefined, host);
  }
  for (const host of ["web", "me@web", "me@192.0.2.1:22", "[2001:db8::1]:22"]) {
    assert.equal(refused(settingOf("hosts.x"), host), undefined, host);
  }
});
