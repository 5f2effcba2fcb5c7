import assert from "node:assert/strict";
import { parseSshAddress } from "../../../../lib/execute/transport/ssh_address.ts";
import { resolveSettings } from "../../../../lib/execute/transport/ssh_config.ts";

Deno.test("parseSshAddress() reads every way to write a host", () => {
  assert.deepEqual(
    ["web", "me@web", "web:2222", "me@web:22", "[::1]:2222", "me@fe80::1", "ssh://me@web:7/"].map(parseSshAddress),
    [
      { host: "web" },
      { host: "web", user: "me" },
      { host: "web", port: 2222 },
      { host: "web", user: "me", port: 22 },
      { host: "::1", port: 2222 },
      { host: "fe80::1", user: "me" },
      { host: "web", user: "me", port: 7 },
    ],
  );
});

for (const bad of ["", "-oProxyCommand=id", "me@-web", "@web", "web:0", "web:99999", "a b", "a;b", "$(id)", "a\nb"]) {
  Deno.test(`parseSshAddress() refuses ${JSON.stringify(bad)}`, () => {
    assert.throws(() => parseSshAddress(bad), { code: "config", exitCode: 2 });
  });
}

// the program `ssh` and our own reader must say the same
for (const ssh of ["ssh", false] as const) {
  const who = ssh === false ? "without ssh" : "with ssh -G";
  Deno.test(`resolveSettings() ${who} lets the first value win and adds identity files up`, async () => {
    const home = await Deno.makeTempDir();
    await Deno.mkdir(`${home}/.ssh/conf.d`, { recursive: true });
    const file = `${home}/.ssh/config`;
    await Deno.writeTextFile(`${home}/.ssh/conf.d/one.conf`, "Host web\n  Port 2200\n");
    await Deno.writeTextFile(
      file,
      `Include ${home}/.ssh/conf.d/*.conf\nHost web !other\n  HostName=10.0.0.9\n  Port 22\n  IdentityFile ${home}/a\n` +
        `  ProxyJump none\nHost *\n  User admin\n  IdentityFile "${home}/b"\n  IdentitiesOnly yes\n  IdentityAgent none\n` +
        `  ProxyJump bastion\n  UserKnownHostsFile ${home}/k1 ${home}/k2\n  GlobalKnownHostsFile none\n  ConnectTimeout 7\n`,
    );
    const settings = await resolveSettings({ host: "web" }, { configFile: file, env: { HOME: home }, ssh });
    assert.deepEqual(settings, {
      alias: "web",
      hostName: "10.0.0.9",
      user: "admin",
      port: 2200,
      identityFiles: [`${home}/a`, `${home}/b`],
      identitiesOnly: true,
      identityAgent: undefined,
      proxyJump: undefined,
      proxyCommand: undefined,
      knownHostsFiles: [`${home}/k1`, `${home}/k2`],
      hostKeyAlias: undefined,
      connectTimeout: 7,
    });
    const other = await resolveSettings({ host: "db", user: "me", port: 22 }, {
      configFile: file,
      env: { HOME: home },
      ssh,
    });
    assert.deepEqual([other.user, other.port, other.proxyJump], ["me", 22, "bastion"]);
    await Deno.remove(home, { recursive: true });
  });
}

Deno.test("resolveSettings() without ssh refuses a Match it does not understand", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "Match exec true\n  User x\n");
  await assert.rejects(() => resolveSettings({ host: "web" }, { configFile: file, ssh: false }), { code: "config" });
  await Deno.remove(file);
});
