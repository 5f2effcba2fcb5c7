/** What this machine looks like, as far as "exact" promises it: files of the system and of one home, accounts, packages. */
import { inexactPaths } from "../../lib/ledger/exactness.ts";
import { diffPackages, type PackageList, snapshotPackages } from "./packages_snapshot.ts";
import { run } from "./run.ts";
import { diffTrees, snapshotTree, type Tree } from "./tree.ts";

/** A look at the machine. */
export interface Machine {
  readonly trees: ReadonlyMap<string, Tree>;
  readonly names: ReadonlySet<string>;
  readonly accounts: string;
  readonly packages: PackageList;
}

const roots = ["/etc", "/srv", "/usr/local", "/var"];
const listed = ["/usr", "/opt", "/boot"];
const databases = ["passwd", "shadow", "group", "gshadow", "subuid", "subgid"].map((name) => `/etc/${name}`);
/** Users and servers of other tests come and go beside this one; temporary files are nobody's. */
const foreign = ["/etc/sudoers.d/charly-*", "/var/tmp", "/var/spool", "/var/mail", "/var/lib/containers"];

/** Looks at everything. @param homes directories of users that were there before */
export async function snapshotMachine(homes: readonly string[]): Promise<Machine> {
  const trees = new Map<string, Tree>();
  for (const root of [...roots, ...homes]) {
    const exclude = [...inexactPaths, ...foreign, ...databases].filter((path) => path.startsWith(`${root}/`))
      .map((path) => path.slice(root.length + 1));
    trees.set(root, await snapshotTree(root, { exclude }));
  }
  const names = await run(["find", ...listed, "-xdev", "!", "-type", "d", "-printf", "%p %y %m %u:%g %s %T@ %l\n"]);
  const dirs = await run(["find", ...listed, "-xdev", "-type", "d", "-printf", "%p %m %u:%g\n"]);
  const root = (await Array.fromAsync(Deno.readDir("/root"))).map(({ name }) => `/root/${name}`);
  const texts = await Promise.all(databases.map(async (path) => `${path}\n${await Deno.readTextFile(path)}`));
  return {
    trees,
    names: new Set([...root, ...`${names}${dirs}`.split("\n")].filter((line) => line !== "" && !isInexact(line))),
    accounts: texts.join("\n").split("\n").filter((line) => !/^charly-[0-9a-f]{8}:/.test(line)).join("\n"),
    packages: await snapshotPackages(),
  };
}

function isInexact(line: string): boolean {
  return inexactPaths.some((path) => line === path || line.startsWith(`${path}/`) || line.startsWith(`${path} `)) ||
    line.includes("/__pycache__");
}

/** What differs, one line each. Empty: the same. */
export function diffMachines(before: Machine, after: Machine): string[] {
  return [
    ...[...before.trees].flatMap(([root, tree]) =>
      diffTrees(tree, after.trees.get(root)!).map((line) => `${root}: ${line}`)
    ),
    ...[...before.names].filter((line) => !after.names.has(line)).map((line) => `- ${line}`),
    ...[...after.names].filter((line) => !before.names.has(line)).map((line) => `+ ${line}`),
    ...(before.accounts === after.accounts ? [] : [`accounts: ${before.accounts}\n→ ${after.accounts}`]),
    ...diffPackages(before.packages, after.packages),
  ];
}
