/** A project that is written in YAML: its root file, what that imports and discovers, as one configuration. */
import { basename, dirname, join } from "node:path";
import { withHostAliases } from "../host/host_aliases.ts";
import type { HostFiles } from "../host/host_files.ts";
import { OverlayMerge, readOverlay } from "../host/overlay.ts";
import { overlayOnly } from "../host/overlay_only.ts";
import { openRepos, type Repos } from "../remote/repos.ts";
import { withBoxDefaults } from "./box_defaults.ts";
import type { Unread } from "./directives.ts";
import type { YamlEntity } from "./entity.ts";
import { isLayerFile } from "./legacy/layers.ts";
import { resolveNames } from "./namespaces.ts";
import type { Node } from "./node.ts";
import { directivesOf, parseDocument } from "./parse_nodes.ts";
import type { Problems } from "./problem.ts";
import { type FileRead, FileReader, type RemoteUse } from "./read_files.ts";
import { isBox, isDeployment, readEntities } from "./read_entity.ts";
import { RemoteCandies } from "./remote_candies.ts";
import { commentsOf, get, joinComments } from "./tree.ts";

/** Everything a YAML project says. */
export interface YamlProject {
  readonly entities: readonly YamlEntity[];
  /** What it refers to in other repositories, theirs included. */
  readonly remote: readonly RemoteUse[];
  /** `defaults.readiness` of the first file that says something. */
  readonly readiness?: unknown;
  /** Directives nothing acts on. */
  readonly unread: readonly Unread[];
  /** What came from the overlay of this machine: `web/host`. */
  readonly overlaid: readonly string[];
  /** Comments of the root file that belong to no entity: those at its top and its end, and those of directives. */
  readonly remarks?: string;
  /**
   * What reading it looked at: while all of that is as it was, so is the project. Not of one that refers to other repositories:
   * what those are hangs on a lock, a cache and the environment.
   */
  readonly looked?: Looked;
}

/** Absolute paths. */
export interface Looked {
  readonly files: readonly string[];
  /** Directories that were searched, also those that are not there. */
  readonly folders: readonly string[];
  /** Files that may not be there. */
  readonly maybe: readonly string[];
}

/** What a project is read with. */
export interface LoadYamlOptions {
  /** Where other repositories are found. @default {those of the lock file, in this user's cache} */
  readonly repos?: Repos;
  /** The user's own files, for a project that is read as it is on this machine. @default {nothing of them is read} */
  readonly host?: HostFiles;
}

/**
 * Loads a project. Nothing is fetched: other repositories are read from the cache, as the lock file says.
 *
 * @param root absolute directory
 * @param file the root file, relative to it
 * @param problems takes everything that is wrong
 */
export function loadYaml(
  root: string,
  file: string,
  problems: Problems,
  { repos = openRepos(root), host }: LoadYamlOptions = {},
): YamlProject {
  const files = new FileReader(root, problems, repos);
  files.load(file);
  return new Loader(files, problems).project(host);
}

/** Makes one configuration of what was read. */
class Loader {
  readonly #read: FileReader;

  constructor(files: FileReader, private readonly problems: Problems) {
    this.#read = files;
  }

  /** @param host the files of a user whose overlay and aliases hold */
  project(host?: HostFiles): YamlProject {
    const overlay = host === undefined ? undefined : readOverlay(host, this.problems);
    const merge = overlay === undefined ? undefined : new OverlayMerge(overlay);
    const here = host === undefined ? undefined : withHostAliases(host, this.problems);
    const externalKinds = this.#read.files.flatMap(({ documents }) =>
      externalKindsOf(documents.map(({ root }) => root))
    );
    const places = new Map<YamlEntity, FileRead>();
    for (const file of this.#read.files) {
      for (const document of file.documents) {
        for (const node of parseDocument(document, { externalKinds }, this.problems)) {
          const mine = merge === undefined || !isDeployment(node) && node.kind !== "group"
            ? node
            : merge.apply(node, file.namespace);
          for (const entity of this.#entities(here?.(mine) ?? mine, file)) places.set(entity, file);
        }
      }
    }
    const own = this.#withDefaults([...places.keys()], places);
    // What only the overlay has stands in no file of the project, and has its names as the root file would.
    const only = merge === undefined ? [] : overlayOnly(merge, own, this.problems);
    for (const node of only) own.push(...readEntities(here?.(node) ?? node, node.name, this.problems));
    const unique = this.#unique(own);
    const candies = new RemoteCandies(
      this.#read.project,
      this.problems,
      (ref, written, at) => this.#read.tree(ref, written, at, "warn"),
    );
    const remote = candies.take(unique, (entity) => places.get(entity)?.open ?? []);
    const named = resolveNames(unique, (entity) => places.get(entity)?.namespace ?? "", this.#read.aliases);
    const directives = this.#read.files.filter(({ namespace }) => namespace === "").flatMap((it) => it.directives);
    const readiness = directives.find((it) => it.readiness !== undefined)?.readiness;
    const mine = this.#read.files.filter(({ tree }) => tree.ref === undefined).flatMap((it) => it.directives);
    const remarks = this.#remarks();
    return {
      entities: this.#unique([...named, ...remote]),
      remote: this.#read.remote,
      ...(readiness === undefined ? {} : { readiness }),
      unread: mine.flatMap((it) => it.unread),
      overlaid: [...merge?.changed ?? [], ...only.map(({ name }) => name)],
      ...(remarks === undefined ? {} : { remarks }),
      ...(this.#read.remote.length > 0 ? {} : { looked: this.#looked(host) }),
    };
  }

  #looked(host?: HostFiles): Looked {
    const { files, folders } = this.#read.project.looked;
    // The first says which references lead back to the project itself.
    const maybe = [join(this.#read.project.root, ".git/config")];
    if (host !== undefined) maybe.push(host.overlay, host.oldOverlay, host.settings);
    return { files: [...files], folders: [...folders], maybe };
  }

  #remarks(): string | undefined {
    const documents = this.#read.files[0]?.documents ?? [];
    return joinComments(...documents.flatMap((document) => [
      document.comment,
      document.root.above,
      ...directivesOf(document).flatMap(({ comment, value }) => [comment, commentsOf(value)]),
      document.root.behind,
      document.after,
    ]));
  }

  /** Images with the defaults of their namespace: of each the first file that says it. */
  #withDefaults(entities: readonly YamlEntity[], places: Map<YamlEntity, FileRead>): YamlEntity[] {
    const defaults = new Map<string, Record<string, unknown>>();
    for (const { namespace, directives } of this.#read.files) {
      for (const { boxDefaults } of directives) {
        if (Object.keys(boxDefaults).length === 0) continue;
        defaults.set(namespace, { ...boxDefaults, ...defaults.get(namespace) });
      }
    }
    if (defaults.size === 0) return [...entities];
    const namespaceOf = (entity: YamlEntity) => places.get(entity)?.namespace ?? "";
    // The base of an image may be one of another file, under whatever prefix.
    const bases = resolveNames(entities, namespaceOf, this.#read.aliases).map(({ value }) => value["base"]);
    const images = new Set<unknown>(entities.filter(({ table }) => table === "boxes").map(({ name }) => name));
    return entities.map((entity, index) => {
      const changed = withBoxDefaults(entity, defaults.get(namespaceOf(entity)) ?? {}, images.has(bases[index]));
      if (changed !== entity) places.set(changed, places.get(entity)!);
      return changed;
    });
  }

  #entities(node: Node, { tree, path, namespace, discovered, home }: FileRead): YamlEntity[] {
    const directory = dirname(path); // where its files are, whatever the chain calls it
    // A layer in a manifest of its own is called like its directory, and has its files there.
    const manifest = discovered || basename(path) === "charly.yml" || isLayerFile(path);
    const layer = node.kind === "candy" && !isBox(node);
    const alone = layer && directory !== "." && directory !== home && manifest;
    const name = alone ? basename(directory) : node.name;
    const elsewhere = tree.ref !== undefined || namespace !== "";
    const dir = alone ? directory : layer && elsewhere ? join(home, "candy", name) : undefined;
    return readEntities(node, `${namespace}${name}`, this.problems, {
      namespace,
      ...(dir === undefined ? {} : { dir: tree.candyDir(dir) }),
    });
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
