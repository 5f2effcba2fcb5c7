/**
 * Builds `dist/charly.js`: API, command line and every package in one ES module, which runs from a web address.
 * `deno run -A tasks/dev/bundle.ts [FILE]`
 */

/** What has to read differently in a module that stands alone; each occurs once. */
const patches: readonly { readonly from: string; readonly to: string; readonly why: string }[] = [
  {
    from: "__deno_internal_createRequire(import.meta.url)",
    to: `__deno_internal_createRequire("file:///")`,
    why: "createRequire refuses an http: address; only node's own modules are required",
  },
  {
    from: `new URL("./child.ts", import.meta.url).href`,
    to: "import.meta.url",
    why: "a task's process finds its part in the bundle",
  },
  {
    from: `new URL("..", import.meta.url)`,
    to: "new URL(import.meta.url)",
    why: "charly's own files are this one",
  },
];

/**
 * Builds the bundle.
 *
 * @param file where it goes
 * @returns its size in bytes
 */
export async function buildBundle(file: string): Promise<number> {
  const entry = new URL("bundle_entry.ts", import.meta.url).pathname;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    // ssh2 looks for native add-ons and lives without them: nothing of that kind is taken in
    args: ["bundle", "--quiet", "--platform=deno", "--format=esm", "--external=*.node", `--output=${file}`, entry],
    cwd: new URL("../..", import.meta.url).pathname,
    stdin: "null",
  }).output();
  if (!success) throw new Error(`deno bundle: ${new TextDecoder().decode(stderr)}`);
  const text = patches.reduce(patch, await Deno.readTextFile(file));
  await Deno.writeTextFile(file, text);
  return new TextEncoder().encode(text).length;
}

function patch(text: string, { from, to, why }: typeof patches[number]): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`patch the bundle (${why}): found ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}

if (import.meta.main) {
  const file = Deno.args[0] ?? new URL("../../dist/charly.js", import.meta.url).pathname;
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/") + 1) || ".", { recursive: true });
  console.log(`${file}: ${((await buildBundle(file)) / 1e6).toFixed(1)} MB`);
}
