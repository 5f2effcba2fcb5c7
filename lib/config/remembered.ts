/**
 * Configurations read before. Starting two Deno processes to read the same files again costs more than connecting to a host, so
 * the checked data is kept, with a digest over everything it came from; when the digest still holds, the data does. Only for
 * configs of ordinary files that asked neither the clock nor chance nor the machine (see the sandbox's prelude).
 */
import { readEnv } from "../base/env.ts";
import { dirname, filePath, join } from "../base/path.ts";
import type { Config } from "../entities/config.ts";
import type { Source } from "./sandbox/source.ts";
import type { Problem } from "./yaml/problem.ts";

/** What is kept of a config. */
export interface Remembered {
  readonly config: Config;
  /** What it printed. */
  readonly output: string;
  /** What is odd about its YAML. */
  readonly warnings: readonly Problem[];
  /** What the overlay of this machine says. */
  readonly overlaid: readonly string[];
}

/** What a config came from. */
export interface MadeOf {
  /** Modules, text and JSON imports, YAML. */
  readonly files: readonly string[];
  /** Directories whose entries decided what was read; one that was not there counts, too. */
  readonly folders?: readonly string[];
  /** Files that may not be there. */
  readonly maybe?: readonly string[];
}

interface Entry extends Remembered, MadeOf {
  readonly digest: string;
  /** Tables of the config without a prototype: their keys are names somebody chose, `constructor` among them. */
  readonly bare: readonly string[];
}

/** Configs kept; the one read longest ago goes first. */
const most = 64;

/** Where they are kept: beside Deno's own cache of the same modules. Empty when nobody says where that is. */
export function rememberedDir(): string {
  const home = readEnv("HOME");
  const cache = readEnv("DENO_DIR") || readEnv("XDG_CACHE_HOME") || (home ? `${home}/.cache` : "");
  return cache === "" ? "" : `${cache}/charly`;
}

/**
 * What is kept of a config, when all it came from is as it was.
 *
 * @param host directory of the user's own files, when it is read with them
 */
export async function recall(dir: string, source: Source, host?: string): Promise<Remembered | undefined> {
  try {
    const path = await placeOf(dir, source, host);
    if (path === undefined) return undefined;
    const entry = JSON.parse(Deno.readTextFileSync(path)) as Entry;
    if (entry.digest !== await digestOf(source, entry)) return undefined;
    const { output, warnings, overlaid } = entry;
    return { config: frozen(revived(entry)), output, warnings, overlaid };
  } catch {
    return undefined; // never kept, damaged, or a file is gone or may not be read: it is read anew
  }
}

/**
 * Keeps a config. Does nothing where it may not write.
 *
 * @param dir of {@link rememberedDir}
 * @param madeOf everything it came from
 * @param began ms since the epoch, before the first of it was looked at: a file changed since then may not be what was evaluated
 * @param host directory of the user's own files, when it was read with them
 */
export async function remember(
  dir: string,
  source: Source,
  madeOf: MadeOf,
  began: number,
  kept: Remembered,
  host?: string,
): Promise<void> {
  const path = await placeOf(dir, source, host);
  if (path === undefined) return;
  const allowed = (["read", "write"] as const).every((name) =>
    Deno.permissions.querySync({ name, path: dir }).state === "granted"
  );
  if (!allowed) return;
  try {
    if (!isOlder(madeOf, began)) return;
    const bare = Object.entries(kept.config).flatMap(([name, value]) =>
      typeof value === "object" && Object.getPrototypeOf(value) === null ? [name] : []
    );
    const text = JSON.stringify({ digest: await digestOf(source, madeOf), ...madeOf, bare, ...kept } satisfies Entry);
    const { isDeepStrictEqual } = await import("node:util");
    if (!isDeepStrictEqual(revived(JSON.parse(text)), kept.config)) return; // not all of it survives as JSON
    Deno.mkdirSync(dir, { recursive: true, mode: 0o700 });
    const fresh = `${path}.${crypto.randomUUID()}`;
    Deno.writeTextFileSync(fresh, text, { mode: 0o600 });
    Deno.renameSync(fresh, path);
    forgetOld(dir);
  } catch {
    // a full disk, a cache of somebody else: it is only slower without
  }
}

/** What JSON gave holds nothing twice and nothing frozen: half the time of looking for that. */
function frozen<T>(data: T): T {
  if (typeof data !== "object" || data === null) return data;
  for (const inner of Object.values(data)) frozen(inner);
  return Object.freeze(data);
}

/** A directory may have changed as late as a file in it. */
function isOlder({ files, folders = [], maybe = [] }: MadeOf, began: number): boolean {
  const there = [...folders.filter((folder) => listing(folder) !== undefined), ...maybe.filter(isThere)];
  return [...files, ...there].every((path) => Deno.statSync(path).mtime!.getTime() < began);
}

function revived({ config, bare }: Entry): Config {
  for (const name of bare) Object.setPrototypeOf(config[name as keyof Config], null);
  return config;
}

function forgetOld(dir: string): void {
  const entries = [...Deno.readDirSync(dir)].map(({ name }) => join(dir, name));
  if (entries.length <= most) return;
  const aged = entries.map((path) => ({ path, at: Deno.statSync(path).mtime!.getTime() })).sort((a, b) => a.at - b.at);
  for (const { path } of aged.slice(0, entries.length - most)) Deno.removeSync(path);
}

async function placeOf(dir: string, source: Source, host = ""): Promise<string | undefined> {
  if (source.kind !== "file") return undefined;
  const parts = new Parts();
  // Two charlys (a checkout and its bundle) do not take each other's entries away.
  parts.add(`${import.meta.url} ${source.url} ${source.importHosts.join(" ")} ${host}`);
  return `${dir}/${(await parts.digest()).slice(0, 32)}.json`;
}

/** What a digest is taken over. Web Crypto, not Node's: that one takes 20 ms to load, in a process that may do nothing else. */
class Parts {
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];

  add(text: string, bytes?: Uint8Array<ArrayBuffer>): void {
    this.#parts.push(new TextEncoder().encode(`${text}\n`));
    if (bytes !== undefined) this.#parts.push(bytes);
  }

  async digest(): Promise<string> {
    const all = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

/** Over what charly is, how modules are found, the modules, and which files there were to choose from. */
async function digestOf(source: Source, { files, folders, maybe = [] }: MadeOf): Promise<string> {
  const parts = new Parts();
  parts.add(`${Deno.version.deno} ${source.url}`);
  charlyItself(parts);
  for (let dir = source.root;; dir = dirname(dir)) {
    for (const name of ["deno.json", "deno.jsonc", "package.json"]) addFile(parts, join(dir, name), true);
    if (dir === dirname(dir)) break;
  }
  addFile(parts, join(source.root, "deno.lock"), true);
  for (const file of files) addFile(parts, file, false);
  for (const file of maybe) addFile(parts, file, true);
  if (folders !== undefined) {
    const listed = new Set(folders);
    for (const folder of folders) parts.add(`${JSON.stringify(folder)} ${listing(folder) ?? "is not there"}`);
    // Whether a file is the project's own hangs on where links lead; in a directory that is listed no link is followed.
    for (const path of [...files, ...folders]) if (!listed.has(dirname(path))) parts.add(realPath(path));
  }
  return await parts.digest();
}

/** Where a path leads; nowhere when it is not there. */
function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return "";
  }
}

/** Entries of a directory with what they are, or nothing when it cannot be listed. */
function listing(folder: string): string | undefined {
  try {
    return JSON.stringify(
      [...Deno.readDirSync(folder)].map(({ name, isFile, isDirectory }) => [name, isFile, isDirectory] as const)
        .sort(([a], [b]) => a < b ? -1 : 1),
    );
  } catch {
    return undefined;
  }
}

function addFile(parts: Parts, path: string, optional: boolean): void {
  try {
    const bytes = Deno.readFileSync(path);
    parts.add(`${JSON.stringify(path)} ${bytes.length}`, bytes);
  } catch (error) {
    if (!optional || !isAbsent(error)) throw error;
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** The rules a config is checked by change with charly; in a checkout without a new version. */
function charlyItself(parts: Parts): void {
  const own = new URL(import.meta.url);
  if (own.protocol !== "file:") return parts.add(own.href);
  const path = filePath(own);
  if (!path.endsWith("/lib/config/remembered.ts")) return addStat(parts, path);
  const lib = dirname(dirname(path));
  for (const room of ["config", "entities"]) addTree(parts, join(lib, room));
}

function addTree(parts: Parts, dir: string): void {
  for (const entry of [...Deno.readDirSync(dir)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(dir, entry.name);
    if (entry.isDirectory) addTree(parts, path);
    else addStat(parts, path);
  }
}

function addStat(parts: Parts, path: string): void {
  const { size, mtime, ino } = Deno.statSync(path);
  parts.add(`${path} ${size} ${mtime?.getTime()} ${ino}`);
}
