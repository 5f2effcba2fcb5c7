/** Files other people wrote, of which nobody knows how large they are. */

/** Far more than a lock file or a repository's configuration needs. */
const most = 8 * 1024 * 1024;

/**
 * Reads a text file.
 *
 * @returns nothing when it is no ordinary file, or larger than anybody means it to be
 * @throws {Deno.errors.NotFound} and what else the disk says
 */
export function readSmallFile(path: string): string | undefined {
  const { isFile, size } = Deno.statSync(path);
  return isFile && size <= most ? Deno.readTextFileSync(path) : undefined;
}
