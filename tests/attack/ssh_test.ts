/**
 * Cases 7 to 11 over both ways of SSH, as far as the live tests do not hold them already: host keys in every shape and logins
 * in transport_failures_test.ts, jump hosts in transport_jump_test.ts, MaxSessions 1 and cuts in transport_ssh_test.ts.
 */
import assert from "node:assert/strict";
import { CharlyError } from "../../lib/base/errors.ts";
import { connect } from "../../lib/execute/connect.ts";
import { driverExecutor } from "../../lib/execute/driver_executor.ts";
import { opensshTransport } from "../../lib/execute/transport/openssh.ts";
import { ssh2Transport } from "../../lib/execute/transport/ssh2.ts";
import type { Transport } from "../../lib/execute/transport.ts";
import { run, type Sshd, startSshd } from "../shared/sshd.ts";
import { talk } from "../shared/transport_suite.ts";

type Kind = "ssh2" | "openssh";

interface Given {
  readonly target?: string;
  /** Lines in front of the client configuration. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Without the key of the server's own client configuration. */
  readonly keyless?: true;
}

async function reach(kind: Kind, server: Sshd, given: Given = {}): Promise<Transport> {
  const sshConfig = `${server.dir}/config-${crypto.randomUUID()}`;
  const own = await Deno.readTextFile(server.configFile);
  const common = given.keyless === true ? own.replaceAll(/^ *Identit.*\n/gm, "") : own;
  await Deno.writeTextFile(sshConfig, `${given.config ?? ""}\n${common}`);
  return await connect({ target: "ssh", transport: kind }, given.target ?? server.target, {
    sshConfig,
    env: { ...server.env, ...given.env },
    connectTimeout: 30_000,
  });
}

/** An error that says what to do. */
async function refusal(work: Promise<unknown>): Promise<CharlyError> {
  const error = await work.then(() => undefined, (reason) => reason);
  assert.ok(error instanceof CharlyError, `no error of ours: ${error}`);
  assert.ok((error.hint ?? "").length > 10, `${error.message}: no hint`);
  return error;
}

async function works(connecting: Promise<Transport>): Promise<void> {
  await using transport = await connecting;
  assert.equal((await talk(await transport.open("exit 7"))).code, 7);
}

function both(does: string, body: (kind: Kind) => Promise<void>): void {
  for (const kind of ["ssh2", "openssh"] as const) Deno.test(`connect() ${does} (${kind})`, () => body(kind));
}

async function fingerprintOf(server: Sshd): Promise<string> {
  return (await run("ssh-keygen", ["-lf", `${server.hostKey("ed25519")}.pub`])).split(" ")[1] ?? "";
}

both("tells two unknown hosts that are asked at once apart, asks nobody and writes nothing", async (kind) => {
  await using one = await startSshd();
  await using two = await startSshd();
  for (const server of [one, two]) await Deno.writeTextFile(server.knownHosts, "");
  const errors = await Promise.all([one, two].map((server) => refusal(reach(kind, server))));
  for (const [index, server] of [one, two].entries()) {
    assert.equal(errors[index]?.code, "host-key-unknown");
    assert.ok(errors[index]?.message.includes(await fingerprintOf(server)), errors[index]?.message);
    assert.equal(await Deno.readTextFile(server.knownHosts), "");
  }
});

both("obeys Include and Match of ssh_config", async (kind) => {
  await using server = await startSshd();
  const included = `${server.dir}/included`;
  await Deno.writeTextFile(
    included,
    `Match originalhost web exec "true"\n  HostName 127.0.0.1\n  Port ${server.port}\n  User ${server.user}\n  ProxyJump none\n`,
  );
  await works(
    reach(kind, server, { target: "web", config: `Include ${included}\nMatch all\n  ProxyJump nowhere.invalid` }),
  );
});

both("explains a server that turns connections away (MaxStartups), and is let in when there is room", async (kind) => {
  await using server = await startSshd({ config: ["MaxStartups 1:100:1"] });
  // Somebody who never logs in holds the only place.
  const idle = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await idle.read(new Uint8Array(64)); // the server has begun with it
  try {
    const error = await refusal(reach(kind, server));
    assert.equal(error.code, "cut", error.message);
    assert.match(error.hint ?? "", /MaxStartups/);
  } finally {
    idle.close();
  }
  // The server forgets the other one when it has seen it go.
  for (let attempt = 0;; attempt++) {
    const refused = await reach(kind, server).then((made) => made.close(), (reason) => reason);
    if (refused === undefined) return;
    assert.ok(attempt < 50 && refused.code === "cut", String(refused));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

both("offers the named key first to an agent of twenty, and says what to do where none is named", async (kind) => {
  await using server = await startSshd();
  const keys = await Promise.all(Array.from({ length: 20 }, async (_, index) => {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", `${server.dir}/many${index}`]);
    return `${server.dir}/many${index}`;
  }));
  await using agent = await startAgent(server.dir, [...keys, server.identity]);
  const env = { SSH_AUTH_SOCK: agent.socket };
  // Under another name, so that it is none of those that are looked for anyway.
  for (const end of ["", ".pub"]) await Deno.rename(`${server.identity}${end}`, `${server.dir}/right${end}`);
  const error = await refusal(
    reach(kind, server, { config: "IdentityAgent SSH_AUTH_SOCK", keyless: true, env }),
  );
  assert.equal(error.code, "auth-failed");
  assert.match(error.hint ?? "", /IdentitiesOnly|IdentityFile/);
  const config = `IdentityAgent SSH_AUTH_SOCK\nIdentityFile ${server.dir}/right\nIdentitiesOnly yes`;
  await works(reach(kind, server, { config, keyless: true, env }));
});

both("goes on when the agent dies, and says so when it is needed once more", async (kind) => {
  await using server = await startSshd({ config: ["MaxSessions 1"] });
  const agent = await startAgent(server.dir, [server.identity]);
  await Deno.remove(server.identity);
  await using transport = await reach(kind, server, {
    config: "IdentityAgent SSH_AUTH_SOCK",
    env: { SSH_AUTH_SOCK: agent.socket },
  });
  const first = await transport.open("cat");
  await agent[Symbol.asyncDispose]();
  const writer = first.stdin.getWriter();
  await writer.write(new TextEncoder().encode("still here\n"));
  const { value } = await first.stdout.getReader().read();
  assert.equal(new TextDecoder().decode(value), "still here\n");
  // A second session needs a second connection here, and that a login.
  const second = await transport.open("true").then(async (channel) => ({
    ended: await channel.ended,
    said: await new Response(channel.stderr).text(),
  }), (reason) => reason);
  if (second instanceof CharlyError) assert.equal(second.code, "auth-failed");
  else assert.equal(second.ended.code, undefined, second.said);
  await writer.close();
  assert.equal((await first.ended).code, 0);
});

for (const kind of ["ssh2", "openssh"] as const) {
  const does = kind === "ssh2" ? "points at openssh where only ecdh-nistp521 is offered" : "speaks ecdh-nistp521";
  Deno.test(`connect() ${does} (${kind})`, async () => {
    await using server = await startSshd({ config: ["KexAlgorithms ecdh-sha2-nistp521"] });
    if (kind === "openssh") return await works(reach(kind, server));
    const error = await refusal(reach(kind, server));
    assert.equal(error.code, "no-common-algorithm");
    assert.match(error.hint ?? "", /openssh/);
  });
}

both("carries a file over many new keys (RekeyLimit)", async (kind) => {
  await using server = await startSshd({ config: ["RekeyLimit 1M"] });
  await using transport = await reach(kind, server);
  const channel = await transport.open("cat");
  const bytes = new Uint8Array(8 * 1024 * 1024).map((_, index) => (index * 31 + (index >> 8)) & 255);
  const writing = (async () => {
    const writer = channel.stdin.getWriter();
    for (let at = 0; at < bytes.length; at += 65_536) await writer.write(bytes.subarray(at, at + 65_536));
    await writer.close();
  })();
  const back = new Uint8Array(await new Response(channel.stdout).arrayBuffer());
  await writing;
  assert.equal(back.length, bytes.length);
  assert.ok(back.every((byte, index) => byte === bytes[index]), "other bytes came back");
  assert.equal((await channel.ended).code, 0);
});

both("gives up on a server whose greeting never ends", async (kind) => {
  await using server = await startSshd();
  using slow = slowLoris();
  const error = await refusal(reach(kind, server, { target: `127.0.0.1:${slow.port}`, config: "ConnectTimeout 2" }));
  assert.ok(["timeout", "not-ssh", "cut"].includes(String(error.code)), `${error.code}: ${error.message}`);
});

both("fails the writer of a server that reads no more", async (kind) => {
  await using server = await startSshd();
  const shared = { configFile: server.configFile, env: server.env };
  await using transport = kind === "ssh2"
    ? await ssh2Transport(server.target, { ...shared, keepalive: 1500 })
    : await opensshTransport(server.target, { ...shared, keepalive: 2000 });
  const channel = await transport.open("cat >/dev/null");
  const goOn = await server.freeze();
  try {
    const writer = channel.stdin.getWriter();
    await assert.rejects(async () => {
      for (;;) await writer.write(new Uint8Array(65_536));
    });
    assert.equal((await channel.ended).code, undefined);
  } finally {
    goOn();
  }
});

both("says what a forced command does to it, in bounded time", async (kind) => {
  for (
    const [command, code, words] of [
      ["echo only this", "no-hello", /login shell ended/],
      ["internal-sftp", "no-hello", /login shell ended/],
      ["sleep 600", "hello-timeout", /did not answer in time/],
    ] as const
  ) {
    await using server = await startSshd({ config: [`ForceCommand ${command}`] });
    await using executor = driverExecutor(await reach(kind, server), {
      helloTimeout: code === "hello-timeout" ? 3000 : 60_000,
    });
    const error = await refusal(executor.probe("user"));
    assert.equal(error.code, code, `${command}: ${error.message}`);
    assert.match(error.message, words);
  }
});

both("works behind a restricted shell that finds sh, and without an sftp subsystem", async (kind) => {
  await using server = await startSshd({ shell: "/bin/rbash" });
  await using executor = driverExecutor(await reach(kind, server));
  assert.match(await executor.probe("user"), /^shell=\/bin\/rbash$/m);
});

/** An identification that comes a byte at a time and never ends. */
function slowLoris(): { port: number } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.TcpConn[] = [];
  let over = false;
  (async () => {
    for await (const connection of listener) {
      open.push(connection);
      (async () => {
        for (const letter of "SSH-2.0-slow") await connection.write(new TextEncoder().encode(letter));
        while (!over) {
          await connection.write(new TextEncoder().encode("w"));
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      })().catch(() => {}); // the client has seen enough
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    [Symbol.dispose]() {
      over = true;
      listener.close();
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // it was closed over there
        }
      }
    },
  };
}

async function startAgent(dir: string, keys: readonly string[]): Promise<{ socket: string } & AsyncDisposable> {
  const socket = `${dir}/agent-${crypto.randomUUID().slice(0, 8)}`;
  const agent = new Deno.Command("ssh-agent", { args: ["-D", "-a", socket], stdout: "piped", stderr: "null" }).spawn();
  const reader = agent.stdout.getReader();
  await reader.read(); // it prints its socket once it listens
  await reader.cancel();
  for (const key of keys) await runWith({ SSH_AUTH_SOCK: socket }, "ssh-add", ["-q", key]);
  return {
    socket,
    async [Symbol.asyncDispose]() {
      agent.kill("SIGTERM");
      await agent.status;
    },
  };
}

async function runWith(env: Readonly<Record<string, string>>, program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args], env: { ...env } }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
