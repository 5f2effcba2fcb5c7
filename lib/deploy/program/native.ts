/** Files, directories and links: one look, one sync, and rows that go into place together. */
import { assertNever } from "../../base/brand.ts";
import { quoteWord as quote } from "../../command/quote.ts";
import type { ShellBlob } from "../../execute/executor.ts";
import { encodeField } from "../../ledger/field.ts";
import type { Act, DirAct, FileAct, LinkAct } from "../../steps/act.ts";
import { type Numbered, numeric } from "../probe.ts";
import { contentWord } from "./content.ts";
import type { BatchContext } from "./context.ts";

/** Acts that are functions of the driver's own shell. */
export type Native = FileAct | DirAct | LinkAct;

/** Whether an act is one of them. */
export function isNative(act: Act): act is Native {
  return act.type === "file" || act.type === "dir" || act.type === "link";
}

/** Two acts that may not share a look: the same path, or one's path goes through a link or file the other makes. */
export function conflicts(a: Native, b: Native): boolean {
  return a.path === b.path || (a.type !== "dir" && b.path.startsWith(`${a.path}/`));
}

/** Renders a group of natives of which none conflicts with another. */
export function nativeGroup(group: readonly Numbered<Native>[], blobs: ShellBlob[], context: BatchContext): string {
  const looks = group.map(({ n, act }) => `${n} ${quote(act.path)} ${act.type === "file" ? act.content.size : "-"}`);
  const pre: string[] = [];
  const act_: string[] = [];
  const rows = rowsOf(group);
  const made = new Set<string>();
  const parents = new Map<string, number>();
  const early: string[] = [];
  for (const { n, act } of group) {
    for (const parent of ancestors(act.path)) {
      if (made.has(parent) || parents.has(parent)) continue;
      parents.set(parent, n);
      // Below a directory that an act of this group makes: after that act only.
      if (ancestors(parent).some((above) => made.has(above))) act_.push(`parents_mk ${quote(parent)}`);
      else early.push(parent);
    }
    if (act.type === "dir") made.add(act.path);
    const resource = quote(encodeField(act.resource));
    const path = quote(act.path);
    switch (act.type) {
      case "file": {
        const owner = ownerWord(act.owner);
        const covered = context.covers?.(n);
        if (covered !== undefined) pre.push(`cover ${path} ${covered}`);
        pre.push(`pre_file ${n} ${resource} ${path} ${act.content.sha256} ${act.mode} ${owner}`);
        const row = rows.get(n);
        const words = `${n} ${path} ${act.mode} ${owner} ${contentWord(n, act.content, blobs)}`;
        if (row === undefined) act_.push(`do_file ${words}`);
        else act_.push(`put ${words}${row.first === undefined ? "" : ` ${row.first}`}`, ...row.last ? ["placed"] : []);
        break;
      }
      case "dir":
        pre.push(`pre_dir ${n} ${resource} ${path} ${act.mode} ${ownerWord(act.owner)}`);
        act_.push(`do_dir ${n} ${path} ${act.mode} ${ownerWord(act.owner)}`);
        break;
      case "link": {
        pre.push(`pre_link ${n} ${resource} ${path} ${quote(act.target)}`);
        const row = rows.get(n);
        const words = `${n} ${path} ${quote(act.target)}`;
        if (row === undefined) act_.push(`do_link ${words}`);
        else {act_.push(
            `put_link ${words}${row.first === undefined ? "" : ` ${row.first}`}`,
            ...row.last ? ["placed"] : [],
          );}
        break;
      }
      default:
        assertNever(act);
    }
  }
  const missing = [...parents].sort(([a], [b]) => a.length - b.length);
  const records = missing.map(([path, n]) => `parents_rec ${n} ${quote(path)} ${quote(encodeField(`dir:${path}`))}`);
  return [
    "poll && {",
    `looks ${looks.join(" ")}`,
    ...pre,
    ...records,
    "jsync",
    ...(early.length === 0 ? [] : [`parents_mk ${early.sort((a, b) => a.length - b.length).map(quote).join(" ")}`]),
    ...act_,
    "}",
  ].join("\n");
}

/** Neighbours in one directory from which on a common move costs less than one each. */
const leastRow = 4;

/** Where an act stands in a row of files and links that go into place together. */
interface RowPlace {
  /** Number of the first of the neighbours it moves with, if it does. */
  readonly first?: number;
  /** The row ends here. */
  readonly last: boolean;
}

/** The rows of two and more; directories stand between them. */
function rowsOf(group: readonly Numbered<Native>[]): ReadonlyMap<number, RowPlace> {
  const places = new Map<number, RowPlace>();
  let row: Numbered<Native>[] = [];
  const end = () => {
    for (let at = 0; at < row.length && row.length > 1;) {
      const directory = directoryOf(row[at]!.act.path);
      const other = row.findIndex(({ act }, index) => index > at && directoryOf(act.path) !== directory);
      const neighbours = row.slice(at, other < 0 ? row.length : other);
      at += neighbours.length;
      const first = neighbours.length < leastRow ? {} : { first: neighbours[0]!.n };
      for (const { n } of neighbours) places.set(n, { ...first, last: n === row.at(-1)!.n });
    }
    row = [];
  };
  for (const numbered of group) {
    if (numbered.act.type === "dir") end();
    else row.push(numbered);
  }
  end();
  return places;
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** `/a/b/c` → `/a`, `/a/b`. */
export function ancestors(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

function ownerWord(owner: string | undefined): string {
  if (owner === undefined) return "-";
  return quote(numeric(owner, { uid: 0, gid: 0 }) ?? owner);
}
