/** The executor suite in nested venues: behind another SSH server, and in a container that has nothing but BusyBox. */
import { connect } from "../../lib/execute/connect.ts";
import { driverExecutor } from "../../lib/execute/driver_executor.ts";
import { localTransport } from "../../lib/execute/transport/local.ts";
import { nestedTransport } from "../../lib/execute/transport/nested.ts";
import { startContainer } from "../shared/container.ts";
import { executorSuite } from "../shared/executor_suite.ts";
import { startSshd } from "../shared/sshd.ts";

executorSuite("driverExecutor() in ssh in ssh", async () => {
  const outer = await startSshd(), inner = await startSshd();
  // the outer machine's user gets a key and a known_hosts for the inner one, as an admin would set it up
  const ssh = `${outer.home}/.ssh`;
  await Deno.mkdir(ssh, { mode: 0o700 });
  await Deno.copyFile(inner.identity, `${ssh}/id_ed25519`);
  await Deno.copyFile(inner.knownHosts, `${ssh}/known_hosts`);
  const owner = await Deno.stat(outer.home);
  for (const file of [ssh, `${ssh}/id_ed25519`, `${ssh}/known_hosts`]) await Deno.chown(file, owner.uid, owner.gid);
  await Deno.chmod(`${ssh}/id_ed25519`, 0o600);
  const executor = driverExecutor(nestedTransport(
    await connect({ target: "ssh" }, outer.target, { sshConfig: outer.configFile, env: outer.env }),
    { via: "ssh", name: inner.target },
  ));
  return {
    executor,
    async [Symbol.asyncDispose]() {
      await executor.close();
      await outer[Symbol.asyncDispose]();
      await inner[Symbol.asyncDispose]();
    },
  };
});

executorSuite("driverExecutor() in podman exec", async () => {
  const container = await startContainer();
  const executor = driverExecutor(
    nestedTransport(localTransport({ env: container.env }), { via: "podman-exec", name: container.name }),
  );
  return {
    executor,
    async [Symbol.asyncDispose]() {
      await executor.close();
      await container[Symbol.asyncDispose]();
    },
  };
});
