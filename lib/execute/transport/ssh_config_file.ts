/** A reader of ssh_config for machines without the `ssh` program; what it does not understand it refuses instead of guessing. */
import { connectError } from "./failure.ts";
import { globMatches } from "./known_hosts.ts";
import type { SshAddress } from "./ssh_address.ts";
import { type RawSettings, splitWords } from "./ssh_config.ts";

/** Keywords that may stand several times and add up. */
const adding = new Set(["identityfile", "certificatefile", "localforward", "remoteforward", "sendenv", "setenv"]);

/** Reads the user's file and the system's, first value wins, with `Include`, `Host` and the plain forms of `Match`. */
export async function readConfigFiles(
  address: SshAddress,
  configFile: string | undefined,
  home: string,
): Promise<RawSettings> {
  const raw = new Map<string, string[]>();
  const files = configFile === undefined
    ? [`${home}/.ssh/config`, "/etc/ssh/ssh_config"]
    : configFile === "none"
    ? []
    : [configFile];
  for (const file of files) {
    const base = file.startsWith("/etc/ssh/") ? "/etc/ssh" : `${home}/.ssh`;
    await readFile(file, { address, base, home, raw, depth: 0 }, { on: true });
  }
  const fallback = (key: string, values: string[]) => raw.has(key) || raw.set(key, values);
  fallback("identityfile", ["rsa", "ecdsa", "ed25519"].map((type) => `~/.ssh/id_${type}`));
  fallback("userknownhostsfile", ["~/.ssh/known_hosts ~/.ssh/known_hosts2"]);
  fallback("globalknownhostsfile", ["/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2"]);
  return raw;
}

interface Reading {
  readonly address: SshAddress;
  /** Where relative `Include`s are. */
  readonly base: string;
  readonly home: string;
  readonly raw: Map<string, string[]>;
  readonly depth: number;
}

async function readFile(file: string, reading: Reading, block: { on: boolean }): Promise<void> {
  const text = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return "";
    throw error;
  });
  for (const [index, line] of text.split("\n").entries()) {
    const match = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line);
    if (match === null || match[2] === "") continue;
    const keyword = match[1]!.toLowerCase(), value = match[2]!;
    const refuse = (found: string) =>
      connectError(
        "config",
        reading.address.host,
        `${file}:${index + 1}: ${found}`,
        "install the OpenSSH client, which charly asks for the effective configuration (`apt-get install openssh-client`)",
      );
    if (keyword === "host") block.on = matchesPatterns(splitWords(value), reading.address.host);
    else if (keyword === "match") block.on = matchesCriteria(splitWords(value), reading, refuse);
    else if (!block.on) continue;
    else if (keyword === "include") {
      if (reading.depth >= 16) throw refuse("Include goes deeper than 16 files");
      for (const found of await included(splitWords(value), reading)) {
        await readFile(found, { ...reading, depth: reading.depth + 1 }, { on: true });
      }
    } else if (adding.has(keyword)) {
      reading.raw.set(keyword, [...reading.raw.get(keyword) ?? [], unquoted(value)]);
    } else if (!reading.raw.has(keyword)) {
      reading.raw.set(keyword, [unquoted(value)]);
      // of ProxyJump and ProxyCommand the first one written wins over the other
      const other = keyword === "proxyjump" ? "proxycommand" : keyword === "proxycommand" ? "proxyjump" : undefined;
      if (other !== undefined && !reading.raw.has(other)) reading.raw.set(other, ["none"]);
    }
  }
}

function unquoted(value: string): string {
  return /^"[^"]*"$/.test(value) ? value.slice(1, -1) : value;
}

function matchesPatterns(patterns: readonly string[], host: string): boolean {
  let matched = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith("!");
    if (!globMatches((negated ? pattern.slice(1) : pattern).toLowerCase(), host.toLowerCase())) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function matchesCriteria(words: readonly string[], reading: Reading, refuse: (found: string) => Error): boolean {
  let result = true;
  for (let index = 0; index < words.length; index += 2) {
    const word = words[index]!.toLowerCase();
    if (word === "all") {
      index--; // stands alone
      continue;
    }
    const negated = word.startsWith("!");
    const patterns = (words[index + 1] ?? "").split(",");
    let met: boolean;
    switch (negated ? word.slice(1) : word) {
      case "host":
        met = matchesPatterns(patterns, reading.raw.get("hostname")?.[0] ?? reading.address.host);
        break;
      case "originalhost":
        met = matchesPatterns(patterns, reading.address.host);
        break;
      case "user":
        met = matchesPatterns(patterns, reading.address.user ?? reading.raw.get("user")?.[0] ?? "");
        break;
      default:
        throw refuse(`\`Match ${words[index]}\` is understood by ssh only, and no ssh is installed here`);
    }
    if (met === negated) result = false;
  }
  return result;
}

async function included(patterns: readonly string[], reading: Reading): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of patterns) {
    const path = pattern.startsWith("~/")
      ? reading.home + pattern.slice(1)
      : pattern.startsWith("/")
      ? pattern
      : `${reading.base}/${pattern}`;
    const cut = path.lastIndexOf("/");
    const [directory, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (!/[*?]/.test(name)) {
      found.push(path);
      continue;
    }
    try {
      const names = [];
      for await (const entry of Deno.readDir(directory)) if (globMatches(name, entry.name)) names.push(entry.name);
      found.push(...names.sort().map((entry) => `${directory}/${entry}`));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return found;
}
