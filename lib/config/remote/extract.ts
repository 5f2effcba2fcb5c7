/**
 * From git objects to a directory, without a checkout: filters, attributes and hooks of whoever wrote the repository or configured
 * this machine have no part in it, and every path is looked at before it is written.
 */
import { CharlyError } from "../../base/errors.ts";
import { dirname, join } from "../../base/path.ts";
import { type Git, gitCommand, gitFailed, runGit } from "./git.ts";
import { byPath, TreeDigest, type TreeMode } from "./tree_digest.ts";

/** Bounds of a tree: what a repository of configurations never has. */
export const treeLimits = { files: 50_000, bytes: 512 * 1024 * 1024 } as const;

/** One file git knows. */
interface Entry {
  readonly mode: TreeMode;
  readonly hash: string;
  readonly size: number;
  readonly path: string;
}

/** What was written. */
export interface Extracted {
  readonly digest: string;
  /** Submodules: they are not fetched. */
  readonly left: readonly string[];
}

/**
 * Writes the tree of a commit. Files are read-only: a change would only make the tree
 * another one than its digest names, and be refused.
 *
 * @param what begins messages: `fetch github.com/org/repo`
 * @param dir a directory that is there and empty
 * @param ln absolute path of `ln`: Deno makes no links without the right to everything
 * @throws {CharlyError} for paths and links that lead out of it, and for what is too large
 */
export async function extractTree(git: Git, what: string, commit: string, dir: string, ln: string): Promise<Extracted> {
  const { entries, left } = parseTree(
    await runGit(git, what, "ls-tree", "-r", "-z", "-l", "--full-tree", commit),
    what,
  );
  const digest = new TreeDigest();
  const made = new Set([dir]);
  const links: { readonly path: string; readonly target: string }[] = [];
  await readBlobs(git, what, entries, ({ mode, path }, bytes) => {
    digest.add({ path, mode, bytes });
    const whole = join(dir, path);
    if (!made.has(dirname(whole))) Deno.mkdirSync(dirname(whole), { recursive: true });
    made.add(dirname(whole));
    if (mode !== "120000") {
      Deno.writeFileSync(whole, bytes, { createNew: true, mode: mode === "100755" ? 0o555 : 0o444 });
      return;
    }
    const target = new TextDecoder().decode(bytes);
    if (!linkStaysInside(path, target)) {
      throw refused(what, `${JSON.stringify(path)} is a link to ${JSON.stringify(target)}`);
    }
    links.push({ path: whole, target });
  });
  for (const { path, target } of links) await link(what, ln, target, path);
  return { digest: digest.text(), left };
}

/**
 * Whether a link leads to a place in its own tree, whatever else is a link there: it may go up from its own directory, not
 * further than the root, and from there only down. A `..` behind a name could leave through another link.
 */
export function linkStaysInside(path: string, target: string): boolean {
  if (target === "" || target.startsWith("/") || target.includes("\0")) return false;
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const up = parts.findIndex((part) => part !== "..");
  const rises = up < 0 ? parts.length : up;
  return rises <= path.split("/").length - 1 && !parts.slice(rises).includes("..");
}

/** What `git ls-tree -r -z -l` prints, looked at before anything is written. */
export function parseTree(text: string, what: string): { readonly entries: Entry[]; readonly left: string[] } {
  const entries: Entry[] = [];
  const left: string[] = [];
  const seen = new Map<string, "file" | "directory">();
  let bytes = 0;
  for (const line of text.split("\0")) {
    if (line === "") continue;
    const [, mode = "", type = "", hash = "", size = "", path = ""] =
      /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t([^]*)$/.exec(line) ?? [];
    if (!isSafePath(path)) throw refused(what, `it has a file called ${JSON.stringify(path)}`);
    if (type === "commit") {
      left.push(path);
      continue;
    }
    const kind: TreeMode = mode === "120000" ? "120000" : mode === "100755" ? "100755" : "100644";
    bytes += Number(size);
    if (entries.push({ mode: kind, hash, size: Number(size), path }) > treeLimits.files || bytes > treeLimits.bytes) {
      throw refused(what, `it has more than ${treeLimits.files} files or ${treeLimits.bytes / 1024 / 1024} MiB`);
    }
    // A tree made by hand may have a link and a directory of one name, and the files would go where the link leads.
    if (seen.has(path)) throw refused(what, `${JSON.stringify(path)} is in it twice`);
    seen.set(path, "file");
    for (let dir = dirname(path); dir !== "."; dir = dirname(dir)) {
      if (seen.get(dir) === "file") throw refused(what, `${JSON.stringify(dir)} is in it twice`);
      seen.set(dir, "directory");
    }
  }
  return { entries: entries.sort(byPath), left };
}

/** Relative, plain, and nothing git or a terminal would take for something else. */
function isSafePath(path: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what this is about
  return path !== "" && path.isWellFormed() && !path.includes("\ufffd") && !/[\x00-\x1f\x7f\\]/.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git");
}

/** Gives every file's bytes in order, one file in memory at a time. */
async function readBlobs(
  git: Git,
  what: string,
  entries: readonly Entry[],
  take: (entry: Entry, bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  if (entries.length === 0) return;
  const child = gitCommand(git, ["cat-file", "--batch"], "piped").spawn();
  const asked = new Blob(entries.map(({ hash }) => `${hash}\n`)).stream().pipeTo(child.stdin).catch(() => {});
  const said = new Response(child.stderr).text();
  const input = new Input(child.stdout.getReader());
  try {
    for (const entry of entries) {
      const header = await input.line();
      if (header !== `${entry.hash} blob ${entry.size}`) throw gitFailed(what, header || await said);
      take(entry, await input.bytes(entry.size));
      await input.bytes(1);
    }
  } finally {
    await input.cancel();
    await asked;
    await said;
    await child.status;
  }
}

/** A stream read by lines and by counts of bytes. */
class Input {
  #kept: Uint8Array<ArrayBuffer> = new Uint8Array();
  #at = 0;

  constructor(private readonly reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>) {}

  /** Up to the next line feed; what is left at the end of the stream. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#kept.indexOf(10, this.#at);
      if (end >= 0 || !await this.#more()) {
        const line = this.#kept.subarray(this.#at, end < 0 ? undefined : end);
        this.#at = end < 0 ? this.#kept.length : end + 1;
        return new TextDecoder().decode(line);
      }
    }
  }

  /** Fewer at the end of the stream. */
  async bytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const result = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const part = this.#kept.subarray(this.#at, this.#at + count - filled);
      result.set(part, filled);
      filled += part.length;
      this.#at += part.length;
      if (filled < count && !await this.#more()) return result.subarray(0, filled);
    }
    return result;
  }

  async #more(): Promise<boolean> {
    const { value } = await this.reader.read();
    if (value === undefined) return false;
    const rest = this.#kept.subarray(this.#at);
    const joined = new Uint8Array(rest.length + value.length);
    joined.set(rest);
    joined.set(value, rest.length);
    [this.#kept, this.#at] = [joined, 0];
    return true;
  }

  async cancel(): Promise<void> {
    await this.reader.cancel().catch(() => {});
  }
}

async function link(what: string, ln: string, target: string, path: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(ln, {
    args: ["-s", "-n", "--", target, path],
    stdin: "null",
    stdout: "null",
  })
    .output();
  if (code !== 0) {
    throw new CharlyError(`${what}: ${new TextDecoder().decode(stderr).trim()}`, { code: "fetch-failed" });
  }
}

function refused(what: string, found: string): CharlyError {
  return new CharlyError(`${what}: ${found}`, {
    hint: "it is not taken in: ask its author, or use another version",
    code: "tree-refused",
    exitCode: 2,
  });
}
