/** The package list of this machine, as dpkg and apt see it. */
import { run } from "./run.ts";

/** `name:arch` → `version status`, with ` manual` behind those that somebody asked for. */
export type PackageList = ReadonlyMap<string, string>;

/** Looks at the package list. Removed packages whose configuration is still there are in it, as dpkg says (`rc`). */
export async function snapshotPackages(): Promise<PackageList> {
  const list = await run(["dpkg-query", "-W", "-f", "${Package}:${Architecture}\\t${Version} ${db:Status-Abbrev}\\n"]);
  const manual = new Set((await run(["apt-mark", "showmanual"])).split("\n").map((name) => name.split(":")[0]!));
  return new Map(
    list.split("\n").filter((line) => line !== "").map((line) => {
      const [name, state] = line.split("\t") as [string, string];
      return [name, `${state.trim()}${manual.has(name.split(":")[0]!) ? " manual" : ""}`];
    }),
  );
}

/** What differs, one line each. Empty: the same. */
export function diffPackages(before: PackageList, after: PackageList): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort()
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.get(name) ?? "none"} → ${after.get(name) ?? "none"}`);
}
