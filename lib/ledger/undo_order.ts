/** The order of taking back. */
import { isUnder, pathOfResource, pathsOf } from "./paths.ts";
import type { UndoItem } from "./undo.ts";

/**
 * Last applied first; a directory charly made after everything in it; implicit parents deepest first; undo commands declared
 * `at: "end"` last. Neighbouring package removals get one group number.
 */
export function orderUndo(items: readonly UndoItem[]): UndoItem[] {
  const claims = items.filter(({ claim }) => claim !== undefined).sort(downwards);
  const parents = items.filter(({ claim }) => claim === undefined).sort(deepestFirst);
  const atEnd = claims.filter(isAtEnd);
  const ordered = [...directoriesLast(claims.filter((item) => !isAtEnd(item))), ...parents, ...atEnd];
  return grouped(ordered);
}

function downwards(a: UndoItem, b: UndoItem): number {
  return (b.claim?.seq ?? 0) - (a.claim?.seq ?? 0) || (a.resource < b.resource ? -1 : 1);
}

function deepestFirst(a: UndoItem, b: UndoItem): number {
  const [pathA, pathB] = [pathOf(a), pathOf(b)];
  return pathB.split("/").length - pathA.split("/").length || (pathA < pathB ? -1 : 1);
}

function pathOf(item: UndoItem): string {
  return pathOfResource(item.resource) ?? "";
}

function isAtEnd({ claim, how }: UndoItem): boolean {
  return how === "undo" && claim?.want.type === "command" && claim.want.undo?.at === "end";
}

/** A plan may name a directory after a file in it (the file's act made it): it can only go when it is empty. */
function directoriesLast(items: readonly UndoItem[]): UndoItem[] {
  const out = [...items];
  const made = items.filter(({ claim, base }) => claim?.want.type === "dir" && base?.was === "absent");
  for (const item of made.sort(deepestFirst)) {
    const path = pathOf(item);
    const last = out.findLastIndex((other) =>
      other !== item && [...other.claim === undefined ? [] : pathsOf(other.claim.want)].some((p) => isUnder(p, path))
    );
    const place = out.indexOf(item);
    if (last > place) {
      out.splice(place, 1);
      out.splice(last, 0, item);
    }
  }
  return out;
}

function grouped(items: readonly UndoItem[]): UndoItem[] {
  let group = 0;
  return items.map((item, index) => {
    if (!isRemoval(item)) return item;
    const before = items[index - 1];
    if (before === undefined || !isRemoval(before) || formatOf(before) !== formatOf(item)) group++;
    return { ...item, group };
  });
}

function isRemoval({ claim, how }: UndoItem): boolean {
  return how === "base" && claim?.want.type === "packages";
}

function formatOf({ claim }: UndoItem): string {
  return claim?.want.type === "packages" ? claim.want.format : "";
}
