/** What a directory looks like, down to the byte, and how two looks at it differ. */
import { createHash } from "node:crypto";

/** One entry of a tree. */
export interface TreeEntry {
  readonly type: "file" | "directory" | "link" | "other";
  /** Permission bits, octal: `0644`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Files only: how many names it has. */
  readonly nlink?: number;
  /** Links only. */
  readonly target?: string;
  /** Files only, bytes. */
  readonly size?: number;
  /** Files only. */
  readonly sha256?: string;
  /** Files only, ISO. A directory's time changes with every neighbour. */
  readonly mtime?: string;
}

/** Entries by path relative to the root; the root itself is `.`. */
export type Tree = ReadonlyMap<string, TreeEntry>;

/** What to leave out. */
export interface SnapshotOptions {
  /** Paths relative to the root, with everything below; `*` stands for any part of a name, `**` for any path. */
  readonly exclude?: readonly string[];
}

/** Looks at everything below `root`. What goes away meanwhile is not in it. */
export async function snapshotTree(root: string, options: SnapshotOptions = {}): Promise<Tree> {
  const excluded = (options.exclude ?? []).map(pattern);
  const tree = new Map<string, TreeEntry>();
  const visit = async (path: string): Promise<void> => {
    if (excluded.some((expression) => expression.test(path))) return;
    const full = path === "." ? root : `${root}/${path}`;
    try {
      const entry = await look(full);
      tree.set(path, entry);
      if (entry.type !== "directory") return;
      const names = (await Array.fromAsync(Deno.readDir(full))).map(({ name }) => name).sort();
      for (const name of names) await visit(path === "." ? name : `${path}/${name}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  await visit(".");
  return tree;
}

/** What differs, one line each: `+ path`, `- path`, or `~ path: mode 0644 → 0600, size 1 → 2`. Empty: the same. */
export function diffTrees(before: Tree, after: Tree): string[] {
  const lines: string[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const a = before.get(path), b = after.get(path);
    if (a === undefined) lines.push(`+ ${path} (${b!.type})`);
    else if (b === undefined) lines.push(`- ${path} (${a.type})`);
    else {
      const fields = fieldsOf(a, b).map((field) => `${field} ${a[field] ?? "none"} → ${b[field] ?? "none"}`);
      if (fields.length > 0) lines.push(`~ ${path}: ${fields.join(", ")}`);
    }
  }
  return lines;
}

function fieldsOf(a: TreeEntry, b: TreeEntry): (keyof TreeEntry)[] {
  const fields = ["type", "mode", "uid", "gid", "nlink", "target", "size", "sha256", "mtime"] as const;
  return fields.filter((field) => a[field] !== b[field]);
}

async function look(path: string): Promise<TreeEntry> {
  const info = await Deno.lstat(path);
  const mode = ((info.mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
  const common = { mode, uid: info.uid ?? -1, gid: info.gid ?? -1 };
  if (info.isSymlink) return { type: "link", ...common, target: await Deno.readLink(path) };
  if (info.isDirectory) return { type: "directory", ...common };
  if (!info.isFile) return { type: "other", ...common };
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const block = new Uint8Array(256 * 1024);
  for (let read = await file.read(block); read !== null; read = await file.read(block)) {
    hash.update(block.subarray(0, read));
  }
  return {
    type: "file",
    ...common,
    ...(info.nlink === null ? {} : { nlink: info.nlink }),
    size: info.size,
    sha256: hash.digest("hex"),
    ...(info.mtime === null ? {} : { mtime: info.mtime.toISOString() }),
  };
}

function pattern(path: string): RegExp {
  const parts = path.split(/(\*\*|\*)/).map((part) =>
    part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")
  );
  return new RegExp(`^${parts.join("")}(/|$)`);
}
