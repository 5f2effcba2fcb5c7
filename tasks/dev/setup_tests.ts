/** Gets what the tests need: the npm packages, and every Debian package that a test file names in a `needPackages({ … })`. */
import { needPackages } from "../../tests/shared/packages.ts";
import { run } from "../../tests/shared/run.ts";

/** Packages declared in one source text, each with a file that it brings. */
export function declaredPackages(source: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const call of source.matchAll(/needPackages\(\{([\s\S]*?)\}\)/g)) {
    for (const pair of call[1]!.matchAll(/(?:"([\w.+-]+)"|\b([\w]+)):\s*"(\/[^"]*)"/g)) {
      found[pair[1] ?? pair[2]!] = pair[3]!;
    }
  }
  return found;
}

/** All declarations below a directory. */
export async function packagesOf(dir: string): Promise<Record<string, string>> {
  let found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    const path = `${dir}/${name}`;
    if (isDirectory) found = { ...found, ...await packagesOf(path) };
    else if (name.endsWith(".ts")) found = { ...found, ...declaredPackages(await Deno.readTextFile(path)) };
  }
  return found;
}

/**
 * Fetches every npm package: with this repository's lock, and once as somebody's project without a lock finds them. Tests then
 * need no network, and two that start at once do not fetch the same thing.
 */
async function fetchPackages(): Promise<void> {
  const root = new URL("../..", import.meta.url).pathname;
  const { imports } = JSON.parse(await Deno.readTextFile(`${root}deno.json`)) as { imports: Record<string, string> };
  const names = Object.values(imports).filter((address) => address.startsWith("npm:"));
  await run([Deno.execPath(), "install", "--quiet"], { cwd: root });
  await run([Deno.execPath(), "cache", "--quiet", "--no-config", "--no-lock", ...names], { cwd: "/" });
}

if (import.meta.main) {
  const packages = await packagesOf(new URL("../../tests", import.meta.url).pathname);
  try {
    await needPackages(packages);
    await fetchPackages();
  } catch (error) {
    console.error(`error: set up the tests: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
  console.log(`the tests' packages are here: ${Object.keys(packages).sort().join(", ")}`);
}
