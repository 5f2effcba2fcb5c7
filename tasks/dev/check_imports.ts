/** Who may import whom: the directions of the house, checked on the module graph that Deno itself sees. */
import { fromFileUrl, roomOf } from "./rooms.ts";
import { directions, packages } from "./import_directions.ts";

/** One import of one file. */
export interface Import {
  /** Relative to the root. */
  readonly from: string;
  /** Relative to the root, or `npm:name@…`, `node:name`, or an address outside. */
  readonly to: string;
  /** 1-based; 0 where Deno does not say. */
  readonly line: number;
  /** Gone at run time. */
  readonly typeOnly: boolean;
}

interface InfoDependency {
  readonly code?: { readonly specifier?: string; readonly span?: { readonly start: { readonly line: number } } };
  readonly type?: InfoDependency["code"];
}
interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly InfoDependency[];
}

/** Every import of the TypeScript files below `root` that `files` names, in the order of the files. */
export async function importsOf(root: string, files: readonly string[]): Promise<Import[]> {
  // one entry that imports all files: one process for the whole graph
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(entry, files.map((file) => `import "file://${root}/${file}";\n`).join(""));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", entry],
      cwd: root,
      stdin: "null",
    }).output();
    if (!success) throw new Error(`read the module graph: ${new TextDecoder().decode(stderr)}`);
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { readonly modules: readonly InfoModule[] };
    return modules
      .map((module) => ({ ...module, path: fromFileUrl(module.specifier, root) }))
      .filter(({ path }) => !path.startsWith("/") && !path.includes(":"))
      .sort((a, b) => a.path < b.path ? -1 : 1)
      .flatMap(({ path, dependencies = [] }) => dependencies.flatMap((dependency) => importOf(path, dependency, root)));
  } finally {
    await Deno.remove(entry);
  }
}

/** What is wrong with these imports, one line each. */
export function violations(imports: readonly Import[]): string[] {
  const wrong: string[] = [];
  for (const { from, to, line, typeOnly } of imports) {
    const room = roomOf(from), allowed = directions[room];
    const where = `${from}:${line}`;
    if (allowed === undefined) {
      wrong.push(`${where}: ${room} is not in the table of tasks/dev/import_directions.ts`);
      continue;
    }
    const scheme = /^(\w+):/.exec(to)?.[1];
    if (scheme === "npm") {
      const name = /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(to)![1]!;
      const homes = packages[name];
      if (homes === undefined) wrong.push(`${where}: the package ${name} is not in the table of packages`);
      else if (!homes.some((home) => from === home || from.startsWith(`${home}/`))) {
        wrong.push(`${where}: the package ${name} is for ${homes.join(", ")} only`);
      }
    } else if (scheme !== undefined) {
      if (scheme !== "node") wrong.push(`${where}: ${to} is neither ours, nor npm:, nor node:`);
    } else if (to.startsWith("/")) wrong.push(`${where}: ${to} is outside the repository`);
    else {
      const target = roomOf(to);
      if (target === room) continue;
      const how = allowed[target];
      if (how === undefined) wrong.push(`${where}: ${room} may not import ${target} (${to})`);
      else if (how === "types" && !typeOnly) wrong.push(`${where}: ${room} may import only types of ${target} (${to})`);
    }
  }
  return wrong;
}

/** Chains from `start` to an npm package, one per package: what a file that promises to need none would pull in. */
export function packagesBehind(start: string, imports: readonly Import[]): string[] {
  const cameFrom = new Map<string, string>([[start, ""]]);
  const found: string[] = [];
  for (const path of cameFrom.keys()) {
    for (const { from, to } of imports) {
      if (from !== path || cameFrom.has(to)) continue;
      cameFrom.set(to, path);
      if (!to.startsWith("npm:")) continue;
      const chain = [to];
      while (chain[0] !== start) chain.unshift(cameFrom.get(chain[0]!)!);
      found.push(chain.join(" → "));
    }
  }
  return found;
}

/** Directories of tests without the directory that they mirror. */
export function strayTests(tests: readonly string[], sources: readonly string[]): string[] {
  const dirs = new Set(sources.flatMap(parents));
  return tests
    .filter((path) => /^tests\/(lib|targets|tasks)\//.test(path) && path.endsWith("_test.ts"))
    .filter((path) => !dirs.has(path.slice("tests/".length, path.lastIndexOf("/"))))
    .map((path) => `${path}: there is no ${path.slice("tests/".length, path.lastIndexOf("/"))}/ that it tests`);
}

/** Every TypeScript file below the directories of the repository that have a place in the house. */
export async function sourceFiles(
  root: string,
  dirs = ["lib", "targets", "tasks", "tests", "examples"],
): Promise<string[]> {
  const files: string[] = [];
  const visit = async (dir: string) => {
    for await (const { name, isDirectory } of Deno.readDir(`${root}/${dir}`)) {
      if (isDirectory) await visit(`${dir}/${name}`);
      else if (name.endsWith(".ts")) files.push(`${dir}/${name}`);
    }
  };
  for (const dir of dirs) if (await Deno.stat(`${root}/${dir}`).then(() => true, () => false)) await visit(dir);
  for await (const { name } of Deno.readDir(root)) if (name.endsWith(".ts")) files.push(name);
  return files.sort();
}

function importOf(from: string, { code, type }: InfoDependency, root: string): Import[] {
  const found = code ?? type;
  if (found?.specifier === undefined) return [];
  const to = fromFileUrl(found.specifier, root);
  return [{ from, to, line: (found.span?.start.line ?? -1) + 1, typeOnly: code === undefined }];
}

function parents(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

if (import.meta.main) {
  const root = fromFileUrl(new URL("../..", import.meta.url).href, "").replace(/\/$/, "");
  const files = await sourceFiles(root);
  const checked = files.filter((file) => !file.startsWith("tests/"));
  const imports = await importsOf(root, checked);
  const wrong = [
    ...violations(imports),
    ...packagesBehind("mod.ts", imports).map((chain) => `mod.ts: a config must not need packages: ${chain}`),
    ...strayTests(files, checked),
  ];
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) {
    console.error(`error: check imports: ${wrong.length} against the house\nhint: see docs/decisions.md, "Rooms"`);
    Deno.exit(1);
  }
  console.log(`${imports.length} imports of ${checked.length} files go the right way`);
}
