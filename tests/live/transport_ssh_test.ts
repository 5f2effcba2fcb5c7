/** The suite over real SSH: the ssh2 library, the system's ssh with and without a shared connection, and MaxSessions 1. */
import { connect } from "../../lib/execute/connect.ts";
import { startSshd } from "../shared/sshd.ts";
import { type TransportSubject, transportSuite } from "../shared/transport_suite.ts";
import type { Sshd, SshdOptions } from "../shared/sshd.ts";
import type { Transport } from "../../lib/execute/transport.ts";

async function over(options: SshdOptions, open: (server: Sshd) => Promise<Transport>): Promise<TransportSubject> {
  const server = await startSshd(options);
  try {
    const transport = await open(server);
    return {
      transport,
      cut: () => server.cut(),
      async [Symbol.asyncDispose]() {
        await transport.close();
        await server[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

transportSuite(
  "ssh2Transport()",
  () =>
    over(
      { banner: "WELCOME, Permission denied (publickey).\n" },
      (server) => connect({ target: "ssh" }, server.target, { sshConfig: server.configFile, env: server.env }),
    ),
);

transportSuite(
  "ssh2Transport() with MaxSessions 1",
  () =>
    over(
      { config: ["MaxSessions 1"] },
      (server) => connect({ target: "ssh" }, server.target, { sshConfig: server.configFile, env: server.env }),
    ),
);

transportSuite(
  "opensshTransport()",
  () =>
    over(
      { banner: "WELCOME, Permission denied (publickey).\n" },
      (server) =>
        connect({ target: "ssh", transport: "openssh" }, server.target, {
          sshConfig: server.configFile,
          env: server.env,
        }),
    ),
);

transportSuite(
  "opensshTransport() with MaxSessions 1",
  () =>
    over({ config: ["MaxSessions 1"] }, (server) =>
      connect({ target: "ssh", transport: "openssh" }, server.target, {
        sshConfig: server.configFile,
        env: server.env,
      })),
);
