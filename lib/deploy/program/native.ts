/** Files, directories and links: one look, one sync and about three forks an act. */
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
  const made = new Set<string>();
  const parents = new Map<string, number>();
  for (const { n, act } of group) {
    for (const parent of ancestors(act.path)) {
      if (!made.has(parent) && !parents.has(parent)) parents.set(parent, n);
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
        act_.push(`do_file ${n} ${path} ${act.mode} ${owner} ${contentWord(n, act.content, blobs)}`);
        break;
      }
      case "dir":
        pre.push(`pre_dir ${n} ${resource} ${path} ${act.mode} ${ownerWord(act.owner)}`);
        act_.push(`do_dir ${n} ${path} ${act.mode} ${ownerWord(act.owner)}`);
        break;
      case "link":
        pre.push(`pre_link ${n} ${resource} ${path} ${quote(act.target)}`);
        act_.push(`do_link ${n} ${path} ${quote(act.target)}`);
        break;
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
    ...(missing.length === 0 ? [] : [`parents_mk ${missing.map(([path]) => quote(path)).join(" ")}`]),
    ...act_,
    "}",
  ].join("\n");
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
