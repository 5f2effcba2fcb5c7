/** How a host is written in a bundle: `[user@]host[:port]`, `[v6]:port`, or an alias of the ssh config. */
import { CharlyError } from "../base/errors.ts";

/** A host taken apart; what was not written is absent, so that the ssh config can still say it. */
export interface SshHost {
  /** Login user. */
  readonly user?: string;
  /** Name, address (IPv6 without brackets) or ssh-config alias. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port?: number;
}

const hint = "write `host`, `user@host`, `host:2222` or `user@[2001:db8::1]:2222`";
// A leading dash would be an option of ssh; the other characters are those ssh itself refuses.
// deno-lint-ignore no-control-regex -- they are what is looked for
const unusable = /^-|[\s'"`$\\;&<>|(){}\x00-\x1f\x7f]/;

/**
 * Takes a host apart. A bare IPv6 literal has no port.
 *
 * @param text `[user@]host[:port]`
 * @throws {CharlyError} `bad-host` when it could never be a host
 */
export function parseSshHost(text: string): SshHost {
  const bad = (found: string) =>
    new CharlyError(`read SSH host ${JSON.stringify(text)}: ${found}`, { hint, code: "bad-host", exitCode: 2 });
  const at = text.lastIndexOf("@");
  const user = at < 0 ? undefined : text.slice(0, at);
  const place = text.slice(at + 1);
  const match = /^\[([0-9a-f:.]+(?:%\w+)?)\](?::(\d+))?$/i.exec(place) ?? /^([^:[\]]+)(?::(\d+))?$/.exec(place) ??
    /^([0-9a-f.]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%\w+)?)$/i.exec(place);
  if (match === null) throw bad(`found ${JSON.stringify(place)} where a host belongs`);
  const [, host = "", portText] = match;
  if (user === "") throw bad("found nothing before @");
  for (const word of user === undefined ? [host] : [host, user]) {
    if (unusable.test(word)) throw bad(`found ${JSON.stringify(word)}, which no host or user is called`);
  }
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port < 1 || port > 65535)) throw bad(`found port ${portText}`);
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}
