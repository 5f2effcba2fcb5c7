/** Jump hosts, on real servers: what ProxyJump of ssh_config says is what happens. */
import assert from "node:assert/strict";
import { CharlyError } from "../../lib/base/errors.ts";
import { connect } from "../../lib/execute/connect.ts";
import type { Transport } from "../../lib/execute/transport.ts";
import { type Sshd, startSshd } from "../shared/sshd.ts";
import { talk } from "../shared/transport_suite.ts";

type Kind = "ssh2" | "openssh";

/** Host blocks for servers by name, and one known_hosts file for all of them. */
async function configOf(
  servers: Readonly<Record<string, Sshd>>,
  extra: Readonly<Record<string, string>>,
): Promise<string> {
  const [first] = Object.values(servers);
  assert.ok(first);
  const known = `${first.dir}/known_all`, file = `${first.dir}/config_all`;
  let hosts = "", blocks = "";
  for (const [name, server] of Object.entries(servers)) {
    hosts += await Deno.readTextFile(server.knownHosts);
    blocks +=
      `Host ${name}\n  HostName 127.0.0.1\n  Port ${server.port}\n  User ${server.user}\n  IdentityFile ${server.identity}\n` +
      `${extra[name] === undefined ? "" : `  ${extra[name]}\n`}`;
  }
  await Deno.writeTextFile(known, hosts);
  await Deno.writeTextFile(
    file,
    `${blocks}Host *\n  UserKnownHostsFile ${known}\n  GlobalKnownHostsFile none\n  IdentitiesOnly yes\n  IdentityAgent none\n${
      extra["*"] ?? ""
    }\n`,
  );
  return file;
}

const reach = (kind: Kind, name: string, sshConfig: string, server: Sshd): Promise<Transport> =>
  connect({ target: "ssh", transport: kind }, name, { sshConfig, env: server.env, connectTimeout: 8000 });

async function whoami(transport: Transport): Promise<string> {
  return new TextDecoder().decode((await talk(await transport.open("id -un"))).stdout).trim();
}

async function failure(connecting: Promise<Transport>): Promise<CharlyError> {
  const error = await connecting.then((made) => made.close(), (reason) => reason);
  assert.ok(error instanceof CharlyError, String(error));
  return error;
}

for (const kind of ["ssh2", "openssh"] as const) {
  const test = (does: string, body: () => Promise<void>) => Deno.test(`connect() ${does} (${kind})`, body);

  test("reaches a host through its jump host, and ends with it", async () => {
    await using target = await startSshd();
    await using hop = await startSshd();
    const config = await configOf({ target, hop }, { target: "ProxyJump hop" });
    await using transport = await reach(kind, "target", config, target);
    assert.equal(await whoami(transport), target.user);
    assert.ok((await hop.log()).includes(`Accepted publickey for ${hop.user}`));
    const channel = await transport.open("cat");
    await hop.cut(); // 127.0.0.1 was dialled by the hop, not by us: without the hop there is no connection
    assert.equal((await channel.ended).code, undefined);
  });

  test("goes through two jump hosts in the order written", async () => {
    await using target = await startSshd();
    await using one = await startSshd();
    await using two = await startSshd();
    const config = await configOf({ target, one, two }, { target: "ProxyJump one,two", two: "ProxyJump none" });
    await using transport = await reach(kind, "target", config, target);
    assert.equal(await whoami(transport), target.user);
    for (const hop of [one, two]) assert.ok((await hop.log()).includes(`Accepted publickey for ${hop.user}`));
  });

  test("obeys the jump host's own ProxyJump, and none", async () => {
    await using target = await startSshd();
    await using one = await startSshd();
    await using two = await startSshd();
    const config = await configOf({ target, one, two }, {
      target: "ProxyJump two",
      one: "ProxyJump none",
      "*": "ProxyJump one",
    });
    await using transport = await reach(kind, "target", config, target);
    assert.equal(await whoami(transport), target.user);
    for (const hop of [one, two]) assert.ok((await hop.log()).includes(`Accepted publickey for ${hop.user}`));
  });

  test("names a circle of jump hosts", async () => {
    await using target = await startSshd();
    await using hop = await startSshd();
    const config = await configOf({ target, hop }, { target: "ProxyJump hop", hop: "ProxyJump target" });
    const error = await failure(reach(kind, "target", config, target));
    assert.deepEqual([error.code, error.exitCode], ["config", 2]);
  });

  test("checks the jump host's key, whatever its block says", async () => {
    await using target = await startSshd();
    await using hop = await startSshd();
    await Deno.writeTextFile(hop.knownHosts, "");
    const config = await configOf({ target, hop }, { target: "ProxyJump hop", hop: "StrictHostKeyChecking no" });
    const error = await failure(reach(kind, "target", config, target));
    assert.equal(error.code, kind === "ssh2" ? "host-key-unknown" : "proxy-failed");
    assert.ok(!(await hop.log()).includes("Accepted publickey"));
  });

  test("says that the jump host may not forward", async () => {
    await using target = await startSshd();
    await using hop = await startSshd({ config: ["AllowTcpForwarding no"] });
    const config = await configOf({ target, hop }, { target: "ProxyJump hop" });
    assert.equal((await failure(reach(kind, "target", config, target))).code, "proxy-failed");
  });

  test("takes an IPv6 literal with and without a port", async () => {
    await using target = await startSshd({ address: "::1" });
    const options = { sshConfig: target.configFile, env: target.env };
    {
      await using transport = await connect({ target: "ssh", transport: kind }, target.target, options);
      assert.equal(await whoami(transport), target.user);
    }
    await Deno.writeTextFile(target.configFile, `Port ${target.port}\n${await Deno.readTextFile(target.configFile)}`);
    await using transport = await connect({ target: "ssh", transport: kind, user: target.user }, "::1", options);
    assert.equal(await whoami(transport), target.user);
  });
}
