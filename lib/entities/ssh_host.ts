/** Hosts as bundles name them. */
import { CharlyError } from "../base/errors.ts";
import { readSshAddress, type SshAddress, sshAddressHint } from "../base/ssh_address.ts";

/**
 * Takes a host apart. A bare IPv6 literal has no port.
 *
 * @param text `[user@]host[:port]`
 * @throws {CharlyError} `bad-host` when it could never be a host
 */
export function parseSshHost(text: string): SshAddress {
  const read = readSshAddress(text);
  if (typeof read !== "string") return read;
  throw new CharlyError(`read SSH host ${JSON.stringify(text)}: ${read}`, {
    hint: sshAddressHint,
    code: "bad-host",
    exitCode: 2,
  });
}
