/** Every way a connection can fail, as one error with a hint each; ssh2 and the system's ssh share them. */
import { CharlyError } from "../../base/errors.ts";
import type { ConnectFailure } from "../transport.ts";

/** A {@link CharlyError} whose `code` is one of {@link ConnectFailure}. */
export function connectError(
  code: ConnectFailure,
  venue: string,
  found: string,
  hint: string,
  cause?: unknown,
): CharlyError {
  return new CharlyError(`connect to ${venue}: ${found}`, {
    code,
    hint,
    ...(code === "config" ? { exitCode: 2 as const } : {}),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The address as one writes it: `host`, `host:2222`, `[::1]:2222`. */
export function hostAndPort(host: string, port?: number): string {
  const shown = host.includes(":") ? `[${host}]` : host;
  return port === undefined ? shown : `${shown}:${port}`;
}

/** Text of the far side or of a tool, made fit for one line of a terminal. */
export function shown(text: string, length = 200): string {
  // deno-lint-ignore no-control-regex -- control characters are what must not reach the terminal
  const clean = text.replace(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  return clean.length > length ? `${clean.slice(0, length)}…` : clean;
}

/** What a server that has too many logins under way says instead of its name. */
export function turnedAway(venue: string, said: string): CharlyError | undefined {
  if (!/^Exceeded MaxStartups/m.test(said)) return undefined;
  return connectError(
    "cut",
    venue,
    "the server turns connections away: too many are being made at once (Exceeded MaxStartups)",
    "try again in a moment with fewer hosts at once (--parallel), or raise MaxStartups in its sshd_config",
  );
}

/** The error for a socket that could not be opened (`errno` words of the system). */
export function socketError(venue: string, host: string, port: number, error: unknown): CharlyError {
  const code = (error as { code?: string })?.code ?? "";
  const text = error instanceof Error ? error.message : String(error);
  const at = hostAndPort(host, port);
  if (code === "ECONNREFUSED" || /refused/i.test(text)) {
    return connectError(
      "unreachable",
      venue,
      `${at} refused the connection`,
      `start the SSH server there, or set the right port`,
      error,
    );
  }
  if (
    code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "EAI_NONAME" || /getaddrinfo|resolve|lookup/i.test(text)
  ) {
    return connectError(
      "unreachable",
      venue,
      `the name ${host} does not resolve`,
      `check the spelling with \`getent hosts ${host}\`, or add a Host block with HostName to ~/.ssh/config`,
      error,
    );
  }
  if (code === "ETIMEDOUT") {
    return connectError(
      "timeout",
      venue,
      `${at} did not answer`,
      `check that the machine is up and that no firewall drops port ${port}`,
      error,
    );
  }
  if (code === "ENETUNREACH" || code === "EHOSTUNREACH" || /unreachable|no route/i.test(text)) {
    return connectError(
      "unreachable",
      venue,
      `no route to ${at}`,
      `check network, VPN and address with \`ip route get ${host}\``,
      error,
    );
  }
  return connectError("unreachable", venue, `${at}: ${shown(text)}`, `try \`ssh -v -p ${port} ${host}\``, error);
}
