/** The acceptance of the core: a project with candies of every kind, applied to a real SSH host and taken back to the byte. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { loadProject } from "../../lib/config/load.ts";
import type { DeployApi, DeployEvent, DeployProject, Outcome } from "../../lib/deploy/contract.ts";
import { createApi } from "../../targets/api.ts";
import { targets } from "../../targets/mod.ts";
import { debRepo } from "../shared/deb_repo.ts";
import { fakeSystemctl } from "../shared/fake_systemctl.ts";
import { serveHttp, tarArchive, zipArchive } from "../shared/http.ts";
import { diffMachines, snapshotMachine } from "../shared/machine.ts";
import { needPackages } from "../shared/packages.ts";
import { run, tryRun } from "../shared/run.ts";
import { signedRepo } from "../shared/signed_repo.ts";
import { startSshd } from "../shared/sshd.ts";
import { systemLock } from "../shared/system_lock.ts";
import { tempDir } from "../shared/tmp.ts";

const root = new URL("../..", import.meta.url).pathname;
const open = { withServices: true, allowRepoChanges: true, allowRootTasks: true };
const webUnit = "[Unit]\nDescription=web\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n";

const debs = [
  { name: "charly30-hello", version: "1.0", files: { "/usr/bin/charly30-hello": "#!/bin/sh\necho hello\n" } },
  { name: "charly30-dep", version: "1.0", files: { "/usr/share/charly30-dep/data": "data\n" } },
  {
    name: "charly30-app",
    version: "1.0",
    depends: "charly30-dep",
    files: { "/usr/bin/charly30-app": "#!/bin/sh\ncat /usr/share/charly30-dep/data\n" },
  },
  {
    name: "charly30-conf",
    version: "1.0",
    files: { "/etc/charly30-conf.conf": "answer=42\n" },
    conffiles: ["/etc/charly30-conf.conf"],
  },
  { name: "charly30-tool", version: "1.0", files: { "/usr/bin/charly30-tool": "#!/bin/sh\necho tool\n" } },
  { name: "charly30-web", version: "1.0", files: { "/lib/systemd/system/charly30-web.service": webUnit } },
];
const installed = [...debs.map(({ name }) => name), "charly30-vendor"];

/** Says yes, and keeps what was said. */
function listener() {
  const events: DeployEvent[] = [];
  return {
    events,
    hear: (event: DeployEvent) => {
      events.push(event);
      return Promise.resolve(event.kind === "confirm" ? true : undefined);
    },
    output: () =>
      events.map((event) =>
        event.kind === "step-output"
          ? new TextDecoder().decode(event.bytes)
          : event.kind === "warning"
          ? event.message
          : ""
      ).join("\n"),
  };
}

async function add(api: DeployApi, project: DeployProject, install: object = open): Promise<Outcome> {
  const said = listener();
  const outcome = await api.addBundle(project, "host", { install }, said.hear);
  assert.deepEqual(
    outcome.hosts.map(({ result, error }) => [["changed", "unchanged"].includes(result), error]),
    [[true, undefined]],
    said.output().slice(-2000),
  );
  return outcome;
}

async function del(api: DeployApi, project: DeployProject | undefined) {
  const said = listener();
  const outcome = await api.delBundle(project, "host", {}, said.hear);
  const [host] = outcome.hosts;
  assert.deepEqual([host?.result, host?.left, host?.error], ["changed", [], undefined], said.output().slice(-2000));
  return host!;
}

/** One step of a story: what follows stands on it. */
async function step(t: Deno.TestContext, name: string, act: () => Promise<void>): Promise<void> {
  assert.ok(await t.step(name, act), `the story ends with: ${name}`);
}

/** Everything that stands around the deploy; `before` is the machine without it. */
async function world() {
  await using stack = new AsyncDisposableStack();
  const use = stack.use.bind(stack);
  use(await systemLock());
  await needPackages({
    zsh: "/usr/bin/zsh",
    fish: "/usr/bin/fish",
    curl: "/usr/bin/curl",
    unzip: "/usr/bin/unzip",
    "libcap2-bin": "/usr/sbin/setcap",
  });
  const agent = "#!/bin/sh\necho agent\n";
  const http = use(serveHttp({
    "/tool-1.2.tar.gz": await tarArchive({
      "tool-1.2/bin/tool30": { content: "#!/bin/sh\necho tool 1.2\n", mode: 0o755 },
      "tool-1.2/share/doc": "doc\n",
    }),
    "/fonts.zip": zipArchive({ "ttf/a.ttf": "font a", "ttf/b.ttf": "font b", "LICENSE": "free\n" }),
    "/agent": agent,
    "/install.sh": 'mkdir -p "$PREFIX/bin" && echo installed >"$PREFIX/bin/it"\n',
  }));
  use(await debRepo(debs));
  use(
    await signedRepo(http, "/vendor", [
      { name: "charly30-vendor", version: "3.0", files: { "/usr/bin/charly30-vendor": "#!/bin/sh\necho vendor\n" } },
    ]),
  );
  const systemctl = use(await fakeSystemctl());
  await systemctl.declare({ "charly30-clock.timer": { enabled: true } });
  const sshd = use(await startSshd({ sudo: "ALL=(ALL) NOPASSWD: ALL", shell: "/bin/bash" }));
  const [user, host = ""] = sshd.target.split("@");
  const [address, port] = host.split(":");
  const config = await Deno.readTextFile(sshd.configFile);
  await Deno.writeTextFile(
    sshd.configFile,
    `Host thirty\n  HostName ${address}\n  Port ${port}\n  User ${user}\n${config}`,
  );
  const dir = use(await tempDir());
  await run(["cp", "-r", `${root}tests/fixtures/projects/thirty`, dir.join("project")]);
  await dir.write({
    "project/deno.json": JSON.stringify({ imports: { "@charly/charly": `file://${root}mod.ts` } }),
    "project/mirror.ts": `export const mirror = "${http.url}";\n` +
      `export const sums = { plain: "${createHash("sha256").update(agent).digest("hex")}" };\n`,
  });
  // what the user had before
  const asUser = (script: string) =>
    tryRun([
      "setpriv",
      `--reuid=${user}`,
      `--regid=${user}`,
      "--init-groups",
      "env",
      "-i",
      `HOME=${sshd.home}`,
      `USER=${user}`,
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "bash",
      "-c",
      `cd; ${script}`,
    ]);
  await asUser(
    "printf 'color = never' >.toolrc; chmod 640 .toolrc; ln -s /tmp current; echo old >.legacyrc; mkdir desk; echo mine >desk/mine",
  );
  const project = await loadProject({ config: dir.join("project/charly.config.ts") });
  const options = {
    targets,
    env: { ...sshd.env, THIRTY_TOKEN: "t0p 's3cret'" },
    operator: "tester@here",
    stateHome: dir.join("state"),
    secretDir: dir.join("secrets"),
    pathPrefix: systemctl.bin,
  };
  const before = await snapshotMachine([sshd.home]);
  const api = createApi(options);
  // a failed test leaves nothing behind
  stack.defer(async () => {
    await api.delBundle(project, "host", { force: true }, listener().hear).catch(() => {});
  });
  const kept = stack.move();
  return {
    api,
    project,
    systemctl,
    sshd,
    http,
    asUser,
    before,
    compare: async () => diffMachines(before, await snapshotMachine([sshd.home])),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

Deno.test("thirty candies of every kind are applied over SSH, stand as wanted, and leave no trace when taken back", async (t) => {
  await using it = await world();
  const { api, project, sshd, systemctl } = it;
  const home = sshd.home;
  const text = (path: string) => Deno.readTextFile(path.replace(/^~/, home));
  const mode = async (path: string) => ((await Deno.stat(path.replace(/^~/, home))).mode! & 0o7777).toString(8);
  const shellSays = async (...words: string[]) => (await it.asUser(words.join(" "))).stdout;

  await step(t, "plan() says what would happen and writes nothing", async () => {
    const [plan] = await api.planBundle(project, "host", { install: open });
    assert.ok(Object.keys(project.config.candies).length >= 30);
    assert.equal(new Set(plan!.planned.map(({ candy }) => candy)).size >= 28, true);
    assert.deepEqual(plan!.plan.secrets.map(({ name }) => name).sort(), ["THIRTY_REALM", "THIRTY_TOKEN"]);
    assert.equal(plan!.plan.artifacts[0]?.name, "kubeconfig");
    assert.doesNotMatch(JSON.stringify(plan), /s3cret/);
    assert.deepEqual(await it.compare(), []);
  });

  await step(t, "addBundle() applies every step", async () => {
    const outcome = await add(api, project);
    assert.equal(outcome.hosts[0]?.result, "changed");
  });

  await step(t, "packages are installed, those of other distributions are not", async () => {
    const list = await run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n", ...installed]);
    assert.deepEqual(list.trim().split("\n").sort(), installed.map((name) => `${name} installed`).sort());
    assert.deepEqual((await run(["apt-mark", "showmanual", ...installed])).trim().split("\n").sort(), [
      "charly30-app",
      "charly30-conf",
      "charly30-hello",
      "charly30-tool",
      "charly30-vendor",
      "charly30-web",
    ]);
    assert.equal(await text("/etc/charly30-conf.conf"), "answer=43\n");
    assert.match(await text("/etc/apt/sources.list.d/charly30-vendor.list"), /^deb \[signed-by=\S+\] http\S+ \.\/\n$/);
  });

  await step(t, "files, links and directories have their content, mode and owner", async () => {
    assert.equal(await text("~/.toolrc"), 'color = always\nquote = "it\'s $HOME"\n');
    assert.deepEqual(
      await Promise.all(["~/.toolrc", "~/bin/today", "~/desk/private", "/srv/charly-thirty/exports"].map(mode)),
      ["600", "755", "700", "750"],
    );
    assert.equal(await Deno.readLink(`${home}/current`), "desk/private");
    assert.equal(await Deno.readLink("/srv/charly-thirty/latest"), "exports");
    assert.equal(await text("/etc/charly-thirty/motd.d/10-thirty"), "Thirty.\n");
    const owner = await run(["stat", "-c", "%U:%G", `${home}/bin/today`, "/srv/charly-thirty/exports/README"]);
    assert.equal(owner, `${sshd.user}:${sshd.user}\nroot:root\n`);
  });

  await step(t, "downloads are unpacked, included in part, checked and run", async () => {
    assert.equal(await run(["/opt/charly-thirty/tool/bin/tool30"]), "tool 1.2\n");
    assert.deepEqual(
      (await run(["find", `${home}/.local/share/fonts/thirty`, "-type", "f"])).trim().replace(/.*\/thirty\//, ""),
      "ttf/a.ttf",
    );
    assert.equal(await run([`${home}/bin/agent`]), "agent\n");
    assert.equal(await text("~/.installed/bin/it"), "installed\n");
  });

  await step(t, "variables and PATH are in force at the commands after them", async () => {
    assert.equal(await text("~/desk/seen"), `ed -p '* '|${home}/desk|home|tool 1.2\n`);
    assert.equal(await text("/srv/charly-thirty-announced"), "/srv/charly-thirty-announced amd64 home\n");
    assert.equal(await text("~/desk/built"), "MADE OF THESE WORDS\n");
    assert.equal(await text("~/.legacyrc"), "new\n");
    assert.equal(await text("~/desk/plugged"), "plugged\n");
  });

  await step(t, "a new login of each shell sees the snippets and the variables", async () => {
    assert.match(
      await shellSays("bash -ic 'echo $THIRTY_SHELL; alias thirty; echo $THIRTY_EDITOR'"),
      /bash\n.*echo bash.*\ned -p/,
    );
    assert.match(await shellSays("zsh -ic 'echo $THIRTY_SHELL; alias thirty'"), /zsh\n.*echo zsh/);
    assert.match(await shellSays("XDG_DATA_HOME=/proc/none fish -c 'echo $THIRTY_SHELL; thirty'"), /fish\nfish\n/);
    assert.match(await shellSays("sh -lc 'alias thirty'"), /echo sh/);
    assert.equal(await text("~/.config/thirty/profile.bash"), "export THIRTY_PROFILE=1\n");
    assert.match(
      await shellSays("bash -ic 'command -v tool30; command -v heute'"),
      /\/opt\/charly-thirty\/tool\/bin\/tool30\n.*\/bin\/heute/,
    );
  });

  await step(t, "secrets reach the command that names them, and nothing that is kept", async () => {
    assert.equal(await text("~/desk/token"), "t0p 's3cret'@example\n");
    assert.equal(await mode("~/desk/token"), "600");
    const found = await tryRun(["grep", "-rl", "s3cret", "/var/lib/opencharly", `${home}/.config/opencharly`]);
    assert.deepEqual([found.code, found.stdout], [1, ""]);
  });

  await step(t, "capabilities, kernel parameters, groups and users are so", async () => {
    assert.match(await run(["getcap", "/usr/local/bin/charly30-ping"]), /cap_net_raw=ep\n$/);
    assert.equal((await text("/proc/sys/net/ipv4/tcp_keepalive_probes")).trim(), "7");
    assert.equal(
      await text("/etc/sysctl.d/60-charly-net.ipv4.tcp_keepalive_probes.conf"),
      "net.ipv4.tcp_keepalive_probes = 7\n",
    );
    assert.equal(await run(["id", "-nG", "charly30bot"]), "charly30bot charly30team\n");
    assert.match(await run(["getent", "passwd", "charly30bot"]), /:61731:.*:\/srv\/charly-thirty-bot:\/bin\/sh\n$/);
  });

  await step(t, "units are enabled and running, reloaded before they start", async () => {
    const uid = Number(await run(["id", "-u", sshd.user]));
    for (const unit of ["charly30-web.service", "charly-beat-beat.service", "charly30-clock.timer"]) {
      const { enabled, active } = await systemctl.unit(unit);
      assert.deepEqual([unit, enabled, active], [unit, true, true]);
    }
    const own = await systemctl.unit("charly-notes-notes.service", uid);
    assert.deepEqual([own.enabled, own.active], [true, true]);
    assert.equal(await systemctl.lingers(sshd.user), true);
    assert.match(
      await text("/etc/systemd/system/charly30-web.service.d/charly-web.conf"),
      /WEB_ROOT=\/srv\/charly-thirty/,
    );
    assert.match(
      await text("~/.config/systemd/user/charly-notes-notes.service"),
      new RegExp(`ExecStart=${home}/bin/today`),
    );
    const calls = await systemctl.calls();
    const at = (pattern: RegExp) => calls.findIndex((call) => pattern.test(call));
    assert.ok(at(/^root daemon-reload/) < at(/^root enable.* charly-beat-beat/), calls.join("\n"));
    assert.equal(calls.some((call) => /firewalld|watch/.test(call)), false);
  });

  await step(t, "addBundle() again finds nothing to do", async () => {
    systemctl.clear();
    const said = listener();
    const outcome = await api.addBundle(project, "host", { install: open }, said.hear);
    assert.deepEqual([outcome.hosts[0]?.result, outcome.hosts[0]?.ran], ["unchanged", 0]);
    const [plan] = await api.planBundle(project, "host", { install: open });
    const busy = plan!.planned.filter(({ state }) => !["up-to-date", "recorded", "skipped"].includes(state));
    assert.deepEqual(busy.map(({ summary, state, reason }) => [summary, state, reason]), []);
    assert.equal(
      (await systemctl.calls()).some((call) => /enable|start|reload/.test(call.replace("is-enabled", ""))),
      false,
    );
  });

  await step(t, "driftOf() finds what was changed behind our back, and addBundle() repairs it", async () => {
    await Deno.writeTextFile(`${home}/.toolrc`, "color = mine\n");
    await Deno.writeTextFile("/srv/charly-thirty/exports/README", "scribble\n");
    const [drift] = await api.driftOf(project, "host", {});
    assert.deepEqual(
      drift!.drifted.map(({ resource }) => resource).sort(),
      ["file:/srv/charly-thirty/exports/README", `file:${home}/.toolrc`].sort(),
    );
    await add(api, project);
    assert.equal(await text("~/.toolrc"), 'color = always\nquote = "it\'s $HOME"\n');
    assert.equal(await text("/srv/charly-thirty/exports/README"), "read me\n");
    assert.deepEqual((await api.driftOf(project, "host", {}))[0]?.drifted, []);
  });

  await step(t, "delBundle() works from the ledger alone and leaves the machine as it was", async () => {
    const host = await del(api, { ...project, config: { bundles: project.config.bundles, candies: {} } });
    assert.deepEqual(host.notUndone, []);
    assert.deepEqual(await it.compare(), []);
    assert.equal((await text("/proc/sys/net/ipv4/tcp_keepalive_probes")).trim(), "9");
    assert.equal(await systemctl.lingers(sshd.user), false);
    const clock = await systemctl.unit("charly30-clock.timer");
    assert.deepEqual([clock.enabled, clock.active], [true, false]);
    assert.equal((await systemctl.unit("charly30-web.service")).active, false);
    const again = await api.delBundle(project, "host", {}, listener().hear);
    assert.equal(again.hosts[0]?.result, "unchanged");
  });
});

Deno.test("closed gates skip and say so; closing one later keeps what was applied, and del still undoes it", async (t) => {
  await using it = await world();
  const { api, project, systemctl } = it;
  const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
  // without its repository the vendor's package cannot be found
  const bundle = project.config.bundles.host!;
  const fewer = {
    ...project,
    config: {
      ...project.config,
      bundles: { host: { ...bundle, candy: ["login", "web", "beat", "announce", "notes"] } },
    },
  };

  await step(t, "nothing behind a closed gate is done", async () => {
    const said = listener();
    const outcome = await api.addBundle(fewer, "host", { install: {} }, said.hear);
    assert.deepEqual([outcome.ok, outcome.hosts[0]?.error], [true, undefined], said.output());
    assert.equal(await exists("/srv/charly-thirty-announced"), false);
    assert.equal(await exists("/etc/systemd/system/charly-beat-beat.service"), false);
    assert.equal((await systemctl.calls()).some((call) => / (enable|start) /.test(call)), false);
    const [plan] = await api.planBundle(fewer, "host", { install: {} });
    assert.deepEqual(
      plan!.planned.filter(({ state }) => state === "skipped").map(({ reason }) => reason).sort(),
      [...Array(1).fill("gate allow-root-tasks is closed"), ...Array(3).fill("gate with-services is closed")],
    );
  });

  await step(t, "opened, they are done; closed again, they stay", async () => {
    await add(api, fewer);
    assert.equal(await exists("/srv/charly-thirty-announced"), true);
    assert.equal((await systemctl.unit("charly-beat-beat.service")).active, true);
    const outcome = await add(api, fewer, {});
    assert.equal(outcome.hosts[0]?.result, "unchanged");
    assert.equal(await exists("/srv/charly-thirty-announced"), true);
    assert.equal((await systemctl.unit("charly-beat-beat.service")).active, true);
  });

  await step(t, "del undoes what stands behind the closed gates", async () => {
    await del(api, fewer);
    assert.deepEqual(await it.compare(), []);
    assert.equal((await systemctl.unit("charly-beat-beat.service")).enabled, false);
  });
});
