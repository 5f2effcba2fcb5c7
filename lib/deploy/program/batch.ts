/**
 * Acts → the program of one batch. Neighbouring native acts share one look and one sync; opaque ones stand alone. The order is
 * the plan's; nothing is moved to enlarge a group.
 */
import type { ShellBlob } from "../../execute/executor.ts";
import { isUnder, repositoryPlaces } from "../../ledger/paths.ts";
import type { Act } from "../../steps/act.ts";
import { changesUnit } from "../../steps/unit_text.ts";
import type { Numbered } from "../probe.ts";
import type { BatchContext, BatchProgram } from "./context.ts";
import { conflicts, isNative, type Native, nativeGroup } from "./native.ts";
import { guarded, opaque } from "./opaque.ts";

/** Natives that share one look: more would make the target's argument lists long. */
const groupLimit = 100;

/** Renders one batch. */
export async function batchProgram(acts: readonly Numbered[], context: BatchContext): Promise<BatchProgram> {
  const lines: string[] = ["listen"];
  const blobs: ShellBlob[] = [];
  let group: Numbered<Native>[] = [];
  const reloads = new Set<"system" | "user">();
  const flush = () => {
    if (group.length > 0) lines.push(nativeGroup(group, blobs, context));
    group = [];
  };
  const settle = () => {
    flush();
    for (const manager of reloads) lines.push(`reload ${manager}`);
    reloads.clear();
  };
  for (const { n, act } of acts) {
    if (changesRepositories(act)) {
      flush();
      lines.push("REFRESHED=");
    }
    if (isNative(act)) {
      if (isGuarded(act)) {
        flush();
        lines.push(guarded(n, act, nativeGroup([{ n, act }], blobs, context)));
      } else {
        if (group.length >= groupLimit || group.some((other) => conflicts(other.act, act))) flush();
        group.push({ n, act });
      }
      if (act.type === "file" && act.reload !== undefined) reloads.add(act.reload);
      continue;
    }
    settle();
    const files = acts.filter((other) => changesUnit(other.act, act)).map((other) => other.n);
    lines.push(guarded(n, act, await opaque(n, act, context, blobs, files)));
  }
  settle();
  lines.push("deaf", '[ -z "$RD" ] || { jsync; seal; }');
  return { text: lines.join("\n") + "\n", blobs };
}

/** After these, package lists are old. Commands may add a repository without saying so. */
function changesRepositories(act: Act): boolean {
  if (act.type === "command") return act.level === "root";
  const path = act.type === "file" || act.type === "block" ? act.path : undefined;
  return path !== undefined && repositoryPlaces.some((place) => isUnder(path, place));
}

function isGuarded(act: Act): boolean {
  return act.unless !== undefined || act.creates !== undefined || act.needsTool !== undefined ||
    (act.type === "file" && act.refuseIfExists !== undefined);
}
