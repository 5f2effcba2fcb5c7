/** Hosts as transports are given them: as bundles name them, and `ssh://user@host:port` (ProxyJump of ssh_config knows it). */
import { readSshAddress, type SshAddress, sshAddressHint } from "../../base/ssh_address.ts";
import { connectError } from "./failure.ts";

export type { SshAddress };

/** Parses an address. Throws `config` for what could never be one. */
export function parseSshAddress(text: string): SshAddress {
  const read = readSshAddress(text.startsWith("ssh://") ? text.slice(6).replace(/\/$/, "") : text);
  if (typeof read === "string") throw connectError("config", text, read, sshAddressHint);
  return read;
}
