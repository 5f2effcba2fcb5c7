/** What was found when a tree was last read byte by byte, so that the next one who asks need not. */
import { dirname, join } from "../../base/path.ts";
import { digestOfTree, fingerprintOfTree, newestChange } from "./tree_digest.ts";

/** The content of a stamp. */
interface Stamp {
  readonly digest: string;
  /** Of {@link fingerprintOfTree}. */
  readonly fingerprint: string;
}

/** What Deno tells the times of inodes in, and a little more: milliseconds. */
const tick = 1020;

/** The stamp's file, beside the tree. */
export function stampFile(tree: string): string {
  return `${tree}.json`;
}

/**
 * Whether a stamp says that a tree has a digest, and the tree is as it was then. A damaged stamp says nothing.
 *
 * @throws {Deno.errors.NotFound} when the tree is not there
 */
export function isStamped(tree: string, digest: string): boolean {
  const now = fingerprintOfTree(tree);
  try {
    const stamp = JSON.parse(Deno.readTextFileSync(stampFile(tree))) as Partial<Stamp>;
    return stamp.digest === digest && stamp.fingerprint === now;
  } catch {
    return false;
  }
}

/**
 * Reads a tree and stamps it. Takes a second for a tree that is new.
 *
 * @returns its digest
 */
export async function stampTree(tree: string): Promise<string> {
  // A file that is written twice within one tick of the clock may look the same before and after. From the next one on,
  // whatever changes has a later time.
  const wait = newestChange(tree) + tick - Date.now();
  if (wait > 0) await new Promise((done) => setTimeout(done, Math.min(wait, tick)));
  const fingerprint = fingerprintOfTree(tree);
  const digest = digestOfTree(tree);
  const fresh = join(dirname(tree), `.stamp-${crypto.randomUUID()}`);
  await Deno.writeTextFile(fresh, JSON.stringify({ digest, fingerprint } satisfies Stamp));
  await Deno.rename(fresh, stampFile(tree));
  return digest;
}
