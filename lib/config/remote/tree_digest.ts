/**
 * Digest of a fetched tree: SHA-256 over its files in the order of their paths, each as `mode size path NUL bytes`. Sizes stand
 * before what they measure, so no two trees give the same text. The mode is git's: what is executable, and what is a link.
 */
import { createHash } from "node:crypto";
import { join } from "../../base/path.ts";

/** What git calls a file, an executable and a symbolic link; `other` is what no fetched tree has (a socket, a device). */
export type TreeMode = "100644" | "100755" | "120000" | "other";

/** One file of a tree. */
export interface TreeFile {
  readonly path: string;
  readonly mode: TreeMode;
  /** A link's are the path it leads to. */
  readonly bytes: Uint8Array;
}

/** Takes files in the order of {@link byPath}. */
export class TreeDigest {
  readonly #hash = createHash("sha256");

  add({ path, mode, bytes }: TreeFile): void {
    this.#hash.update(`${mode} ${bytes.length} ${path}\0`).update(bytes);
  }

  /** `sha256-` and 64 hex digits. */
  text(): string {
    return `sha256-${this.#hash.digest("hex")}`;
  }
}

/** The order of a digest: by UTF-16 code units. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** A file as the disk has it, unread. */
interface Found {
  readonly path: string;
  readonly mode: TreeMode;
  readonly info: Deno.FileInfo;
}

/**
 * Digest of a directory.
 *
 * @throws {Deno.errors.NotFound} when it is not there
 */
export function digestOfTree(dir: string): string {
  const digest = new TreeDigest();
  for (const { path, mode } of filesOf(dir)) {
    digest.add({ path, mode, bytes: bytesOf(join(dir, path), mode) });
  }
  return digest.text();
}

/** When anything of a tree was changed last: milliseconds since the epoch, the whole seconds of them. */
export function newestChange(dir: string): number {
  return filesOf(dir).reduce((newest, { info }) => Math.max(newest, info.ctime?.getTime() ?? 0), 0);
}

/**
 * What changes whenever a file of the tree is written, added, removed, renamed or given other bits: path, mode, size, both times
 * and the inode of each. The time of the last change of an inode can be set by no program, so as long as this is the same,
 * the bytes are those that were digested; only a change within one tick of the clock escapes it, which `stampTree` waits for.
 *
 * @throws {Deno.errors.NotFound} when it is not there
 */
export function fingerprintOfTree(dir: string): string {
  const hash = createHash("sha256");
  for (const { path, mode, info } of filesOf(dir)) {
    const { size, mtime, ctime, ino, dev } = info;
    hash.update(`${mode} ${size} ${mtime?.getTime()} ${ctime?.getTime()} ${dev} ${ino} ${path}\0`);
  }
  return hash.digest("hex");
}

function bytesOf(path: string, mode: TreeMode): Uint8Array {
  if (mode === "other") return new Uint8Array(); // reading it might wait for ever
  return mode === "120000" ? new TextEncoder().encode(Deno.readLinkSync(path)) : Deno.readFileSync(path);
}

function filesOf(dir: string): Found[] {
  const found: Found[] = [];
  const look = (below: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(join(dir, below))) {
      const path = below === "" ? name : `${below}/${name}`;
      if (isDirectory) look(path);
      else {
        const info = Deno.lstatSync(join(dir, path));
        const executable = ((info.mode ?? 0) & 0o100) !== 0;
        const mode: TreeMode = info.isSymlink ? "120000" : !info.isFile ? "other" : executable ? "100755" : "100644";
        found.push({ path, mode, info });
      }
    }
  };
  look("");
  return found.sort(byPath);
}
