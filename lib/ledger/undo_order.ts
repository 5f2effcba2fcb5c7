/** The order of taking back. */
import { pathOfResource } from "./paths.ts";
import { mergeRefs } from "./refs.ts";
import type { UndoItem } from "./undo.ts";

/**
 * Last applied first. Directories that charly made come after everything else, deepest first: they can only go when they are
 * empty, and explicit and implicit ones stand inside one another. Undo commands declared `at: "end"` come last. Neighbouring
 * package removals get one group number.
 */
export function orderUndo(items: readonly UndoItem[]): UndoItem[] {
  const directories = items.filter(isMadeDirectory).sort(deepestFirst);
  const claims = items.filter((item) => !isMadeDirectory(item)).sort(downwards);
  const atEnd = claims.filter(isAtEnd);
  return grouped(leftovers([...claims.filter((item) => !isAtEnd(item)), ...directories, ...atEnd]));
}

/** What one removal had to leave because of the next one's packages, the next one takes along. */
function leftovers(items: readonly UndoItem[]): UndoItem[] {
  const before = new Map<string, readonly string[]>();
  return items.map((item) => {
    if (!isRemoval(item)) return item;
    const all = mergeRefs(item.transactions, before.get(formatOf(item)));
    before.set(formatOf(item), all);
    return { ...item, transactions: all.toReversed() };
  });
}

function isMadeDirectory({ claim, how, base }: UndoItem): boolean {
  return claim === undefined || (claim.want.type === "dir" && how === "base" && base?.was === "absent");
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
