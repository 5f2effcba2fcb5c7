/**
 * What the system's `ssh` says about a connection it could not make, as our errors. It is read from the file of `ssh -E`,
 * where only ssh itself writes: output of the target never gets in. Lines that quote the server start with `debug`.
 */
import type { CharlyError } from "../../base/errors.ts";
import { connectError, hostAndPort, shown, socketError, turnedAway } from "./failure.ts";
import { keyscanCommand, knownHostsName } from "./known_hosts.ts";
import type { SshSettings } from "./ssh_config.ts";

/** The error that the log of a failed `ssh` tells. */
export function explainSshLog(log: string, settings: SshSettings, venue: string): CharlyError {
  const lines = log.split(/\r?\n/);
  const said = lines.filter((line) => line !== "" && !line.startsWith("debug"));
  const find = (pattern: RegExp, where: readonly string[] = said): RegExpExecArray | undefined => {
    for (const line of where) {
      const match = pattern.exec(line);
      if (match !== null) return match;
    }
    return undefined;
  };
  const host = settings.hostKeyAlias ?? settings.hostName;
  const port = settings.hostKeyAlias === undefined ? settings.port : 22;
  const key = find(/^debug1: Server host key: (\S+) (SHA256:\S+)/, lines);
  const shownKey = key === undefined ? "its host key" : `its ${key[1]} key ${key[2]}`;
  const file = settings.knownHostsFiles[0] ?? "~/.ssh/known_hosts";

  if (find(/REVOKED HOST KEY DETECTED|^Host key \S+ for host .* is revoked|is marked as revoked/) !== undefined) {
    const at = find(/^Offending .*key .*in (\S+:\d+)/) ?? find(/[Ff]ound in (\S+:\d+)/);
    return connectError(
      "host-key-revoked",
      venue,
      `${shownKey} is revoked${at === undefined ? "" : ` (${at[1]})`}`,
      "do not connect; give the host a new key and publish that one",
    );
  }
  if (find(/REMOTE HOST IDENTIFICATION HAS CHANGED/) !== undefined) {
    const at = find(/^Offending .*key in (\S+:\d+)/);
    return connectError(
      "host-key-changed",
      venue,
      `${shownKey} is not the one that ${at?.[1] ?? "known_hosts"} holds`,
      `ask the owner of the host; if the change is right: ssh-keygen -f ${file} -R '${
        knownHostsName(host, port)
      }', then add the new key`,
    );
  }
  if (find(/^No .* host key is known for |^Host key verification failed/) !== undefined) {
    return connectError(
      "host-key-unknown",
      venue,
      `${shownKey} is not in known_hosts`,
      `compare the fingerprint with the host's owner (\`${
        keyscanCommand(settings.hostName, settings.port)
      } | ssh-keygen -lf -\`), then append that output to ${file}`,
    );
  }
  const negotiate = find(/^Unable to negotiate with .*: (no matching .*)$/);
  if (negotiate !== undefined) {
    return connectError(
      "no-common-algorithm",
      venue,
      shown(negotiate[1] ?? ""),
      "allow a current algorithm in the server's sshd_config",
    );
  }
  const denied = find(/^\S+: Permission denied \((.*)\)\.$/) ??
    find(/^Received disconnect from \S+ port \d+:2: Too many authentication failures/);
  if (denied !== undefined) {
    const tried = lines.map((line) => /^debug1: Offering public key: (.*)$/.exec(line)?.[1]).filter((found) =>
      found !== undefined
    );
    return connectError(
      "auth-failed",
      venue,
      `login as ${settings.user} was refused: ${
        tried.length === 0 ? "there was no key to offer" : `tried ${tried.map((found) => shown(found)).join(", ")}`
      }${denied[1] === undefined ? "" : `; the server takes ${denied[1].replaceAll(",", ", ")}`}`,
      tried.length > 4
        ? "name the right key with IdentityFile and IdentitiesOnly yes in ~/.ssh/config: servers hang up after a few wrong keys"
        : `add the public key to ~${settings.user}/.ssh/authorized_keys there, load encrypted keys with ssh-add, or name the right one with IdentityFile`,
    );
  }
  const proxied = settings.proxyJump !== undefined || settings.proxyCommand !== undefined;
  const ended = find(
    /^kex_exchange_identification: (.*)$|^(Connection (?:closed|reset|to) .*)$|^(ssh_exchange_identification: .*)$/,
  );
  const socket = find(/^ssh: connect to host \S+ port \d+: (.*)$/);
  if (socket !== undefined && !proxied) {
    const timedOut = /timed out/i.test(socket[1] ?? "");
    const error = Object.assign(new Error(socket[1]), timedOut ? { code: "ETIMEDOUT" } : {});
    return socketError(venue, settings.hostName, settings.port, error);
  }
  if (find(/^ssh: Could not resolve hostname /) !== undefined && !proxied) {
    return socketError(
      venue,
      settings.hostName,
      settings.port,
      Object.assign(new Error("no such name"), { code: "ENOTFOUND" }),
    );
  }
  const away = lines.flatMap((line) =>
    /^debug1: kex_exchange_identification: banner line \d+: (.*)$/.exec(line)?.[1] ?? []
  )
    .map((line) => turnedAway(venue, line)).find((error) => error !== undefined);
  if (away !== undefined && !proxied) return away;
  const garbage = find(/^debug1: kex_exchange_identification: banner line \d+: (.*)$/, lines);
  if (
    garbage !== undefined ||
    find(/^(kex_exchange_identification|banner exchange): .*(banner line|invalid)/) !== undefined
  ) {
    return connectError(
      "not-ssh",
      venue,
      `found ${JSON.stringify(shown(garbage?.[1] ?? "other bytes", 60))} where an SSH server belongs`,
      `check the port (${settings.port})`,
    );
  }
  if (proxied && !lines.some((line) => line.startsWith("debug1: Remote protocol version"))) {
    return connectError(
      "proxy-failed",
      venue,
      `the way through ${settings.proxyJump ?? settings.proxyCommand} gave no connection${
        ended === undefined ? "" : ` (${shown(ended[0])})`
      }`,
      `try it by hand: \`ssh -v ${settings.alias}\``,
    );
  }
  if (find(/timed out/i) !== undefined) {
    return connectError(
      "timeout",
      venue,
      `${hostAndPort(settings.hostName, settings.port)} did not answer in time`,
      "check the machine and the firewall, or raise ConnectTimeout in ~/.ssh/config",
    );
  }
  if (find(/Bad configuration option|^\S+ line \d+: |^command-line line/) !== undefined) {
    return connectError("config", venue, shown(said.at(-1) ?? ""), "mend ~/.ssh/config at the line it names");
  }
  return connectError(
    "cut",
    venue,
    `the connection was cut (${shown(ended?.[0] ?? said.at(-1) ?? "ssh said nothing")})`,
    "try again; if it stays so, look at the log of sshd there (MaxStartups, fail2ban)",
  );
}
