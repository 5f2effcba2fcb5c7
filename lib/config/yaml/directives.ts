/** What a document says about other documents: `import`, `discover`, `defaults`, `version`. */
import type { Problems } from "./problem.ts";
import { readBoxDefault } from "./box_defaults.ts";
import { readiness } from "./shapes/box.ts";
import { ShapeReader } from "./read_shape.ts";
import { type Entry, isEmpty, kindOf, type Place, type Tree } from "./tree.ts";

/** A file to take in. */
export interface Import {
  /** As it is written: a path, or `@host/org/repo/path:version`. */
  readonly ref: string;
  /** Prefix of its names. */
  readonly alias?: string;
  readonly at: Place;
}

/** A directory to look through. */
export interface Discover {
  readonly path: string;
  readonly recursive: boolean;
  readonly manifest: string;
  readonly at: Place;
}

/** The directives of a document. */
export interface Directives {
  readonly imports: readonly Import[];
  readonly discover: readonly Discover[];
  /** `repo`: which repository this is, as it is written. */
  readonly repo?: string;
  /** `defaults.readiness`, as it is written. */
  readonly readiness?: unknown;
  /** Defaults of images, as an image has them. */
  readonly boxDefaults: Readonly<Record<string, unknown>>;
  /** What is said and not acted on: defaults of what is not built here, the other directives to the tool that wrote them. */
  readonly unread: readonly Unread[];
}

/** A directive that is not acted on. */
export interface Unread {
  /** `defaults.build`. */
  readonly name: string;
  readonly at: Place;
}

/** Reads the directives of a document. */
export function readDirectives(entries: readonly Entry[], problems: Problems): Directives {
  let readinessFound: unknown;
  let repo: string | undefined;
  const imports: Import[] = [];
  const discover: Discover[] = [];
  const unread: Unread[] = [];
  const boxDefaults: Record<string, unknown> = {};
  for (const { key, keyAt, value } of entries) {
    // The shape of a file says of which age it is, not its version.
    if (isEmpty(value) || key === "version") continue;
    if (key === "repo" && value.is === "scalar") repo = value.text;
    else if (key === "import") imports.push(...itemsOf(key, value, problems).flatMap((it) => readImport(it, problems)));
    else if (key === "discover") {
      discover.push(...itemsOf(key, value, problems).flatMap((it) => readDiscover(it, problems)));
    } else if (key !== "defaults") unread.push({ name: key, at: keyAt });
    else if (value.is !== "map") {
      problems.error("wrong-type", keyAt, `"defaults" is ${kindOf(value)}`, "write a map");
    } else {
      for (const it of value.entries) {
        const carried = readBoxDefault(it);
        if (it.key === "readiness") readinessFound = new ShapeReader(problems, new Map()).read(readiness, it.value, []);
        else if (carried !== undefined) boxDefaults[carried[0]] = carried[1];
        else unread.push({ name: `defaults.${it.key}`, at: it.keyAt });
      }
    }
  }
  return {
    imports,
    discover,
    ...(repo === undefined ? {} : { repo }),
    ...(readinessFound === undefined ? {} : { readiness: readinessFound }),
    boxDefaults,
    unread,
  };
}

function itemsOf(key: string, value: Tree, problems: Problems): readonly Tree[] {
  if (value.is === "list") return value.items;
  problems.error("wrong-type", value.at, `"${key}" is ${kindOf(value)}`, "write a list, or run `charly migrate`");
  return [];
}

function readImport(item: Tree, problems: Problems): Import[] {
  if (item.is === "scalar" && item.text !== "") return [{ ref: item.text, at: item.at }];
  const entry = item.is === "map" && item.entries.length === 1 ? item.entries[0] : undefined;
  if (entry?.value.is === "scalar" && entry.value.text !== "") {
    if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(entry.key)) return [{ ref: entry.value.text, alias: entry.key, at: item.at }];
    const hint = "write lower-case letters, digits and `-`";
    problems.error("bad-value", entry.keyAt, `"${entry.key}" cannot be the prefix of names`, hint);
    return [];
  }
  problems.error("wrong-type", item.at, `an import is ${kindOf(item)}`, "write a path, or `prefix: path`");
  return [];
}

function readDiscover(item: Tree, problems: Problems): Discover[] {
  const manifest = "charly.yml";
  if (item.is === "scalar" && item.text !== "") return [{ path: item.text, recursive: true, manifest, at: item.at }];
  const reader = new ShapeReader(problems, new Map());
  const read = reader.read(
    {
      is: "object",
      fields: {
        path: { shape: { is: "text" }, required: true },
        recursive: { shape: { is: "flag" } },
        manifest: { shape: { is: "text" } },
      },
    },
    item,
    [],
  ) as { path: string; recursive?: boolean; manifest?: string } | undefined;
  return read === undefined
    ? []
    : [{ path: read.path, recursive: read.recursive ?? true, manifest: read.manifest ?? manifest, at: item.at }];
}
