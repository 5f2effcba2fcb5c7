/** Programs the live tests need: installed when this machine lets us, named when it does not. */

/** Makes sure that Debian `packages` are installed, each known by one file it brings. Throws with the command to run. */
export async function needPackages(packages: Readonly<Record<string, string>>): Promise<void> {
  const missing: string[] = [];
  for (const [name, file] of Object.entries(packages)) {
    if (!await Deno.stat(file).then(() => true, () => false)) missing.push(name);
  }
  if (missing.length === 0) return;
  const hint = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  const debian = await Deno.stat("/usr/bin/apt-get").then(() => true, () => false);
  if (Deno.uid() !== 0 || !debian) throw new Error(`these tests need ${missing.join(", ")}; run as root: ${hint}`);
  const first = await aptGet("install", ...missing);
  if (first === undefined) return;
  // a fresh machine has no package lists, or lists of packages that were replaced meanwhile
  const failed = await aptGet("update") ?? await aptGet("install", ...missing);
  if (failed !== undefined) throw new Error(`${hint}: ${failed}`);
}

/** Runs apt-get. @returns what it said when it failed */
async function aptGet(...words: readonly string[]): Promise<string | undefined> {
  // two test processes may get here at once; the lock of apt makes the second one wait
  const { success, stderr } = await new Deno.Command("apt-get", {
    args: ["-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...words],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
  }).output();
  return success ? undefined : new TextDecoder().decode(stderr);
}
