/** Where the files of a project come from: its own directory, or a fetched repository; and what they say in today's words. */
import { basename, dirname, join } from "node:path";
import { pinName, type RemoteRef, remoteRefText, repoIdentity } from "../../base/remote_ref.ts";
import { readSmallFile } from "../remote/small_file.ts";
import { below, staysBelow } from "./below.ts";
import { runChain } from "./legacy/chain.ts";
import { isLegacy } from "./legacy/detect.ts";
import type { ProjectFiles } from "./legacy/rule.ts";
import { legacyRules } from "./legacy/rules.ts";
import { isProjectFile, migrateFiles } from "./migrate.ts";
import { Problems } from "./problem.ts";
import { readYamlFile } from "./read_file.ts";
import type { Document, Place } from "./tree.ts";

/** A directory with YAML files in it. */
export class SourceTree {
  /** `host/org/repo` it is known to be: by what refers to it, by its `repo`, by where git fetched it from. */
  readonly identities = new Set<string>();
  /** Absolute paths of what was read and searched. */
  readonly looked = { files: new Set<string>(), folders: new Set<string>() };
  /** A repository of an older layout, as it is called today; made when its root is asked for and is not there. */
  #renewed?: { readonly files: ProjectFiles; readonly moved: ReadonlyMap<string, string> } | "none";

  /**
   * @param root absolute directory
   * @param ref of a fetched tree; the project itself has none
   */
  constructor(readonly root: string, readonly ref?: Pick<RemoteRef, "repo" | "version">) {
    if (ref !== undefined) this.identities.add(ref.repo);
    else {
      const origin = originOf(root);
      if (origin !== undefined) this.identities.add(origin);
    }
  }

  /** A file as messages call it: relative to the project, or the reference to it. */
  label(path: string): string {
    return this.ref === undefined ? path : `@${pinName(this.ref)}/${path}`;
  }

  /** What tells trees apart. */
  get key(): string {
    return this.ref === undefined ? "" : pinName(this.ref);
  }

  /** `dir` of a candy: relative to the project, or a reference into this tree. */
  candyDir(path: string): string {
    const real = this.#old?.moved.get(path) ?? path;
    return this.ref === undefined ? real : remoteRefText({ ...this.ref, path: real });
  }

  /** A path that a file of this tree names, or nothing when it leads out. */
  inside(from: string, path: string): string | undefined {
    return below(this.root, from, path);
  }

  /** Whether something is there and, links followed, stands outside. */
  leavesAt(path: string): boolean {
    try {
      return !staysBelow(this.root, path);
    } catch {
      return false; // it is not there
    }
  }

  /** Whether a directory is there. */
  isDirectory(path: string): boolean {
    if (this.#old !== undefined && [...this.#old.files.keys()].some((file) => file.startsWith(`${path}/`))) return true;
    return stat(join(this.root, path))?.isDirectory === true;
  }

  /** Whether a file is there; in a fetched repository of an older layout by its name of today. */
  hasFile(path: string): boolean {
    return stat(join(this.root, path))?.isFile === true || this.#renew()?.has(path) === true;
  }

  /**
   * Documents of a file, in today's words.
   *
   * @param at what asks for it
   * @returns nothing when there is no such file, which has been reported
   */
  read(path: string, at: Place, problems: Problems): readonly Document[] | undefined {
    const renewed = this.#renew()?.get(path);
    if (renewed !== undefined) return renewed;
    const documents = this.#documents(path, at, problems);
    return documents === undefined ? undefined : this.#current(path, documents, problems);
  }

  /** Manifests below a directory, in the order of their names; a missing directory has none. */
  manifests(directory: string, recursive: boolean, manifest: string): string[] {
    const old = this.#old;
    if (old === undefined) return this.#manifests(directory, recursive, manifest, 0);
    return [...old.files.keys()].filter((path) => {
      if (basename(path) !== manifest) return false;
      const dir = dirname(path);
      return directory === "." || dir === directory ||
        (dir.startsWith(`${directory}/`) && (recursive || dirname(dir) === directory));
    }).sort();
  }

  #manifests(directory: string, recursive: boolean, manifest: string, depth: number): string[] {
    if (depth > 16) return [];
    const found: string[] = [];
    this.looked.folders.add(join(this.root, directory));
    for (const { name, isFile, isDirectory } of entriesOf(join(this.root, directory))) {
      const path = join(directory, name);
      if (isFile && name === manifest) found.push(path);
      // A link may lead anywhere, and a dot marks what is somebody else's.
      else if (isDirectory && !name.startsWith(".") && (recursive || depth === 0)) {
        found.push(...this.#manifests(path, recursive, manifest, depth + 1));
      }
    }
    return found;
  }

  get #old() {
    return this.#renewed === "none" ? undefined : this.#renewed;
  }

  /** A fetched repository without a root file of today is brought into today's layout as a whole. */
  #renew(): ProjectFiles | undefined {
    if (this.ref === undefined) return undefined;
    this.#renewed ??= stat(join(this.root, "charly.yml")) === undefined ? this.#today() ?? "none" : "none";
    return this.#old?.files;
  }

  #today() {
    const files = new Map<string, readonly Document[]>();
    for (const path of yamlFiles(this.root, "", 0)) {
      const { documents } = readYamlFile(join(this.root, path), this.label(path), new Problems());
      if (isProjectFile(path, documents)) files.set(path, documents);
    }
    if (![...files].some(([path, documents]) => isLegacy(path, documents) || path === "overthink.yml")) {
      return undefined;
    }
    const { files: now, move } = migrateFiles(files);
    return { files: now, moved: new Map(move.map(([from, to]) => [to, from])) };
  }

  /** What a file of an older form says, in today's words. */
  #current(path: string, documents: readonly Document[], problems: Problems): readonly Document[] {
    if (!isLegacy(path, documents)) return documents;
    const { files, changes, manual } = runChain(new Map([[path, documents]]), legacyRules);
    if (this.ref !== undefined) return [...files.values()].flat(); // it is not the user's to rewrite
    for (const { at, message, hint } of manual) problems.warn("retired", at, message, hint);
    const first = changes[0];
    if (first !== undefined) {
      const message = `is of an older form; ${changes.length} things are read as they are written today`;
      problems.warn(
        "retired",
        { ...first.at, line: 1, column: 1 },
        message,
        "run `charly migrate` to write them so",
      );
    }
    return [...files.values()].flat();
  }

  #documents(path: string, at: Place, problems: Problems): readonly Document[] | undefined {
    const whole = this.ref === undefined ? "project" : "repository";
    const outside = (message: string, hint: string) => void problems.error("outside-project", at, message, hint);
    if (path === ".." || path.startsWith("../")) {
      return outside(`"${path}" leads out of the ${whole}`, `move it into the ${whole}`);
    }
    try {
      if (!staysBelow(this.root, path)) {
        return outside(`"${path}" is a link out of the ${whole}`, `copy it into the ${whole}`);
      }
      this.looked.files.add(join(this.root, path));
      return readYamlFile(join(this.root, path), this.label(path), problems).documents;
    } catch (error) {
      const found = error instanceof Deno.errors.NotFound ? "is not there" : "cannot be read";
      problems.error("not-found", at, `"${this.label(path)}" ${found}`, "check the path");
      return undefined;
    }
  }
}

/** YAML files of a project, in the order of their names; what begins with a dot is somebody else's. */
export function* yamlFiles(root: string, below: string, depth: number): Generator<string> {
  if (depth > 4) return;
  for (const { name, isFile, isDirectory } of entriesOf(below === "" ? root : join(root, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (name.startsWith(".") || name === "node_modules") continue;
    if (isFile && /\.ya?ml$/.test(name)) yield path;
    else if (isDirectory) yield* yamlFiles(root, path, depth + 1);
  }
}

/** `origin` of a project's own repository; its configuration is a file, and git need not be asked. */
function originOf(root: string): string | undefined {
  try {
    const text = readSmallFile(join(root, ".git/config")) ?? "";
    const url = /^\s*\[remote "origin"\][^[]*?^\s*url\s*=\s*(\S+)\s*$/m.exec(text)?.[1];
    return url === undefined ? undefined : repoIdentity(url);
  } catch {
    return undefined; // no repository, or one of another make
  }
}

function entriesOf(path: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    return []; // a directory that is not there has nothing to discover
  }
}

function stat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}
