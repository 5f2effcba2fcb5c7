/** The executor suite on this machine, and through a recording one. */
import { driverExecutor } from "../../lib/execute/driver_executor.ts";
import type { DeployExecutor } from "../../lib/execute/executor.ts";
import { recordingExecutor } from "../../lib/execute/recording.ts";
import { localTransport } from "../../lib/execute/transport/local.ts";
import { type ExecutorSubject, executorSuite } from "../shared/executor_suite.ts";
import { tempDir } from "../shared/tmp.ts";

async function inHome(wrap: (executor: DeployExecutor) => DeployExecutor): Promise<ExecutorSubject> {
  const home = await tempDir();
  const env = { HOME: home.path, PATH: Deno.env.get("PATH") ?? "" };
  const executor = wrap(driverExecutor(localTransport({ env, home: home.path })));
  return {
    executor,
    async [Symbol.asyncDispose]() {
      await executor.close();
      await home[Symbol.asyncDispose]();
    },
  };
}

executorSuite("driverExecutor() on this machine", () => inHome((executor) => executor));
executorSuite("recordingExecutor()", () => inHome(recordingExecutor));
