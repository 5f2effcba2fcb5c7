/** The rigs that need root leave the machine as it was, and are what their tests take them for. */
import assert from "node:assert/strict";
import { busyBox } from "../shared/busybox.ts";
import { debPackages, debRepo } from "../shared/deb_repo.ts";
import { fakeSystemctl } from "../shared/fake_systemctl.ts";
import { diffPackages, snapshotPackages } from "../shared/packages_snapshot.ts";
import { systemLock } from "../shared/system_lock.ts";
import { run, tryRun } from "../shared/run.ts";
import { type TestUser, testUser } from "../shared/users.ts";

Deno.test("testUser() may use sudo as declared, and never otherwise", async () => {
  await using none = await testUser();
  assert.equal((await none.run(["sudo", "-n", "id", "-u"])).code, 1);
  await using nopasswd = await testUser({ sudo: "nopasswd" });
  assert.equal((await nopasswd.run(["sudo", "-n", "id", "-u"])).stdout, "0\n");
  await using password = await testUser({ sudo: "password", password: "it's $5" });
  assert.equal((await password.run(["sudo", "-n", "id", "-u"])).code, 1);
  assert.equal((await password.run(["sudo", "-S", "-p", "", "id", "-u"], { stdin: "it's $5\n" })).stdout, "0\n");
});

Deno.test("testUser() with requiretty may use sudo from a terminal only", async () => {
  await using user = await testUser({ sudo: "requiretty" });
  const refused = await user.run(["setsid", "sudo", "-n", "id", "-u"]);
  assert.deepEqual([refused.code, /you must have a tty/.test(refused.stderr)], [1, true]);
  const allowed = await user.run(["script", "-qec", "sudo -n id -u", "/dev/null"]);
  assert.match(allowed.stdout, /(?:^|\D)0\s*$/); // a terminal may echo what it was started with
});

Deno.test("testUser() is gone after its scope, with its home and what it started", async () => {
  let user: TestUser;
  {
    await using made = await testUser({ sudo: "nopasswd", shell: "/bin/bash" });
    user = made;
    const said = await user.run(["sh", "-c", "echo $HOME $USER $SHELL; pwd"]);
    assert.equal(said.stdout, `${user.home} ${user.name} /bin/bash\n${user.home}\n`);
    await user.run(["sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 &"]);
    assert.equal(await user.processes(), 1);
  }
  assert.equal(await user.processes(), 0);
  await assert.rejects(() => Deno.stat(user.home), Deno.errors.NotFound);
  await assert.rejects(() => Deno.stat(`/etc/sudoers.d/${user.name}`), Deno.errors.NotFound);
  for (const file of ["passwd", "shadow", "group", "gshadow", "subuid", "subgid"]) {
    assert.ok(!(await Deno.readTextFile(`/etc/${file}`)).includes(user.name), `${file} still names the user`);
  }
});

Deno.test("debRepo() is a repository that apt installs from, upgrades from, and forgets", async () => {
  await using _lock = await systemLock();
  const before = await snapshotPackages();
  const apt = (...words: string[]) =>
    run(["apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=120", ...words], {
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
  const lists = async () => (await Array.fromAsync(Deno.readDir("/var/lib/apt/lists"))).map(({ name }) => name).sort();
  const listsBefore = await lists();
  {
    await using repo = await debRepo();
    await apt("install", "charly-app", "charly-hello", "charly-conf", "charly-post");
    assert.equal(await run(["charly-app"]), "data\n");
    assert.equal(await Deno.readTextFile("/etc/charly-conf.conf"), "answer=42\n");
    assert.equal(await Deno.readTextFile("/var/lib/charly-post/stamp"), "configured\n");
    assert.deepEqual(diffPackages(before, await snapshotPackages()), [
      "charly-app:all: none → 1.0 ii manual",
      "charly-conf:all: none → 1.0 ii manual",
      "charly-dep:all: none → 1.0 ii",
      "charly-hello:all: none → 1.0 ii manual",
      "charly-post:all: none → 1.0 ii manual",
    ]);
    await repo.add(debPackages.hello2);
    await apt("install", "charly-hello");
    assert.equal(await run(["charly-hello"]), "hello 2.0\n");
    await apt("remove", "charly-conf");
    assert.equal((await snapshotPackages()).get("charly-conf:all"), "1.0 rc");
  }
  assert.deepEqual(diffPackages(before, await snapshotPackages()), []);
  assert.deepEqual(await lists(), listsBefore);
  await assert.rejects(() => Deno.stat("/var/lib/charly-post"), Deno.errors.NotFound);
});

Deno.test("fakeSystemctl() answers root through sudo and refuses a user the system's units", async () => {
  await using user = await testUser({ sudo: "nopasswd" });
  await using systemctl = await fakeSystemctl({ at: "/usr/local/bin/systemctl" });
  await systemctl.declare({ "web.service": {} });
  assert.equal((await user.run(["systemctl", "start", "web"])).code, 1);
  assert.equal((await user.run(["sudo", "systemctl", "enable", "--now", "web"])).code, 0);
  assert.equal((await user.run(["systemctl", "is-active", "web"])).stdout, "active\n");
  assert.deepEqual(await systemctl.calls(), [
    `${user.name} start web`,
    "root enable --now web",
    `${user.name} is-active web`,
  ]);
});

Deno.test("fakeSystemctl() finds a user's unit file, static ones included", async () => {
  await using user = await testUser();
  await using systemctl = await fakeSystemctl();
  const units = `${user.home}/.config/systemd/user`;
  await user.run(["mkdir", "-p", units]);
  await user.run([
    "sh",
    "-c",
    `printf '[Service]\\n' >${units}/bare.service; printf '[Install]\\n' >${units}/full.service`,
  ]);
  const ask = (line: string) =>
    user.run(["sh", "-c", line], { env: { PATH: `${systemctl.bin}:/usr/bin:/bin`, XDG_RUNTIME_DIR: "/run" } });
  assert.equal((await ask("systemctl --user is-enabled bare full")).stdout, "static\ndisabled\n");
  assert.equal(
    (await ask("systemctl --user enable --now full; systemctl --user show -p FragmentPath,ActiveState full")).stdout,
    `FragmentPath=${units}/full.service\nActiveState=active\n`,
  );
  assert.equal((await systemctl.unit("full.service", user.uid)).enabled, true);
});

Deno.test("busyBox() is a shell whose tools are applets only", async () => {
  await using box = await busyBox();
  const ask = (line: string) => tryRun(["env", "-i", `PATH=${box.bin}`, box.sh, "-c", line]);
  assert.match((await ask("ls --help 2>&1")).stdout, /^BusyBox /);
  assert.equal((await ask("command -v bash; command -v git; command -v awk")).stdout, "awk\n");
});
