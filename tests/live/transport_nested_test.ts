/** The suite on nested venues: ssh inside ssh, and a container of this machine. */
import { localTransport } from "../../lib/execute/transport/local.ts";
import { connect } from "../../lib/execute/connect.ts";
import { nestedTransport } from "../../lib/execute/transport/nested.ts";
import { startContainer } from "../shared/container.ts";
import { startSshd } from "../shared/sshd.ts";
import { transportSuite } from "../shared/transport_suite.ts";

transportSuite("nestedTransport() of ssh in ssh", async () => {
  const outer = await startSshd();
  const inner = await startSshd();
  // the outer machine's user gets a key and a known_hosts for the inner one, as an admin would set it up
  const ssh = `${outer.home}/.ssh`;
  await Deno.mkdir(ssh, { mode: 0o700 });
  await Deno.copyFile(inner.identity, `${ssh}/id_ed25519`);
  await Deno.copyFile(inner.knownHosts, `${ssh}/known_hosts`);
  const owner = await Deno.stat(outer.home);
  for (const file of [ssh, `${ssh}/id_ed25519`, `${ssh}/known_hosts`]) await Deno.chown(file, owner.uid, owner.gid);
  await Deno.chmod(`${ssh}/id_ed25519`, 0o600);
  const transport = nestedTransport(
    await connect({ target: "ssh" }, outer.target, { sshConfig: outer.configFile, env: outer.env }),
    { via: "ssh", name: inner.target },
  );
  return {
    transport,
    cut: () => outer.cut(),
    async [Symbol.asyncDispose]() {
      await transport.close();
      await outer[Symbol.asyncDispose]();
      await inner[Symbol.asyncDispose]();
    },
  };
});

transportSuite("nestedTransport() of podman exec", async () => {
  const container = await startContainer();
  const transport = nestedTransport(localTransport({ env: container.env }), {
    via: "podman-exec",
    name: container.name,
  });
  return {
    transport,
    async [Symbol.asyncDispose]() {
      await transport.close();
      await container[Symbol.asyncDispose]();
    },
  };
});
