/** One SSH handshake over a byte stream: host key judged, keys offered, every failure named. */
// @ts-types="npm:@types/ssh2@1.15.6"
import ssh2 from "ssh2";
import type { AnyAuthMethod, AuthenticationType, Client } from "ssh2";
import type { Duplex } from "node:stream";
import { Deadline } from "./deadline.ts";
import { connectError, shown, turnedAway } from "./failure.ts";
import { type HostKeyVerdict, keyscanCommand, KnownHosts } from "./known_hosts.ts";
import { fingerprint, knownHostsLine, knownHostsName } from "./known_hosts.ts";
import { type AskPassphrase, type KeyOffer, keyOffers } from "./ssh2_auth.ts";
import type { SshSettings } from "./ssh_config.ts";

/** What a handshake needs. */
export interface Handshake {
  readonly stream: Duplex;
  readonly settings: SshSettings;
  readonly venue: string;
  /** Milliseconds for everything up to and including authentication; stands still while a passphrase is asked for. */
  readonly timeout: number;
  readonly keepalive: number;
  readonly prepared: Prepared;
  /** The error of the way itself (a proxy that ended), which wins over "cut". */
  readonly wayFailure?: () => Error | undefined;
}

/** Host key algorithms ssh2 speaks, in the order we like them, with the key type each belongs to. */
const hostKeyAlgorithms = [
  ["ssh-ed25519", "ssh-ed25519"],
  ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"],
  ["ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"],
  ["ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"],
  ["rsa-sha2-512", "ssh-rsa"],
  ["rsa-sha2-256", "ssh-rsa"],
] as const;

/** What is read from this machine before the connection is opened: a socket must not wait for files with nobody listening. */
export interface Prepared {
  readonly known: KnownHosts;
  readonly offers: readonly KeyOffer[];
  /** Why keys could not be used; grows while they are tried. */
  readonly notes: string[];
  /** The name and port under which the host stands in known_hosts. */
  readonly name: string;
  readonly port: number;
  /** Set while a handshake runs, so that its deadline stands still when somebody types a passphrase. */
  pausing: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Reads known_hosts, the agent and the identity files. */
export async function prepare(settings: SshSettings, venue: string, ask: AskPassphrase): Promise<Prepared> {
  const name = settings.hostKeyAlias ?? settings.hostName;
  const port = settings.hostKeyAlias === undefined ? settings.port : 22;
  const known = await KnownHosts.read(settings.knownHostsFiles);
  const authorities = known.onlyAuthorities(name, port);
  if (authorities.length > 0) {
    throw connectError(
      "config",
      venue,
      `only a certificate authority vouches for ${name} (${authorities[0]}), and ssh2 cannot check host certificates`,
      `use \`transport: "openssh"\` for this host, or pin its own key: ${
        keyscanCommand(settings.hostName, settings.port)
      }`,
    );
  }
  const notes: string[] = [];
  const prepared: Prepared = {
    known,
    notes,
    name,
    port,
    pausing: (work) => work(),
    offers: await keyOffers(settings, (file) => prepared.pausing(() => ask(file)), notes),
  };
  return prepared;
}

/** Shakes hands; resolves with a client that is logged in. */
export async function handshake(request: Handshake): Promise<Client> {
  const { settings, venue, stream, prepared } = request;
  const { known, notes, name, port } = prepared;
  const offers = [...prepared.offers];
  const client = new ssh2.Client();
  let verdict: { result: HostKeyVerdict; key: Uint8Array } | undefined;
  let methods: readonly string[] = [], tried = 0, askedNone = false, negotiated = false;
  const labels: string[] = [];
  const greeting = watchGreeting(stream);
  const { promise, resolve, reject } = Promise.withResolvers<Client>();

  const fail = (error: unknown) => {
    deadline.stop();
    reject(explain(error));
    client.on("error", () => {}); // what follows is the echo of this failure
    client.end();
    stream.destroy();
  };
  const deadline = new Deadline(request.timeout, () => fail(lateness));
  prepared.pausing = (work) => deadline.pausedFor(work);
  const explain = (error: unknown): Error => {
    const way = request.wayFailure?.();
    if (verdict !== undefined && verdict.result.verdict !== "known") {
      return hostKeyError(verdict.result, verdict.key, name, port, settings, venue);
    }
    if (tried > 0 || askedNone || (error as { level?: string })?.level === "client-authentication") {
      if (error !== lateness) return authError(venue, settings, methods, labels, notes, error);
    }
    const away = turnedAway(venue, greeting.text());
    if (away !== undefined) return away;
    if (greeting.isSsh() === false) {
      return connectError(
        "not-ssh",
        venue,
        `found ${
          greeting.text() === "" ? "no SSH server" : JSON.stringify(shown(greeting.text(), 60))
        } where an SSH server belongs`,
        `check the port (${settings.port})`,
        error,
      );
    }
    if (error === lateness) {
      return connectError(
        "timeout",
        venue,
        `the server did not finish ${negotiated ? "authentication" : "the handshake"} within ${
          request.timeout / 1000
        } s`,
        "check the load of the machine, or raise ConnectTimeout in ~/.ssh/config",
      );
    }
    if (way !== undefined) return way;
    const text = error instanceof Error ? error.message : "the connection ended";
    if (/no matching/i.test(text)) {
      return connectError(
        "no-common-algorithm",
        venue,
        text.replace("Handshake failed: ", ""),
        `use \`transport: "openssh"\` for this host, or allow a current algorithm in its sshd_config`,
        error,
      );
    }
    return connectError(
      "cut",
      venue,
      `the connection was cut ${negotiated ? "before the login" : "during the handshake"} (${shown(text)})`,
      `try again; if it stays so, look at the log of sshd there (MaxStartups, tcp wrappers, fail2ban)`,
      error,
    );
  };

  client.once("ready", () => {
    deadline.stop();
    resolve(client);
  });
  client.once("handshake", () => negotiated = true);
  client.on("error", (error) => {
    if ((error as { level?: string }).level === "agent") notes.push(error.message); // the next key follows
    else fail(error);
  });
  client.once("close", () => fail(new Error("the connection ended")));

  const types = known.keyTypes(name, port);
  const order = [...hostKeyAlgorithms].sort((left, right) => rank(types, left[1]) - rank(types, right[1]));
  client.connect({
    sock: stream,
    username: settings.user,
    readyTimeout: 0, // our own deadline, which can stand still
    keepaliveInterval: request.keepalive,
    keepaliveCountMax: 3,
    algorithms: {
      // under Deno chacha20 is the fastest cipher of ssh2; ecdh-sha2-nistp521 fails there ("invalid curve"), so it is not offered
      cipher: [
        "chacha20-poly1305@openssh.com" as never,
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
      ],
      kex: [
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "diffie-hellman-group-exchange-sha256",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group18-sha512",
        "diffie-hellman-group14-sha256",
      ],
      serverHostKey: order.map(([algorithm]) => algorithm as never),
    },
    // without a verifier ssh2 takes every key silently
    hostVerifier: (key: Uint8Array) => {
      verdict = { result: known.judge(name, port, key), key: key.slice() };
      return verdict.result.verdict === "known";
    },
    authHandler:
      ((left: AuthenticationType[] | null, _partial: boolean, next: (method: AnyAuthMethod | false) => void) => {
        if (left !== null) methods = left;
        const nextOffer = async (): Promise<AnyAuthMethod | false> => {
          if (methods.length > 0 && !methods.includes("publickey")) return false;
          for (let offer = offers.shift(); offer !== undefined; offer = offers.shift()) {
            const agent = await offer.agent();
            if (agent === undefined) continue;
            labels.push(offer.label);
            tried++;
            return { type: "agent", username: settings.user, agent };
          }
          // ssh2 forgets the server's list after an agent key; `none` makes the server say once more what it would take
          if (methods.length > 0 || askedNone) return false;
          askedNone = true;
          return { type: "none", username: settings.user };
        };
        nextOffer().then(next, fail);
        // deno-lint-ignore no-explicit-any -- the declared handler type knows no asynchronous answer
      }) as any,
  });
  return await promise;
}

const lateness = new Error("late");

function rank(types: readonly string[], type: string): number {
  const index = types.indexOf(type);
  return index < 0 ? types.length : index;
}

/** Watches the first bytes of a stream: is an SSH server speaking? */
function watchGreeting(stream: Duplex): { isSsh(): boolean | undefined; text(): string } {
  let text = "", seen: boolean | undefined;
  const decoder = new TextDecoder("latin1");
  const look = (bytes: Uint8Array) => {
    text += decoder.decode(bytes.subarray(0, 4096));
    if (/(^|\n)SSH-/.test(text)) seen = true;
    else if (text.length > 0) seen = false;
    if (seen === true || text.length > 65536) stream.off("data", look);
  };
  stream.on("data", look);
  return { isSsh: () => seen, text: () => text };
}

function hostKeyError(
  result: HostKeyVerdict,
  key: Uint8Array,
  name: string,
  port: number,
  settings: SshSettings,
  venue: string,
): Error {
  const line = knownHostsLine(name, port, key);
  const type = line.split(" ")[1];
  const file = settings.knownHostsFiles[0] ?? "~/.ssh/known_hosts";
  switch (result.verdict) {
    case "revoked":
      return connectError(
        "host-key-revoked",
        venue,
        `its ${type} key ${fingerprint(key)} is revoked (${result.at})`,
        "do not connect; give the host a new key and publish that one",
      );
    case "changed":
      return connectError(
        "host-key-changed",
        venue,
        `its ${type} key is now ${fingerprint(key)}, but ${result.at} holds another one`,
        `ask the owner of the host; if the change is right: ssh-keygen -f ${file} -R '${
          knownHostsName(name, port)
        }', then add the line: ${line}`,
      );
    default: {
      const other = result.verdict === "unknown" ? result.otherTypes[0] : undefined;
      const known = other === undefined ? "" : `; only its ${other.type} key is known (${other.at})`;
      return connectError(
        "host-key-unknown",
        venue,
        `its ${type} key ${fingerprint(key)} is not in known_hosts${known}`,
        `compare the fingerprint with the host's owner (\`${
          keyscanCommand(settings.hostName, settings.port)
        } | ssh-keygen -lf -\`), then add this line to ${file}: ${line}`,
      );
    }
  }
}

function authError(
  venue: string,
  settings: SshSettings,
  methods: readonly string[],
  labels: readonly string[],
  notes: readonly string[],
  cause: unknown,
): Error {
  const offered = labels.length === 0 ? "there was no key to offer" : `tried ${labels.join(", ")}`;
  const takes = methods.length === 0 ? "" : `; the server takes ${methods.join(", ")}`;
  const said = notes.length === 0 ? "" : `; ${[...new Set(notes)].join("; ")}`;
  const encrypted = notes.find((note) => note.includes("is encrypted"));
  return connectError(
    "auth-failed",
    venue,
    `login as ${settings.user} was refused: ${offered}${takes}${said}`,
    encrypted !== undefined
      ? `run \`ssh-add ${encrypted.split(":")[0]}\``
      : labels.length > 4
      ? "name the right key with IdentityFile and IdentitiesOnly yes in ~/.ssh/config: servers hang up after a few wrong keys"
      : `add the public key to ~${settings.user}/.ssh/authorized_keys there, or name the right one with IdentityFile`,
    cause,
  );
}
