/** Every way a connection can fail is its own error, on real servers, with ssh2 and with the system's ssh. */
import assert from "node:assert/strict";
import { CharlyError } from "../../lib/base/errors.ts";
import { connect } from "../../lib/execute/connect.ts";
import { opensshTransport } from "../../lib/execute/transport/openssh.ts";
import { ssh2Transport } from "../../lib/execute/transport/ssh2.ts";
import type { Transport } from "../../lib/execute/transport.ts";
import { freePort, run, type Sshd, startSshd } from "../shared/sshd.ts";
import { talk } from "../shared/transport_suite.ts";

type Kind = "ssh2" | "openssh";

interface Given {
  readonly target?: string;
  /** Lines before the `Host *` block of the server's client configuration. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly passphrase?: (file: string) => Promise<string | undefined>;
}

async function reach(kind: Kind, server: Sshd, given: Given = {}): Promise<Transport> {
  const configFile = `${server.dir}/config-${crypto.randomUUID()}`;
  await Deno.writeTextFile(configFile, `${given.config ?? ""}\n${await Deno.readTextFile(server.configFile)}`);
  return await connect({ target: "ssh", transport: kind }, given.target ?? server.target, {
    sshConfig: configFile,
    env: { ...server.env, ...given.env },
    connectTimeout: 8000,
    ...(given.passphrase === undefined ? {} : { passphrase: given.passphrase }),
  });
}

/** The error of a connection that must fail. */
async function failure(connecting: Promise<Transport>): Promise<CharlyError> {
  try {
    await (await connecting).close();
  } catch (error) {
    assert.ok(error instanceof CharlyError, String(error));
    assert.ok(error.hint !== undefined && error.hint.length > 10);
    return error;
  }
  throw new assert.AssertionError({ message: "the connection was made" });
}

async function works(connecting: Promise<Transport>): Promise<void> {
  await using transport = await connecting;
  assert.equal((await talk(await transport.open("exit 7"))).code, 7);
}

function both(does: string, body: (kind: Kind) => Promise<void>): void {
  for (const kind of ["ssh2", "openssh"] as const) Deno.test(`connect() ${does} (${kind})`, () => body(kind));
}

async function fingerprintOf(server: Sshd, type = "ed25519"): Promise<string> {
  return (await run("ssh-keygen", ["-lf", `${server.hostKey(type)}.pub`])).split(" ")[1] ?? "";
}

async function keyOf(server: Sshd, type = "ed25519"): Promise<string> {
  return (await Deno.readTextFile(`${server.hostKey(type)}.pub`)).trim();
}

/** A server of bytes that is no SSH server. */
function fakeServer(answer: (connection: Deno.TcpConn) => Promise<void>): { port: number } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.TcpConn[] = [];
  (async () => {
    for await (const connection of listener) {
      open.push(connection);
      answer(connection).catch(() => {}); // the client goes away when it has seen enough
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    [Symbol.dispose]() {
      listener.close();
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // the answer had closed it
        }
      }
    },
  };
}

const says = (text: string) => async (connection: Deno.TcpConn) => {
  await connection.write(new TextEncoder().encode(text));
  connection.close();
};

both("names an unknown host key with its fingerprint and the way to add it", async (kind) => {
  await using server = await startSshd();
  await Deno.writeTextFile(server.knownHosts, "");
  const error = await failure(reach(kind, server));
  assert.equal(error.code, "host-key-unknown");
  assert.ok(error.message.includes(await fingerprintOf(server)), error.message);
  assert.ok(error.hint?.includes(`ssh-keyscan -p ${server.port} 127.0.0.1`), error.hint);
  assert.equal(await Deno.readTextFile(server.knownHosts), "");
});

both("never weakens the check, whatever ssh_config says", async (kind) => {
  await using server = await startSshd();
  await Deno.writeTextFile(server.knownHosts, "");
  const error = await failure(reach(kind, server, { config: "StrictHostKeyChecking no" }));
  assert.equal(error.code, "host-key-unknown");
});

both("names the line that holds another key", async (kind) => {
  await using server = await startSshd();
  await using other = await startSshd();
  await Deno.writeTextFile(server.knownHosts, `# a comment\n[127.0.0.1]:${server.port} ${await keyOf(other)}\n`);
  const error = await failure(reach(kind, server));
  assert.equal(error.code, "host-key-changed");
  assert.ok(error.message.includes(`${server.knownHosts}:2`), error.message);
});

both("refuses a revoked key even where another line trusts it", async (kind) => {
  await using server = await startSshd();
  const key = await keyOf(server);
  const name = `[127.0.0.1]:${server.port}`;
  await Deno.writeTextFile(server.knownHosts, `${name} ${key}\n@revoked * ${key}\n`);
  assert.equal((await failure(reach(kind, server))).code, "host-key-revoked");
});

both("finds hashed names, wildcards and lines without the port", async (kind) => {
  await using server = await startSshd();
  const key = await keyOf(server);
  await run("ssh-keygen", ["-H", "-f", server.knownHosts]);
  assert.ok((await Deno.readTextFile(server.knownHosts)).startsWith("|1|"));
  await works(reach(kind, server));
  for (const name of [`[127.0.0.*]:${server.port}`, `!10.*,*`, "127.0.0.1"]) {
    await Deno.writeTextFile(server.knownHosts, `${name} ${key}\n`);
    await works(reach(kind, server));
  }
  await Deno.writeTextFile(server.knownHosts, `!127.0.0.1,![127.0.0.1]:${server.port},* ${key}\n`);
  assert.equal((await failure(reach(kind, server))).code, "host-key-unknown");
});

both("asks for the key type that known_hosts holds", async (kind) => {
  await using server = await startSshd({ hostKeys: ["ed25519", "ecdsa", "rsa"] });
  for (const type of ["rsa", "ecdsa"]) {
    await Deno.writeTextFile(server.knownHosts, `[127.0.0.1]:${server.port} ${await keyOf(server, type)}\n`);
    await works(reach(kind, server));
  }
});

both("reads several known_hosts files", async (kind) => {
  await using server = await startSshd();
  const second = `${server.dir}/second`;
  await Deno.rename(server.knownHosts, second);
  await works(reach(kind, server, { config: `UserKnownHostsFile ${server.dir}/missing ${second}` }));
});

both("looks HostKeyAlias up instead of the address", async (kind) => {
  await using server = await startSshd();
  await Deno.writeTextFile(server.knownHosts, `the-alias ${await keyOf(server)}\n`);
  await works(reach(kind, server, { config: "HostKeyAlias the-alias" }));
});

for (const kind of ["ssh2", "openssh"] as const) {
  const does = kind === "ssh2" ? "says that ssh2 cannot check host certificates" : "checks host certificates";
  Deno.test(`connect() ${does} (${kind})`, async () => {
    const ca = await Deno.makeTempDir({ prefix: "charly-ca-" });
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", `${ca}/ca`]);
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", `${ca}/host`]);
    await run("ssh-keygen", ["-q", "-s", `${ca}/ca`, "-I", "host", "-h", "-n", "127.0.0.1", `${ca}/host.pub`]);
    await using server = await startSshd({ config: [`HostKey ${ca}/host`, `HostCertificate ${ca}/host-cert.pub`] });
    const authority = (await Deno.readTextFile(`${ca}/ca.pub`)).trim();
    await Deno.writeTextFile(server.knownHosts, `@cert-authority 127.0.0.1,[127.0.0.1]:${server.port} ${authority}\n`);
    if (kind === "openssh") await works(reach(kind, server));
    else {
      const error = await failure(reach(kind, server));
      assert.equal(error.code, "config");
      assert.ok(error.hint?.includes('transport: "openssh"'), error.hint);
    }
    await Deno.remove(ca, { recursive: true });
  });
}

both("names the keys it tried when the login is refused", async (kind) => {
  await using server = await startSshd();
  await Deno.writeTextFile(`${server.dir}/authorized_keys`, "");
  const error = await failure(reach(kind, server));
  assert.equal(error.code, "auth-failed");
  assert.ok(error.message.includes(server.identity) && error.message.includes("publickey"), error.message);
});

both("says that there was no key to offer", async (kind) => {
  await using server = await startSshd();
  await Deno.remove(server.identity);
  await Deno.remove(`${server.identity}.pub`);
  const error = await failure(reach(kind, server));
  assert.equal(error.code, "auth-failed");
  assert.ok(error.message.includes("no key to offer"), error.message);
});

both("takes a key from the agent, with IdentitiesOnly too", async (kind) => {
  await using server = await startSshd();
  await using agent = await startAgent(server.dir, [server.identity]);
  await Deno.remove(server.identity); // only its public half stays
  await works(reach(kind, server, { config: "IdentityAgent SSH_AUTH_SOCK", env: { SSH_AUTH_SOCK: agent.socket } }));
});

both("explains a server that hangs up after too many keys", async (kind) => {
  await using server = await startSshd({ config: ["MaxAuthTries 3"] });
  const keys = await Promise.all(Array.from({ length: 8 }, async (_, index) => {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", `${server.dir}/many${index}`]);
    return `${server.dir}/many${index}`;
  }));
  await using agent = await startAgent(server.dir, keys);
  const env = { SSH_AUTH_SOCK: agent.socket };
  const config = "IdentityAgent SSH_AUTH_SOCK\nIdentitiesOnly no\nIdentityFile none";
  const error = await failure(reach(kind, server, { config, env }));
  assert.equal(error.code, "auth-failed");
  // the right key is named, so it is offered first and the others never
  await works(reach(kind, server, { config: "IdentityAgent SSH_AUTH_SOCK", env }));
});

Deno.test("connect() goes on with key files when the agent is dead (ssh2)", async () => {
  await using server = await startSshd();
  const config = "IdentityAgent SSH_AUTH_SOCK";
  await works(reach("ssh2", server, { config, env: { SSH_AUTH_SOCK: `${server.dir}/no-such-agent` } }));
});

for (const type of ["ed25519", "ecdsa", "rsa"]) {
  Deno.test(`connect() opens an encrypted ${type} key with the passphrase it asked for (ssh2)`, async () => {
    await using server = await startSshd();
    const file = `${server.dir}/locked`;
    await run("ssh-keygen", ["-q", "-t", type, "-N", "a pass'word", "-f", file]);
    const config = `IdentityFile ${file}`;
    const asked: string[] = [];
    const passphrase = (name: string) => {
      asked.push(name);
      return Promise.resolve<string | undefined>("a pass'word");
    };
    await works(reach("ssh2", server, { config, passphrase }));
    assert.deepEqual(asked, []); // the server does not take this key, so nobody was bothered
    await Deno.copyFile(`${file}.pub`, `${server.dir}/authorized_keys`);
    await works(reach("ssh2", server, { config, passphrase }));
    assert.deepEqual(asked, [file]);
    await Deno.remove(`${file}.pub`);
    await works(reach("ssh2", server, { config, passphrase }));
  });
}

both("says which key is encrypted when nobody can be asked", async (kind) => {
  await using server = await startSshd();
  await run("ssh-keygen", ["-q", "-p", "-N", "secret", "-f", server.identity]);
  const error = await failure(reach(kind, server));
  assert.equal(error.code, "auth-failed");
  assert.ok(error.hint?.includes("ssh-add"), error.hint);
});

both("says that the connection was refused", async (kind) => {
  await using server = await startSshd();
  const error = await failure(reach(kind, server, { target: `127.0.0.1:${freePort()}` }));
  assert.equal(error.code, "unreachable");
  assert.ok(error.message.includes("refused"), error.message);
});

both("says that the name does not resolve", async (kind) => {
  await using server = await startSshd();
  const error = await failure(reach(kind, server, { target: "no-such-host.invalid" }));
  assert.equal(error.code, "unreachable");
  assert.ok(error.message.includes("does not resolve"), error.message);
});

both("gives up on a server that says nothing", async (kind) => {
  await using server = await startSshd();
  using silent = fakeServer(() => Promise.resolve());
  const error = await failure(reach(kind, server, { target: `127.0.0.1:${silent.port}`, config: "ConnectTimeout 1" }));
  assert.equal(error.code, "timeout");
});

both("knows a server that does not speak SSH", async (kind) => {
  await using server = await startSshd();
  using web = fakeServer(says("HTTP/1.1 400 Bad Request\r\nServer: \x1b[31mred\r\n\r\n"));
  const error = await failure(reach(kind, server, { target: `127.0.0.1:${web.port}` }));
  assert.equal(error.code, "not-ssh");
  assert.ok(error.message.includes("HTTP/1.1 400") && !error.message.includes("\x1b"), error.message);
});

both("is not fooled by endless garbage", async (kind) => {
  await using server = await startSshd();
  using noise = fakeServer(async (connection) => {
    for (;;) await connection.write(new Uint8Array(65_536).fill(0x41));
  });
  const error = await failure(reach(kind, server, { target: `127.0.0.1:${noise.port}`, config: "ConnectTimeout 3" }));
  assert.ok(error.code === "not-ssh" || (kind === "openssh" && error.code === "cut"), `${error.code} ${error.message}`);
});

for (const [when, text] of [["before the banner", ""], ["after the banner", "SSH-2.0-OpenSSH_9.2\r\n"]] as const) {
  both(`says that the connection was cut ${when}`, async (kind) => {
    await using server = await startSshd();
    using short = fakeServer(says(text));
    const error = await failure(reach(kind, server, { target: `127.0.0.1:${short.port}` }));
    assert.equal(error.code, "cut");
  });
}

both("shows what the ProxyCommand complained about", async (kind) => {
  await using server = await startSshd();
  const error = await failure(reach(kind, server, { config: 'ProxyCommand sh -c "echo no way >&2; exit 3"' }));
  assert.equal(error.code, "proxy-failed");
  assert.ok(error.message.includes("no way"), error.message);
});

both("speaks through a ProxyCommand", async (kind) => {
  await using server = await startSshd();
  await using hop = await startSshd();
  const proxy = `ProxyCommand ssh -F ${hop.configFile} -W %h:%p ${hop.user}@127.0.0.1 -p ${hop.port}`;
  await works(reach(kind, server, { config: proxy }));
  assert.ok((await hop.log()).includes("Accepted publickey"));
});

both("says that there is no common algorithm", async (kind) => {
  await using server = await startSshd({ config: ["Ciphers 3des-cbc"] });
  const error = await failure(reach(kind, server));
  assert.equal(error.code, "no-common-algorithm");
  assert.ok(error.message.includes("cipher"), error.message);
});

both("ends a channel when the server stops answering", async (kind) => {
  await using server = await startSshd();
  const shared = { configFile: server.configFile, env: server.env };
  await using transport = kind === "ssh2"
    ? await ssh2Transport(server.target, { ...shared, keepalive: 300 })
    : await opensshTransport(server.target, { ...shared, keepalive: 1000 });
  const channel = await transport.open("cat");
  const goOn = await server.freeze();
  try {
    assert.equal((await channel.ended).code, undefined);
    assert.equal((await channel.stdout.getReader().read()).done, true);
    await assert.rejects(() => transport.open("true"), { code: "cut" });
  } finally {
    goOn();
  }
});

async function startAgent(dir: string, keys: readonly string[]): Promise<{ socket: string } & AsyncDisposable> {
  const socket = `${dir}/agent-${crypto.randomUUID().slice(0, 8)}`;
  const agent = new Deno.Command("ssh-agent", { args: ["-D", "-a", socket], stdout: "piped", stderr: "null" }).spawn();
  const reader = agent.stdout.getReader();
  await reader.read(); // it prints its socket once it listens
  await reader.cancel();
  for (const key of keys) {
    const { success, stderr } = await new Deno.Command("ssh-add", { args: ["-q", key], env: { SSH_AUTH_SOCK: socket } })
      .output();
    assert.ok(success, new TextDecoder().decode(stderr));
  }
  return {
    socket,
    async [Symbol.asyncDispose]() {
      agent.kill("SIGTERM");
      await agent.status;
    },
  };
}
