/** How a host is written: `[user@]host[:port]`, `[v6]:port`, or an alias of the ssh config. One grammar for configs and transports. */

/** A host taken apart; what was not written is absent, so that the ssh config can still say it. */
export interface SshAddress {
  /** Login user. */
  readonly user?: string;
  /** Name, address (IPv6 without brackets) or ssh-config alias. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port?: number;
}

/** What to write instead. */
export const sshAddressHint = "write `host`, `user@host`, `host:2222` or `user@[2001:db8::1]:2222`";

// A leading dash would be an option of ssh; the other characters are those ssh itself refuses.
// deno-lint-ignore no-control-regex -- they are what is looked for
const unusable = /^-|[\s'"`$\\;&<>|(){}\x00-\x1f\x7f]/;

/**
 * Takes a host apart. A bare IPv6 literal has no port.
 *
 * @param text `[user@]host[:port]`
 * @returns the parts, or in words what was found that could never be a host
 */
export function readSshAddress(text: string): SshAddress | string {
  const at = text.lastIndexOf("@");
  const user = at < 0 ? undefined : text.slice(0, at);
  const place = text.slice(at + 1);
  const match = /^\[([0-9a-f:.]+(?:%\w+)?)\](?::(\d+))?$/i.exec(place) ?? /^([^:[\]]+)(?::(\d+))?$/.exec(place) ??
    /^([0-9a-f.]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%\w+)?)$/i.exec(place);
  if (match === null) return `found ${JSON.stringify(place)} where a host belongs`;
  const [, host = "", portText] = match;
  if (user === "") return "found nothing before @";
  const odd = [host, ...user === undefined ? [] : [user]].find((word) => unusable.test(word));
  if (odd !== undefined) return `found ${JSON.stringify(odd)}, which no host or user is called`;
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port < 1 || port > 65535)) return `found port ${portText}`;
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}
