/** How a host is written: `[user@]host[:port]`, `[v6]:port`, `ssh://user@host:port`, or an alias of ssh_config. */
import { connectError } from "./failure.ts";

/** A parsed address; what was not written is absent, so that ssh_config can say it. */
export interface SshAddress {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

/** Parses an address. A bare IPv6 literal has no port. Throws `config` for what could never be one. */
export function parseSshAddress(text: string): SshAddress {
  const bad = (found: string) =>
    connectError("config", text, found, "write `host`, `user@host`, `host:2222` or `user@[2001:db8::1]:2222`");
  const rest = text.startsWith("ssh://") ? text.slice(6).replace(/\/$/, "") : text;
  const at = rest.lastIndexOf("@");
  const user = at < 0 ? undefined : rest.slice(0, at);
  const place = rest.slice(at + 1);
  const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(place) ?? /^([^:]+)(?::(\d+))?$/.exec(place) ??
    /^([0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(?:%\w+)?)$/.exec(place);
  if (match === null) throw bad(`found ${JSON.stringify(place)} where a host belongs`);
  const [, host = "", portText] = match;
  if (user === "") throw bad("found nothing before @");
  // ssh would take a leading dash as an option, and its own list of forbidden characters is this one
  for (const word of [host, user ?? "u"]) {
    // deno-lint-ignore no-control-regex -- they are what is looked for
    if (word.startsWith("-") || /[\s'"`$\\;&<>|(){}\x00-\x1f]/.test(word)) {
      throw bad(`found ${JSON.stringify(word)}, which no host or user is called`);
    }
  }
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port < 1 || port > 65535)) throw bad(`found port ${port}`);
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}
