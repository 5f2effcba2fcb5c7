/** The executor suite over real SSH: the ssh2 library, and the system's ssh to a server that allows one session a connection. */
import { connect } from "../../lib/execute/connect.ts";
import { driverExecutor } from "../../lib/execute/driver_executor.ts";
import { type ExecutorSubject, executorSuite } from "../shared/executor_suite.ts";
import { startSshd } from "../shared/sshd.ts";
import type { SshdOptions } from "../shared/sshd.ts";

async function over(transport: "ssh2" | "openssh", options: SshdOptions): Promise<ExecutorSubject> {
  const server = await startSshd(options);
  const executor = driverExecutor(
    await connect({ target: "ssh", transport }, server.target, { sshConfig: server.configFile, env: server.env }),
  );
  return {
    executor,
    async [Symbol.asyncDispose]() {
      await executor.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

executorSuite("driverExecutor() over ssh2", () => over("ssh2", { shell: "/bin/bash" }));
executorSuite("driverExecutor() over openssh", () => over("openssh", { config: ["MaxSessions 1"] }));
