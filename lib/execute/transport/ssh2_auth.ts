/** Who we are: keys of the agent and of identity files, offered one by one in the order of OpenSSH. */
import { Buffer } from "node:buffer";
// @ts-types="npm:@types/ssh2@1.15.6"
import ssh2 from "ssh2";
import type { ParsedKey } from "ssh2";
import { within } from "./deadline.ts";
import { fullLength } from "./ecdsa_key.ts";
import { fingerprint, globMatches } from "./known_hosts.ts";
import type { SshSettings } from "./ssh_config.ts";

/** One key that may be offered. */
export interface KeyOffer {
  /** How messages call it. */
  readonly label: string;
  /** An agent that holds exactly this key; undefined when the key could not be read (noted). */
  agent(): Promise<InstanceType<typeof ssh2.BaseAgent> | undefined>;
}

/** Asks for the passphrase of an identity file; undefined when nobody is there to answer. */
export type AskPassphrase = (file: string) => Promise<string | undefined>;

interface IdentityFile {
  readonly path: string;
  readonly private: Buffer | undefined;
  readonly public: ParsedKey | undefined;
}

/** The keys to offer; `notes` gathers why a key could not be used. */
export async function keyOffers(settings: SshSettings, ask: AskPassphrase, notes: string[]): Promise<KeyOffer[]> {
  const held = await agentKeys(settings.identityAgent, notes);
  const files = await Promise.all(settings.identityFiles.map((path) => readIdentity(path, notes)));
  const named = (key: ParsedKey) => files.find((file) => file?.public !== undefined && samePublic(file.public, key));
  const fromAgent = held === undefined ? [] : [
    ...held.keys.filter((key) => named(key) !== undefined),
    ...settings.identitiesOnly ? [] : held.keys.filter((key) => named(key) === undefined),
  ].map((key) => agentOffer(held.agent, key));
  const inAgent = (file: IdentityFile) =>
    file.public !== undefined && held?.keys.some((key) => samePublic(key, file.public!)) === true;
  const fromFiles = files.filter((file) => file?.private !== undefined && !inAgent(file))
    .map((file) => fileOffer(file!, ask, notes));
  return [...fromAgent, ...fromFiles];
}

function agentOffer(agent: InstanceType<typeof ssh2.BaseAgent>, key: ParsedKey): KeyOffer {
  return {
    label: `agent key ${fingerprint(key.getPublicSSH())}${key.comment ? ` (${key.comment})` : ""}`,
    agent: () =>
      Promise.resolve(
        oneKeyAgent(key, (data, hash, done) => agent.sign(key, data, hash === undefined ? {} : { hash }, done)),
      ),
  };
}

function fileOffer(file: IdentityFile, ask: AskPassphrase, notes: string[]): KeyOffer {
  let unlocked: Promise<ParsedKey | undefined> | undefined;
  const unlock = () => unlocked ??= unlockIdentity(file, ask, notes);
  return {
    label: file.path,
    async agent() {
      // the passphrase is asked for only once the server has said that it takes this key
      const key = file.public ?? await unlock();
      if (key === undefined) return undefined;
      return oneKeyAgent(key, (data, hash, done) => {
        unlock().then((opened) => {
          if (opened === undefined) return done(new Error(`${file.path} could not be unlocked`));
          const signature = opened.sign(data, hash);
          if (signature instanceof Error) done(signature);
          else done(null, signature);
        }, (error) => done(error));
      });
    },
  };
}

type Sign = (
  data: Buffer,
  hash: "sha1" | "sha256" | "sha512" | undefined,
  done: (error?: Error | null, signature?: Buffer) => void,
) => void;

function oneKeyAgent(key: ParsedKey, sign: Sign): InstanceType<typeof ssh2.BaseAgent> {
  class OneKeyAgent extends ssh2.BaseAgent {
    getIdentities(done: (error?: Error | null, keys?: ParsedKey[]) => void): void {
      done(null, [key]);
    }
    // deno-lint-ignore no-explicit-any -- the overloads of the base class are wider than what ssh2 calls
    sign(...args: any[]): void {
      const [, data, options, done] = typeof args[2] === "function" ? [args[0], args[1], {}, args[2]] : args;
      sign(data, options?.hash, done);
    }
  }
  return new OneKeyAgent();
}

async function agentKeys(
  socket: string | undefined,
  notes: string[],
): Promise<{ agent: InstanceType<typeof ssh2.BaseAgent>; keys: ParsedKey[] } | undefined> {
  if (socket === undefined) return undefined;
  const agent = new ssh2.OpenSSHAgent(socket);
  try {
    const keys = await within(
      new Promise<ParsedKey[]>((resolve, reject) =>
        agent.getIdentities((error, found) =>
          error ? reject(error) : resolve((found ?? []).map((key) => ssh2.utils.parseKey(key as never)).filter(isKey))
        )
      ),
      5000,
      () => new Error("no answer within 5 s"),
    );
    return { agent, keys };
  } catch (error) {
    notes.push(`agent ${socket}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

async function readIdentity(path: string, notes: string[]): Promise<IdentityFile | undefined> {
  const [secret, open] = await Promise.all([read(path), read(`${path}.pub`)]);
  for (const found of [secret, open]) {
    if (found instanceof Error && !(found instanceof Deno.errors.NotFound)) notes.push(`${path}: ${found.message}`);
  }
  const bytes = secret instanceof Error ? undefined : secret;
  const parsed = bytes === undefined ? undefined : ssh2.utils.parseKey(bytes);
  const fromPublic = open instanceof Error ? undefined : ssh2.utils.parseKey(open);
  const fromHeader = bytes === undefined ? undefined : publicPartOf(bytes);
  const known = [parsed, fromHeader, fromPublic].find(isKey);
  if (bytes === undefined && known === undefined) return undefined;
  const isSecret = !(isKey(parsed) && !parsed.isPrivateKey());
  return { path, private: isSecret ? bytes : undefined, public: known };
}

async function unlockIdentity(file: IdentityFile, ask: AskPassphrase, notes: string[]): Promise<ParsedKey | undefined> {
  const plain = ssh2.utils.parseKey(file.private!);
  if (isKey(plain)) return fullLength(plain);
  const text = new TextDecoder().decode(file.private);
  if (!/Encrypted/i.test(plain instanceof Error ? plain.message : "") && !/ENCRYPTED/.test(text)) {
    notes.push(`${file.path}: ${plain instanceof Error ? plain.message : "not a private key"}`);
    return undefined;
  }
  const passphrase = await ask(file.path);
  if (passphrase === undefined) {
    notes.push(
      `${file.path}: is encrypted and no passphrase was given; add it to the agent with \`ssh-add ${file.path}\``,
    );
    return undefined;
  }
  const opened = ssh2.utils.parseKey(file.private!, passphrase);
  if (isKey(opened)) return fullLength(opened);
  notes.push(`${file.path}: the passphrase does not open it`);
  return undefined;
}

/** The public half that an `openssh-key-v1` file carries in the clear. */
function publicPartOf(bytes: Uint8Array): ParsedKey | undefined {
  const match = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(new TextDecoder().decode(bytes));
  if (match?.[1] === undefined) return undefined;
  try {
    const body = Uint8Array.from(atob(match[1].replace(/\s/g, "")), (char) => char.charCodeAt(0));
    const view = new DataView(body.buffer);
    let at = "openssh-key-v1\0".length;
    for (let field = 0; field < 3; field++) at += 4 + view.getUint32(at); // cipher, kdf, kdf options
    at += 4; // how many keys: one
    const blob = body.subarray(at + 4, at + 4 + view.getUint32(at));
    const type = new TextDecoder().decode(
      blob.subarray(4, 4 + new DataView(blob.buffer, blob.byteOffset).getUint32(0)),
    );
    if (!globMatches("*-*", type)) return undefined;
    const parsed = ssh2.utils.parseKey(`${type} ${btoa(String.fromCharCode(...blob))}`);
    return isKey(parsed) ? parsed : undefined;
  } catch {
    return undefined; // a broken file is reported when it is used
  }
}

async function read(path: string): Promise<Buffer | Error> {
  try {
    return Buffer.from(await Deno.readFile(path)); // ssh2 parses Buffers only
  } catch (error) {
    return error as Error;
  }
}

function isKey(found: unknown): found is ParsedKey {
  return found !== undefined && !(found instanceof Error) && !Array.isArray(found);
}

function samePublic(left: ParsedKey, right: ParsedKey): boolean {
  return fingerprint(left.getPublicSSH()) === fingerprint(right.getPublicSSH());
}
