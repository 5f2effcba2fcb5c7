/** known_hosts as `sshd(8)` describes it: who a host is, decided without ever asking the host. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { hostAndPort } from "./failure.ts";

/** One line of a known_hosts file. */
export interface KnownHostLine {
  /** Comma-separated patterns, or one `|1|salt|hash`. */
  readonly patterns: string;
  readonly marker: "@cert-authority" | "@revoked" | undefined;
  /** `ssh-ed25519`, … */
  readonly type: string;
  /** The key in base64 as written. */
  readonly key: string;
  /** `file:line`. */
  readonly at: string;
}

/** What the files say about a key. */
export type HostKeyVerdict =
  | { readonly verdict: "known"; readonly at: string }
  | { readonly verdict: "revoked"; readonly at: string }
  | { readonly verdict: "changed"; readonly at: string; readonly type: string }
  | {
    readonly verdict: "unknown";
    readonly otherTypes: readonly KnownHostLine[];
    readonly authorities: readonly string[];
  };

/** Reads lines; comments, empty and broken lines are passed over as OpenSSH does. `file` is for messages only. */
export function parseKnownHosts(text: string, file: string): KnownHostLine[] {
  const lines: KnownHostLine[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const words = raw.trim().split(/[ \t]+/);
    if (words[0] === "" || words[0]?.startsWith("#")) continue;
    const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
    if (marker !== undefined && marker !== "@cert-authority" && marker !== "@revoked") continue;
    const [patterns, type, key] = words;
    if (patterns === undefined || type === undefined || key === undefined) continue;
    if (keyType(key) === undefined) continue;
    lines.push({ patterns, marker, type, key, at: `${file}:${index + 1}` });
  }
  return lines;
}

/** The known hosts of several files, asked about one host. */
export class KnownHosts {
  readonly #lines: readonly KnownHostLine[];

  /** @param lines of all files, in order */
  constructor(lines: readonly KnownHostLine[]) {
    this.#lines = lines;
  }

  /** Reads `files`; missing ones are empty. Other read errors are thrown. */
  static async read(files: readonly string[]): Promise<KnownHosts> {
    const lines: KnownHostLine[] = [];
    for (const file of files) {
      try {
        lines.push(...parseKnownHosts(await Deno.readTextFile(file), file));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
      }
    }
    return new KnownHosts(lines);
  }

  /** Types of the keys that are known for the host, best first to ask for: the order of the files. */
  keyTypes(host: string, port: number): string[] {
    return [...new Set(this.#of(host, port).filter((line) => line.marker === undefined).map(lineType))];
  }

  /** Whether only a certificate authority vouches for the host. */
  onlyAuthorities(host: string, port: number): readonly string[] {
    const lines = this.#of(host, port).filter((line) => line.marker !== "@revoked");
    return lines.every((line) => line.marker === "@cert-authority") ? lines.map((line) => line.at) : [];
  }

  /** Judges the key a host has shown. `key` is the SSH wire form. */
  judge(host: string, port: number, key: Uint8Array): HostKeyVerdict {
    const shown = bytesToBase64(key);
    const lines = this.#of(host, port);
    // a key anybody named revoked for this host is refused, even where another line still trusts it
    const revoked = lines.find((line) => line.marker === "@revoked" && sameKey(line.key, shown));
    if (revoked !== undefined) return { verdict: "revoked", at: revoked.at };
    const plain = lines.filter((line) => line.marker === undefined);
    const same = plain.find((line) => sameKey(line.key, shown));
    if (same !== undefined) return { verdict: "known", at: same.at };
    const type = keyType(shown);
    const changed = plain.find((line) => lineType(line) === type);
    if (changed !== undefined) return { verdict: "changed", at: changed.at, type: lineType(changed) };
    return {
      verdict: "unknown",
      otherTypes: plain,
      authorities: lines.filter((line) => line.marker === "@cert-authority").map((line) => line.at),
    };
  }

  /** Lines for `[host]:port`; where there are none, lines for the bare host, as OpenSSH looks them up. */
  #of(host: string, port: number): readonly KnownHostLine[] {
    const exact = this.#lines.filter((line) => matchesHost(line.patterns, knownHostsName(host, port)));
    if (port === 22 || exact.some((line) => line.marker !== "@revoked")) return exact;
    return [...exact, ...this.#lines.filter((line) => matchesHost(line.patterns, host.toLowerCase()))];
  }
}

/** The name under which a host stands in known_hosts: `host`, or `[host]:port` for another port than 22. */
export function knownHostsName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** `SHA256:…` as `ssh-keygen -l` prints it. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The line that would make `key` known. */
export function knownHostsLine(host: string, port: number, key: Uint8Array): string {
  const text = bytesToBase64(key);
  return `${knownHostsName(host, port)} ${keyType(text) ?? "unknown"} ${text}`;
}

/** The command that fetches the key a host shows now, to compare and to add. */
export function keyscanCommand(host: string, port: number): string {
  return `ssh-keyscan ${port === 22 ? "" : `-p ${port} `}${host.includes(":") ? host : hostAndPort(host)}`;
}

/** Whether a list of patterns (with `*`, `?`, `!`, or hashed) covers `name`. A negated match wins over all others. */
export function matchesHost(patterns: string, name: string): boolean {
  if (patterns.startsWith("|")) return matchesHashed(patterns, name);
  let matched = false;
  for (const entry of patterns.toLowerCase().split(",")) {
    const negated = entry.startsWith("!");
    if (!globMatches(negated ? entry.slice(1) : entry, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** Shell-like `*` and `?` of ssh patterns; brackets are literal (they enclose the host of `[host]:port`). */
export function globMatches(pattern: string, name: string): boolean {
  let p = 0, n = 0, star = -1, from = 0;
  while (n < name.length) {
    if (pattern[p] === "*") [star, from] = [p++, n];
    else if (pattern[p] === "?" || pattern[p] === name[n]) p++, n++;
    else if (star >= 0) [p, n] = [star + 1, ++from];
    else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

function matchesHashed(entry: string, name: string): boolean {
  const [, kind, salt, hash] = entry.split("|");
  if (kind !== "1" || salt === undefined || hash === undefined) return false;
  const wanted = createHmac("sha1", base64ToBytes(salt)).update(name).digest();
  const found = base64ToBytes(hash);
  return found.length === wanted.length && timingSafeEqual(wanted, found);
}

/** The type inside a base64 key, which counts more than the word before it. */
function keyType(key: string): string | undefined {
  const bytes = base64ToBytes(key);
  if (bytes.length < 5) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (length === 0 || length > 64 || bytes.length < 4 + length) return undefined;
  return new TextDecoder().decode(bytes.subarray(4, 4 + length));
}

function lineType(line: KnownHostLine): string {
  return keyType(line.key) ?? line.type;
}

function sameKey(left: string, right: string): boolean {
  return left.replace(/=+$/, "") === right.replace(/=+$/, "");
}

function bytesToBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function base64ToBytes(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
