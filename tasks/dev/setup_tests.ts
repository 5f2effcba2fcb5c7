/** Installs what the tests need: every package that a test file names in a `needPackages({ … })`. */
import { needPackages } from "../../tests/shared/packages.ts";

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

if (import.meta.main) {
  const packages = await packagesOf(new URL("../../tests", import.meta.url).pathname);
  try {
    await needPackages(packages);
  } catch (error) {
    console.error(`error: set up the tests: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
  console.log(`the tests' packages are here: ${Object.keys(packages).sort().join(", ")}`);
}
