/** Reads candies' own files once, before compiling: the only place of the compiler that touches a disk. */
import { createHash } from "node:crypto";
import { isAbsolute, join, relative, sep } from "node:path";
import { CharlyError } from "../base/errors.ts";
import { candyDir } from "../base/names.ts";
import { parseRemoteRef, pinName } from "../base/remote_ref.ts";
import type { Candy } from "../entities/candy.ts";
import { ownBuilders } from "../entities/vocabulary/builders.ts";
import type { Builder } from "../entities/words.ts";
import type { Content } from "../steps/act.ts";
import { type CandyDirectory, type CandyFile, type CandyFiles, ctxNames } from "../steps/candy_files.ts";
import { bytesContent } from "../steps/content.ts";
import { sourceName } from "../steps/op_files.ts";

/** Names builders are found by; `src/` is a directory. */
export const builderFiles: readonly string[] = [
  ...Object.values<Builder>(ownBuilders).flatMap(({ detectFile }) => detectFile ?? []),
  ...["pixi.lock", "src/"],
].sort();

/** Larger files stay on disk and are streamed. */
const inMemory = 1024 * 1024;
/** More files than this in a directory a command asks for whole is a mistake. */
const mostFiles = 2000;

/**
 * Files the candies' steps refer to: sources of `copy`, names after `/ctx/` in commands, and which builder files exist.
 * Names that are not there are left out; compiling says so where one is needed.
 *
 * @param root absolute directory of the project
 * @param trees directories of other repositories by `host/org/repo:version`; a candy whose `dir` is a reference has its files there
 * @throws CharlyError when a name leads out of the project, or of the repository
 */
export async function readCandyFiles(
  root: string,
  candies: Readonly<Record<string, Candy>>,
  trees: Readonly<Record<string, string>> = {},
): Promise<CandyFiles> {
  const real = await Deno.realPath(root);
  const entries: [string, CandyDirectory][] = [];
  for (const name of Object.keys(candies).sort()) {
    const candy = candies[name];
    if (candy === undefined) continue;
    const elsewhere = candy.dir?.startsWith("@") === true ? await treeOf(name, candy.dir, trees) : undefined;
    const read = await readCandy(elsewhere?.root ?? real, elsewhere?.path, name, candy);
    if (read !== undefined) entries.push([name, read]);
  }
  return Object.fromEntries(entries);
}

/** The repository a candy comes from, and its directory there. */
async function treeOf(name: string, dir: string, trees: Readonly<Record<string, string>>) {
  const ref = parseRemoteRef(dir);
  const tree = ref === undefined || !Object.hasOwn(trees, pinName(ref)) ? undefined : trees[pinName(ref)];
  if (ref !== undefined && tree !== undefined) return { root: await Deno.realPath(tree), path: ref.path };
  throw new CharlyError(`read candy "${name}": ${JSON.stringify(dir)} is not fetched`, {
    hint: "run `charly fetch`",
    code: "not-fetched",
    exitCode: 2,
  });
}

async function readCandy(
  root: string,
  below: string | undefined,
  name: string,
  candy: Candy,
): Promise<CandyDirectory | undefined> {
  const dir = candy.dir ?? `${candyDir}/${name}`;
  const local = below ?? dir;
  const path = await inside(root, isAbsolute(local) ? local : join(root, local), name);
  if (path === undefined || !(await Deno.stat(path)).isDirectory) return undefined;
  const found = new Map<string, CandyFile>();
  for (const wanted of wantedNames(candy)) await collect(root, path, wanted, name, found);
  const present = [];
  for (const file of builderFiles) {
    const stat = await Deno.stat(join(path, file)).catch(() => undefined);
    if (stat !== undefined && stat.isDirectory === file.endsWith("/")) present.push(file);
  }
  return { dir, builderFiles: present, files: [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1) };
}

/** Names relative to the candy's directory; "" is all of it. */
function wantedNames(candy: Candy): string[] {
  const names = (candy.plan ?? []).flatMap((entry) => {
    if (entry.copy !== undefined) return [sourceName(entry)];
    if (entry.command === undefined) return entry.external === undefined ? [] : ctxNames(entry.script ?? "");
    const undo = typeof entry.undo === "string" ? entry.undo : entry.undo?.command ?? "";
    return ctxNames(`${entry.command}\n${undo}`);
  });
  return [...new Set(names)].sort();
}

async function collect(
  root: string,
  dir: string,
  name: string,
  candy: string,
  found: Map<string, CandyFile>,
  open: readonly string[] = [],
) {
  if (found.has(name)) return;
  if (isAbsolute(name) || name.split("/").includes("..")) throw outside(candy, name);
  const path = await inside(root, join(dir, name), candy);
  if (path === undefined) return;
  const stat = await Deno.stat(path);
  if (stat.isDirectory) {
    // A link to a directory we are in would go round for ever.
    if (open.includes(path)) return;
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) if (entry.name !== ".git") names.push(entry.name);
    for (const below of names.sort()) {
      await collect(root, dir, name === "" ? below : `${name}/${below}`, candy, found, [...open, path]);
    }
    return;
  }
  if (!stat.isFile) return;
  if (found.size >= mostFiles) {
    throw new CharlyError(`read candy "${candy}": more than ${mostFiles} files below ${relative(root, dir)}`, {
      hint: "name the files after /ctx/ one by one, or move the rest elsewhere",
      code: "too-many-files",
      exitCode: 2,
    });
  }
  const executable = stat.mode !== null && (stat.mode & 0o100) !== 0;
  found.set(name, { name, content: await readContent(path, stat.size), executable });
}

async function readContent(path: string, size: number): Promise<Content> {
  if (size <= inMemory) return bytesContent(await Deno.readFile(path));
  const hash = createHash("sha256");
  let length = 0;
  using file = await Deno.open(path);
  for await (const chunk of file.readable) {
    hash.update(chunk);
    length += chunk.length;
  }
  return { sha256: hash.digest("hex"), size: length, from: { kind: "file", path } };
}

/** The real path when it exists, which must be below the project: a link in a repository must not ship other files. */
async function inside(root: string, path: string, candy: string): Promise<string | undefined> {
  const real = await Deno.realPath(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  });
  if (real === undefined || real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)) return real;
  throw outside(candy, relative(root, path));
}

function outside(candy: string, name: string): CharlyError {
  return new CharlyError(`read candy "${candy}": ${JSON.stringify(name)} leads out of the project`, {
    hint: "copy the file into the candy's directory",
    code: "outside-project",
    exitCode: 2,
  });
}
