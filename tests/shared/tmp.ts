/** A directory that goes when its scope ends. */

/** A directory of a test. */
export interface TempDir extends AsyncDisposable {
  /** Absolute, with every symlink on the way resolved. */
  readonly path: string;
  /** A path below it. */
  join(...parts: readonly string[]): string;
  /** Writes files below it, parents included. @returns the path of the last one */
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<string>;
}

/**
 * Makes a temporary directory; `await using` removes it with all that is in it.
 *
 * @param files what is in it at first, by path
 */
export async function tempDir(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<TempDir> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "charly-test-" }));
  const dir: TempDir = {
    path,
    join: (...parts) => [path, ...parts].join("/"),
    async write(files) {
      let last = path;
      for (const [name, content] of Object.entries(files)) {
        last = `${path}/${name}`;
        await Deno.mkdir(last.slice(0, last.lastIndexOf("/")), { recursive: true });
        await (typeof content === "string" ? Deno.writeTextFile(last, content) : Deno.writeFile(last, content));
      }
      return last;
    },
    // a test may have removed it itself
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }).catch(unlessGone),
  };
  await dir.write(files);
  return dir;
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
