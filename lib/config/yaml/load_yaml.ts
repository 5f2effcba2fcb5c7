/** A project that is written in YAML: its root file, what that imports and discovers, as one configuration. */
import { basename, dirname, join } from "node:path";
import { OverlayMerge, readOverlay } from "../host/overlay.ts";
import { overlayOnly } from "../host/overlay_only.ts";
import { withHostAliases } from "../host/host_aliases.ts";
import type { HostFiles } from "../host/host_files.ts";
import { below, staysBelow } from "./below.ts";
import { withBoxDefaults } from "./box_defaults.ts";
import { type Directives, type Discover, type Import, readDirectives, type Unread } from "./directives.ts";
import type { YamlEntity } from "./entity.ts";
import { runChain } from "./legacy/chain.ts";
import { isLegacy } from "./legacy/detect.ts";
import { legacyRules } from "./legacy/rules.ts";
import type { Node } from "./node.ts";
import { directivesOf, parseDocument } from "./parse_nodes.ts";
import type { Problems } from "./problem.ts";
import { readYaml } from "./read.ts";
import { isBox, isDeployment, readEntities } from "./read_entity.ts";
import { commentsOf, type Document, get, joinComments, type Place } from "./tree.ts";

/** Everything a YAML project says. */
export interface YamlProject {
  readonly entities: readonly YamlEntity[];
  /** Imports of other repositories: named, and fetched only on request. */
  readonly remote: readonly Import[];
  /** `defaults.readiness` of the first file that says something. */
  readonly readiness?: unknown;
  /** Directives nothing acts on. */
  readonly unread: readonly Unread[];
  /** What came from the overlay of this machine: `web/host`. */
  readonly overlaid: readonly string[];
  /** Comments of the root file that belong to no entity: those at its top and its end, and those of directives. */
  readonly remarks?: string;
}

/** How deep files may import each other. */
const depthLimit = 8;

/** A file of which only the directives are understood yet: a plug-in in any other file may add kinds. */
interface FileRead {
  readonly path: string;
  readonly namespace: string;
  readonly documents: readonly Document[];
  readonly directives: readonly Directives[];
}

/**
 * Loads a project.
 *
 * @param root absolute directory
 * @param file the root file, relative to it
 * @param problems takes everything that is wrong
 * @param host the user's own files, for a project that is read as it is on this machine
 */
export function loadYaml(root: string, file: string, problems: Problems, host?: HostFiles): YamlProject {
  const loader = new Loader(root, problems);
  loader.file(file, "", [], { file, line: 1, column: 1 });
  return loader.finish(host);
}

class Loader {
  readonly #files: FileRead[] = [];
  readonly #seen = new Set<string>();
  readonly #remote: Import[] = [];

  constructor(private readonly root: string, private readonly problems: Problems) {}

  /** Reads a file with everything it takes in. */
  file(path: string, namespace: string, above: readonly string[], at: Place): void {
    if (above.includes(path)) {
      this.problems.error("cycle", at, `${[...above, path].join(" imports ")}`, "remove one of these imports");
      return;
    }
    if (above.length > depthLimit) {
      this.problems.error("cycle", at, `files import each other more than ${depthLimit} levels deep`, "flatten them");
      return;
    }
    const key = `${namespace}\0${path}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const bytes = this.#bytes(path, at);
    if (bytes === undefined) return;
    const documents = this.#current(path, readYaml(bytes, path, this.problems).documents);
    const directives = documents.map((document) => readDirectives(directivesOf(document), this.problems));
    this.#files.push({ path, namespace, documents, directives });
    for (const { imports, discover } of directives) {
      for (const item of imports) this.#import(item, path, namespace, [...above, path]);
      for (const item of discover) this.#discover(item, path, namespace);
    }
  }

  /** What a file of an older form says, in today's words. */
  #current(path: string, documents: readonly Document[]): readonly Document[] {
    if (!isLegacy(path, documents)) return documents;
    const { files, changes, manual } = runChain(new Map([[path, documents]]), legacyRules);
    for (const { at, message, hint } of manual) this.problems.warn("retired", at, message, hint);
    const first = changes[0];
    if (first !== undefined) {
      const message = `is of an older form; ${changes.length} things are read as they are written today`;
      this.problems.warn(
        "retired",
        { ...first.at, line: 1, column: 1 },
        message,
        "run `charly migrate` to write them so",
      );
    }
    return [...files.values()].flat();
  }

  #import(item: Import, from: string, namespace: string, above: readonly string[]): void {
    if (item.ref.startsWith("@")) {
      this.#remote.push(item);
      const hint = "take what it brings into the project; fetching other repositories comes with a later version";
      this.problems.warn("not-found", item.at, `"${item.ref}" is not fetched`, hint);
      return;
    }
    const path = this.#inside(from, item.ref, item.at);
    if (path === undefined) return;
    const target = isDirectory(join(this.root, path)) ? join(path, "charly.yml") : path;
    const inner = item.alias === undefined ? namespace : `${namespace}${item.alias}.`;
    this.file(target, inner, above, item.at);
  }

  #discover({ path, recursive, manifest, at }: Discover, from: string, namespace: string): void {
    const inside = this.#inside(from, path, at);
    if (inside === undefined) return;
    for (const found of this.#manifests(inside, recursive, manifest, 0)) this.file(found, namespace, [], at);
  }

  /** Manifests below a directory, in the order of their names; a missing directory has none. */
  #manifests(directory: string, recursive: boolean, manifest: string, depth: number): string[] {
    if (depth > 16) return [];
    const found: string[] = [];
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

  #inside(from: string, path: string, at: Place): string | undefined {
    const inside = below(this.root, from, path);
    if (inside === undefined) {
      this.problems.error("outside-project", at, `"${path}" leads out of the project`, "move it into the project");
    }
    return inside;
  }

  #bytes(path: string, at: Place): Uint8Array | undefined {
    if (path === ".." || path.startsWith("../")) {
      this.problems.error("outside-project", at, `"${path}" leads out of the project`, "move it into the project");
      return undefined;
    }
    try {
      if (!staysBelow(this.root, path)) {
        this.problems.error(
          "outside-project",
          at,
          `"${path}" is a link out of the project`,
          "copy it into the project",
        );
        return undefined;
      }
      return Deno.readFileSync(join(this.root, path));
    } catch (error) {
      const found = error instanceof Deno.errors.NotFound ? "is not there" : "cannot be read";
      this.problems.error("not-found", at, `"${path}" ${found}`, "check the path");
      return undefined;
    }
  }

  finish(host?: HostFiles): YamlProject {
    const overlay = host === undefined ? undefined : readOverlay(host, this.problems);
    const merge = overlay === undefined ? undefined : new OverlayMerge(overlay);
    const here = host === undefined ? undefined : withHostAliases(host, this.problems);
    const externalKinds = this.#files.flatMap(({ documents }) => externalKindsOf(documents.map(({ root }) => root)));
    const entities = this.#files.flatMap((file) =>
      file.documents.flatMap((document) =>
        parseDocument(document, { externalKinds }, this.problems).flatMap((node) => {
          const mine = merge === undefined || !isDeployment(node) && node.kind !== "group"
            ? node
            : merge.apply(node, `${file.namespace}${node.name}`);
          return this.#entities(here?.(mine) ?? mine, file);
        })
      )
    );
    const imaged = this.#withDefaults(entities);
    const only = merge === undefined ? [] : overlayOnly(merge, entities, this.problems);
    for (const node of only) imaged.push(...readEntities(here?.(node) ?? node, node.name, this.problems));
    const directives = this.#files.flatMap((it) => it.directives);
    const readiness = directives.find((it) => it.readiness !== undefined)?.readiness;
    const remarks = this.#remarks();
    return {
      ...(remarks === undefined ? {} : { remarks }),
      entities: this.#unique(imaged),
      remote: this.#remote,
      ...(readiness === undefined ? {} : { readiness }),
      unread: directives.flatMap((it) => it.unread),
      overlaid: [...merge?.changed ?? [], ...only.map(({ name }) => name)],
    };
  }

  #remarks(): string | undefined {
    const documents = this.#files[0]?.documents ?? [];
    return joinComments(...documents.flatMap((document) => [
      document.comment,
      document.root.above,
      ...directivesOf(document).flatMap(({ comment, value }) => [comment, commentsOf(value)]),
      document.root.behind,
      document.after,
    ]));
  }

  /** Images with the defaults of their namespace: of each the first file that says it. */
  #withDefaults(entities: readonly YamlEntity[]): YamlEntity[] {
    const defaults = new Map<string, Record<string, unknown>>();
    for (const { namespace, directives } of this.#files) {
      for (const { boxDefaults } of directives) {
        defaults.set(namespace, { ...boxDefaults, ...defaults.get(namespace) });
      }
    }
    return [...defaults].reduce((all, [namespace, values]) => {
      const mine = (entity: YamlEntity) =>
        entity.name.startsWith(namespace) && !entity.name.slice(namespace.length).includes(".");
      const changed = withBoxDefaults(all.filter(mine), values);
      let next = 0;
      return all.map((entity) => mine(entity) ? changed[next++]! : entity);
    }, [...entities]);
  }

  #entities(node: Node, { path, namespace }: FileRead): YamlEntity[] {
    const directory = dirname(path); // where its files are, whatever the chain calls it
    // A layer in a manifest of its own is called like its directory, and has its files there.
    const layer = node.kind === "candy" && directory !== "." && !isBox(node);
    const name = layer ? basename(directory) : node.name;
    return readEntities(node, `${namespace}${name}`, this.problems, layer ? { dir: directory } : {});
  }

  /** The first writer of a name wins; a second one is reported. */
  #unique(entities: readonly YamlEntity[]): YamlEntity[] {
    const first = new Map<string, YamlEntity>();
    for (const entity of entities) {
      const key = `${entity.table}\0${entity.name}`;
      const before = first.get(key);
      if (before === undefined) {
        first.set(key, entity);
        continue;
      }
      const where = `${before.at.file}:${before.at.line}`;
      const message = `the ${entity.kind} "${entity.name}" is also in ${where}`;
      this.problems.error("duplicate-name", entity.at, message, "rename or remove one of the two");
    }
    return [...first.values()];
  }
}

/** Words of `plugin: { providers: ["kind:<word>", "deploy:<word>"] }`. */
function externalKindsOf(roots: readonly Parameters<typeof get>[0][]): string[] {
  const words: string[] = [];
  for (const root of roots) {
    for (const entity of root?.is === "map" ? root.entries : []) {
      for (const child of entity.value.is === "map" ? entity.value.entries : []) {
        const providers = get(get(child.value, "plugin"), "providers");
        for (const item of providers?.is === "list" ? providers.items : []) {
          const word = item.is === "scalar" ? /^(?:kind|deploy):(.+)$/.exec(item.text)?.[1] : undefined;
          if (word !== undefined) words.push(word);
        }
      }
    }
  }
  return words;
}

function entriesOf(path: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    return []; // a directory that is not there has nothing to discover
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
