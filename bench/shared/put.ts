/** One file to one host, as a program: `put.ts <ssh2|openssh> <host> <file> <path there> <sha256> <ssh_config>`. */
import { connect } from "../../lib/execute/connect.ts";
import { driverExecutor } from "../../lib/execute/driver_executor.ts";
import { fileSource } from "../../lib/execute/file_source.ts";

const [transport, host, file, path, sha256, sshConfig] = Deno.args as [string, string, string, string, string, string];
await using executor = driverExecutor(
  await connect({ target: "ssh", transport: transport === "openssh" ? "openssh" : "ssh2" }, host, { sshConfig }),
);
await executor.put(path, await fileSource(file), { level: "user", mode: "0644", sha256 });
