/** The files of a project that is written in YAML: its root file and what that imports and discovers, here and in other repositories. */
import { dirname, join } from "node:path";
import { parseRemoteRef, pinName, type RemoteRef, repoIdentity } from "../../base/remote_ref.ts";
import type { Repos } from "../remote/repos.ts";
import { type Directives, type Discover, type Import, readDirectives } from "./directives.ts";
import { directivesOf } from "./parse_nodes.ts";
import type { Problems } from "./problem.ts";
import { SourceTree } from "./source_tree.ts";
import type { Document, Place } from "./tree.ts";

/** A reference to another repository. */
export interface RemoteUse {
  /** As it is written. */
  readonly ref: string;
  readonly repo: Pick<RemoteRef, "repo" | "version">;
  readonly at: Place;
  /** The tree it was read from; nothing when it is not fetched, or not what the lock says. */
  readonly dir?: string;
}

/** How deep files may import each other. */
const depthLimit = 8;
/** How many names with prefixes there may be: `a.b.c.…` of repositories that import ever more of them ends here. */
const mountLimit = 500;

/** A file that is being read, and where its names go: what a reference to its own repository leads back to. */
export interface Open {
  readonly tree: SourceTree;
  readonly path: string;
  readonly namespace: string;
}

/** A file of which only the directives are understood yet: a plug-in in any other file may add kinds. */
export interface FileRead extends Open {
  readonly documents: readonly Document[];
  readonly directives: readonly Directives[];
  /** The files above it, the root first, itself last. */
  readonly open: readonly Open[];
  /** Found by `discover`, and so a manifest. */
  readonly discovered: boolean;
  /** Directory of the file whose namespace this is. */
  readonly home: string;
}

/** A file whose names get a prefix. */
interface Mount extends Open {
  readonly above: readonly Open[];
  readonly at: Place;
}

/** Where one file is asked for. */
interface Asked {
  /** Files that import each other without a prefix, for the depth and for circles. */
  readonly flat: readonly string[];
  readonly open: readonly Open[];
  readonly at: Place;
  readonly home: string;
  readonly discovered?: boolean;
}

/** Reads files, what they import and what they discover; nothing of what they say but directives is looked at. */
export class FileReader {
  /** In the order they were read: the root first. */
  readonly files: FileRead[] = [];
  readonly #seen = new Set<string>();
  /** What they refer to in other repositories. */
  readonly remote: RemoteUse[] = [];
  readonly #trees = new Map<string, SourceTree>();
  readonly #waiting: Mount[] = [];
  /** Namespace of each mounted file: who imports it again, elsewhere or by another name, gets the same. */
  readonly #mounted = new Map<string, string>();
  /** Prefixes that stand for a namespace with another name. */
  readonly aliases = new Map<string, string>();
  /** What a prefix was given to. */
  readonly #given = new Map<string, string>();
  /** The project itself. */
  readonly project: SourceTree;

  constructor(root: string, private readonly problems: Problems, private readonly repos: Repos) {
    this.project = new SourceTree(root);
  }

  /** Reads everything, what has the shortest prefix first: that is the name it is known by. */
  load(file: string): void {
    const at = { file, line: 1, column: 1 };
    this.#mount({ tree: this.project, path: file, namespace: "", above: [], at });
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#mounted.size > mountLimit) {
        const message = `more than ${mountLimit} files are imported with a prefix`;
        this.problems.error("cycle", next.at, message, "import fewer of them");
        return;
      }
      this.#mount(next);
    }
  }

  #mount({ tree, path, namespace, above, at }: Mount): void {
    // The project's own root may be a manifest in a directory of its candies.
    const home = namespace === "" ? "." : dirname(path);
    this.#mounted.set(mountKey(tree, path), namespace);
    this.#file({ tree, path, namespace }, { flat: [], open: above, at, home });
  }

  /** Reads a file with everything it takes in without a prefix. */
  #file(it: Open, { flat, open, at, home, discovered = false }: Asked): void {
    const { tree, path, namespace } = it;
    const label = tree.label(path);
    if (flat.includes(label)) {
      this.problems.error("cycle", at, `${[...flat, label].join(" imports ")}`, "remove one of these imports");
      return;
    }
    if (flat.length > depthLimit) {
      this.problems.error("cycle", at, `files import each other more than ${depthLimit} levels deep`, "flatten them");
      return;
    }
    const key = `${namespace}\0${label}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const documents = tree.read(path, at, this.problems);
    if (documents === undefined) return;
    const directives = documents.map((document) => readDirectives(directivesOf(document), this.problems));
    // Only the root of a tree says which repository it is.
    if (!open.some((other) => other.tree === tree)) {
      for (const { repo } of directives) {
        this.#identify(tree, repo, at);
      }
    }
    const here = [...open, it];
    this.files.push({ ...it, documents, directives, open: here, discovered, home });
    for (const { imports, discover } of directives) {
      for (const item of imports) this.#import(item, it, { flat: [...flat, label], open: here, at: item.at, home });
      for (const item of discover) this.#discover(item, it, here, home);
    }
  }

  #identify(tree: SourceTree, repo: string | undefined, at: Place): void {
    if (repo === undefined) return;
    const identity = repoIdentity(repo);
    if (identity !== undefined) tree.identities.add(identity);
    else this.problems.warn("bad-value", at, `"${repo}" names no repository`, "write `repo: host/owner/name`");
  }

  #import(item: Import, from: Open, asked: Asked): void {
    const target = item.ref.startsWith("@") ? this.#elsewhere(item, asked) : this.#beside(item, from);
    if (target === undefined) return;
    const { tree, path, inProgress } = target;
    if (item.alias === undefined) {
      const again = inProgress && asked.flat.includes(tree.label(path));
      const home = tree === from.tree ? asked.home : dirname(path);
      if (!again) this.#file({ tree, path, namespace: from.namespace }, { ...asked, home });
      return;
    }
    const namespace = `${from.namespace}${item.alias}.`;
    const key = mountKey(tree, path);
    const before = this.#given.get(namespace);
    if (before === key) return;
    if (before !== undefined) {
      const message = `the prefix "${item.alias}" is given to two imports`;
      this.problems.error("duplicate-name", item.at, message, "give each its own");
      return;
    }
    if (!inProgress && asked.open.some((open) => open.tree === tree && open.path === path)) {
      const way = [...asked.open.map((open) => open.tree.label(open.path)), tree.label(path)];
      this.problems.error("cycle", item.at, way.join(" imports "), "remove one of these imports");
      return;
    }
    this.#given.set(namespace, key);
    const known = this.#mounted.get(key);
    if (known !== undefined) {
      this.aliases.set(namespace, known);
      return;
    }
    this.#mounted.set(key, namespace);
    this.#waiting.push({ tree, path, namespace, above: asked.open, at: item.at });
  }

  /** A file of the same tree. */
  #beside(item: Import, { tree, path }: Open): Target | undefined {
    const inside = this.#inside(tree, path, item.ref, item.at);
    return inside === undefined ? undefined : { tree, path: fileOf(tree, inside), inProgress: false };
  }

  /** A file of another repository; or of one that is being read, which no version changes. */
  #elsewhere(item: Import, { open }: Asked): Target | undefined {
    const ref = parseRemoteRef(item.ref);
    if (ref === undefined) {
      const hint = "write `@host/org/repo/path.yml:version`";
      this.problems.error("bad-value", item.at, `"${item.ref}" is no reference to a repository`, hint);
      return undefined;
    }
    const own = open.find(({ tree }) => tree.identities.has(ref.repo));
    if (own !== undefined) {
      const path = ref.path === "" ? own.path : fileOf(own.tree, ref.path);
      return { tree: own.tree, path, inProgress: true };
    }
    const tree = this.tree(ref, item.ref, item.at, "error");
    return tree === undefined ? undefined : { tree, path: fileOf(tree, ref.path || "."), inProgress: false };
  }

  /** The tree of a reference; what keeps it from being read is told once for each tree. */
  tree(ref: RemoteRef, written: string, at: Place, severity: "error" | "warn"): SourceTree | undefined {
    const name = pinName(ref);
    const known = this.#trees.get(name);
    if (known !== undefined) return known;
    const found = this.repos.resolve(ref);
    const told = this.remote.some((use) => pinName(use.repo) === name);
    const { repo, version } = ref;
    const use = { ref: written, at, repo: { repo, ...(version === undefined ? {} : { version }) } };
    this.remote.push("dir" in found ? { ...use, dir: found.dir } : use);
    if (!("dir" in found)) {
      const report = found.code === "refused" ? "error" : severity;
      if (!told || report === "error") {
        this.problems[report](found.code, at, `"${written}": ${found.message}`, found.hint);
      }
      return undefined;
    }
    const tree = new SourceTree(found.dir, use.repo);
    this.#trees.set(name, tree);
    return tree;
  }

  #discover({ path, recursive, manifest, at }: Discover, from: Open, open: readonly Open[], home: string): void {
    const inside = this.#inside(from.tree, from.path, path, at);
    if (inside === undefined) return;
    if (from.tree.leavesAt(inside)) {
      this.problems.error(
        "outside-project",
        at,
        `"${path}" is a link out of the project`,
        "name a directory of the project",
      );
      return;
    }
    for (const found of from.tree.manifests(inside, recursive, manifest)) {
      this.#file({ ...from, path: found }, { flat: [], open, at, home, discovered: true });
    }
  }

  #inside(tree: SourceTree, from: string, path: string, at: Place): string | undefined {
    const inside = tree.inside(from, path);
    if (inside === undefined) {
      const whole = tree.ref === undefined ? "project" : "repository";
      this.problems.error("outside-project", at, `"${path}" leads out of the ${whole}`, `move it into the ${whole}`);
    }
    return inside;
  }
}

/** What an import means. */
interface Target {
  readonly tree: SourceTree;
  readonly path: string;
  /** Its repository is being read: whoever imports it means that. */
  readonly inProgress: boolean;
}

function mountKey(tree: SourceTree, path: string): string {
  return `${tree.key}\0${path}`;
}

/** A directory's file is its `charly.yml`. */
function fileOf(tree: SourceTree, path: string): string {
  return path === "." || tree.isDirectory(path) ? join(path, "charly.yml") : path;
}
