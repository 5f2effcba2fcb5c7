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
  // two test processes may get here at once; the lock of apt makes the second one wait
  const { success, stderr } = await new Deno.Command("apt-get", {
    args: ["install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...missing],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
  }).output();
  if (!success) throw new Error(`${hint}: ${new TextDecoder().decode(stderr)}`);
}
