/** A file tree as text: type, mode, owner, time and digest of everything in it, sorted. Equal texts are equal trees. */
import { createHash } from "node:crypto";

/**
 * Describes everything below `root`. Times of directories are left out: putting a file into one and taking it out again
 * changes them, and nothing can put them back unseen.
 */
export async function describeTree(root: string): Promise<string> {
  const lines: string[] = [];
  const visit = async (path: string, name: string): Promise<void> => {
    const info = await Deno.lstat(path);
    const mode = ((info.mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
    const owner = `${info.uid}:${info.gid}`;
    if (info.isSymlink) lines.push(`link ${mode} ${owner} ${name} -> ${await Deno.readLink(path)}`);
    else if (info.isFile) {
      const sha256 = createHash("sha256").update(await Deno.readFile(path)).digest("hex").slice(0, 16);
      lines.push(`file ${mode} ${owner} ${info.mtime?.toISOString()} ${sha256} ${name}`);
    } else {
      lines.push(`dir  ${mode} ${owner} ${name}`);
      const names: string[] = [];
      for await (const entry of Deno.readDir(path)) names.push(entry.name);
      for (const entry of names.sort()) await visit(`${path}/${entry}`, name === "." ? entry : `${name}/${entry}`);
    }
  };
  await visit(root, ".");
  return lines.join("\n");
}
