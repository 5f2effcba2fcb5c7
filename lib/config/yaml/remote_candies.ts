/** Candies of other repositories, named where they are used: `candy: ["@host/org/repo/candy/git:v1"]`. */
import { basename, dirname, join } from "node:path";
import { parseRemoteRef, pinName, type RemoteRef, remoteRefText } from "../../base/remote_ref.ts";
import type { YamlEntity } from "./entity.ts";
import type { Open } from "./read_files.ts";
import { parseDocument } from "./parse_nodes.ts";
import type { Problems } from "./problem.ts";
import { isBox, readEntities } from "./read_entity.ts";
import { placeOf } from "./read_shape.ts";
import type { SourceTree } from "./source_tree.ts";
import type { Place } from "./tree.ts";

/** Fields with references to candies. */
const fields = ["candy", "require", "bakePlugin", "addCandy"] as const;

/** A candy that was asked for. */
interface Taken {
  readonly entity: YamlEntity;
  readonly ref: RemoteRef;
}

/** One use of a candy. */
interface Use {
  readonly ref: RemoteRef;
  readonly written: string;
  readonly at: Place;
  /** A plain name in a remote candy: there may be no such sibling. */
  readonly sibling?: true;
}

/** Takes in what the entities of a project ask for, and what that asks for. */
export class RemoteCandies {
  readonly #taken = new Map<string, Taken>();
  readonly #seen = new Set<string>();
  readonly #waiting: Use[] = [];

  /**
   * @param project what is being read: a reference to it from elsewhere means it, at whatever version
   * @param treeOf the tree of a reference, or nothing, which has been reported
   */
  constructor(
    private readonly project: SourceTree,
    private readonly problems: Problems,
    private readonly treeOf: (ref: RemoteRef, written: string, at: Place) => SourceTree | undefined,
  ) {}

  /**
   * @param openOf the files an entity was read below: a reference to one of their repositories means what is there
   * @returns the candies of other repositories
   */
  take(entities: readonly YamlEntity[], openOf: (entity: YamlEntity) => readonly Open[]): readonly YamlEntity[] {
    for (const entity of entities) {
      const open = openOf(entity);
      for (const field of fields) {
        for (const [index, written] of textsOf(entity.value[field]).entries()) {
          if (!written.startsWith("@")) continue;
          const at = placeOf(entity.places, [field, String(index)]) ?? entity.at;
          const ref = this.#parse(written, at);
          if (ref === undefined) continue;
          const own = open.findLast(({ tree }) => tree.identities.has(ref.repo));
          if (own === undefined) this.#waiting.push({ ref, written, at });
          else rename(entity, field, index, `${namespaceOf(open, own.tree)}${basename(ref.path)}`);
        }
      }
    }
    const project = new Map(entities.filter(({ table }) => table === "candies").map((entity) => [entity.name, entity]));
    for (let use = this.#waiting.shift(); use !== undefined; use = this.#waiting.shift()) this.#take(use, project);
    return [...this.#taken.values()].map(({ entity }) => entity);
  }

  #parse(written: string, at: Place): RemoteRef | undefined {
    const ref = parseRemoteRef(written);
    if (ref !== undefined && ref.path !== "") return ref;
    const hint = "write `@host/org/repo/candy/name:version`";
    this.problems.error("bad-value", at, `"${written}" names no candy of a repository`, hint);
    return undefined;
  }

  #take({ ref, written, at, sibling }: Use, project: ReadonlyMap<string, YamlEntity>): void {
    const key = remoteRefText(ref);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const tree = this.treeOf(ref, written, at);
    if (tree === undefined) return;
    const path = manifestOf(tree, ref.path);
    if (sibling === true && !tree.hasFile(path)) return; // then it is the project's, or nobody's, which is told elsewhere
    const entity = this.#read(tree, ref, path, at);
    if (entity === undefined) return;
    const mine = project.get(entity.name);
    if (mine !== undefined) {
      const where = `${mine.at.file}:${mine.at.line}`;
      if (sibling === true) {
        const message = `the project's own "${entity.name}" (${where}) takes the place of "${written}"`;
        this.problems.warn("duplicate-name", at, message, "rename the project's own, unless that is meant");
        return;
      }
      const message = `the candy "${entity.name}" of "${written}" is also in ${where}`;
      const hint = "rename or remove the project's own, or refer to it by its name";
      this.problems.error("duplicate-name", at, message, hint);
      return;
    }
    const before = this.#taken.get(entity.name);
    if (before !== undefined && (before.ref.repo !== ref.repo || before.ref.path !== ref.path)) {
      const message = `the candy "${entity.name}" is in "${remoteRefText(before.ref)}" and in "${written}"`;
      this.problems.error("duplicate-name", at, message, "use one of the two");
      return;
    }
    // Asked for at several versions, the newest candy is taken: its own version says which that is.
    if (before === undefined || newer(entity, before.entity)) this.#taken.set(entity.name, { entity, ref });
    for (const field of fields) {
      for (const [index, name] of textsOf(entity.value[field]).entries()) {
        const place = placeOf(entity.places, [field, String(index)]) ?? entity.at;
        const next = name.startsWith("@") ? this.#parse(name, place) : { ...ref, path: join(dirname(ref.path), name) };
        if (next === undefined) continue;
        if (this.project.identities.has(next.repo)) {
          rename(entity, field, index, basename(next.path));
          continue;
        }
        const use = { ref: next, at: place };
        this.#waiting.push(
          name.startsWith("@") ? { ...use, written: name } : { ...use, written: remoteRefText(next), sibling: true },
        );
      }
    }
  }

  #read(tree: SourceTree, ref: RemoteRef, path: string, at: Place): YamlEntity | undefined {
    const documents = tree.read(path, at, this.problems);
    if (documents === undefined) return undefined;
    const nodes = documents.flatMap((document) => parseDocument(document, { externalKinds: [] }, this.problems));
    const layers = nodes.filter((node) => node.kind === "candy" && !isBox(node));
    const layer = layers[0];
    if (layer === undefined || layers.length > 1) {
      const message = `"${tree.label(path)}" has ${layers.length} candies, and a manifest of a candy has one`;
      this.problems.error("not-found", at, message, `name another path of ${pinName(ref)}`);
      return undefined;
    }
    return readEntities(layer, basename(ref.path), this.problems, { dir: tree.candyDir(dirname(path)) })[0];
  }
}

/** The manifest of a candy: as it is called today, and where; else as it was. */
function manifestOf(tree: SourceTree, path: string): string {
  // What was called a layer is a candy today.
  const directories = new Set([path.replace(/(^|\/)layers\/(?=[^/]+$)/, "$1candy/"), path]);
  const found = [...directories].flatMap((dir) => manifestNames.map((name) => join(dir, name)));
  return found.find((file) => tree.hasFile(file)) ?? join(path, "charly.yml");
}

const manifestNames = ["charly.yml", "candy.yml", "layer.yml", "layer.yaml"];

/** Where the names of a tree go: the first file of it that was opened says so. */
function namespaceOf(open: readonly Open[], tree: SourceTree): string {
  return open.find((it) => it.tree === tree)!.namespace;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((it): it is string => typeof it === "string") : [];
}

/** The entity was read a moment ago and belongs to nobody else yet. */
function rename({ value }: YamlEntity, field: string, index: number, name: string): void {
  value[field] = (value[field] as readonly string[]).map((it, at) => at === index ? name : it);
}

function newer(a: YamlEntity, b: YamlEntity): boolean {
  const parts = ({ value }: YamlEntity) => String(value["version"] ?? "").split(".").map(Number);
  const [x, y] = [parts(a), parts(b)];
  const at = x.findIndex((part, index) => part !== y[index]);
  return at >= 0 && (x[at] ?? 0) > (y[at] ?? 0);
}
