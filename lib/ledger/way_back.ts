/** How the last claim on a resource is taken back. */
import { isPreexisting } from "./draft.ts";
import type { Claim, Prior } from "./record.ts";
import type { UndoItem } from "./undo.ts";
import { isTransactional } from "./settle_act.ts";

/** What an undo does about one claim that nobody else shares. */
export function wayBack(claim: Claim, base: Prior): Pick<UndoItem, "how" | "base" | "transactions" | "note"> {
  const { want } = claim;
  const refs = (claim.noted ?? []).filter((ref) => !ref.endsWith(".after")).toReversed();
  const doubt = claim.state === "unknown" ? { note: "how far it came is unknown" } : {};
  switch (want.type) {
    case "command":
      if (want.undo !== undefined) return { how: "undo", ...doubt };
      if (want.touches.length > 0) {
        return { how: "undo", note: "the files it declared return; nothing else can be undone" };
      }
      return { how: "release", note: "a command without undo cannot be taken back" };
    case "reboot":
      return { how: "release", note: "a reboot cannot be taken back" };
    case "download":
      if (want.extract === "sh") {
        if (want.uninstall.length > 0) return { how: "undo", ...doubt };
        return { how: "release", note: "what a downloaded script did cannot be taken back" };
      }
      break;
    case "file":
    case "dir":
    case "link":
    case "block":
    case "packages":
    case "unit":
    case "cap":
    case "sysctl":
    case "account":
      break;
  }
  if (isTransactional(want)) {
    if (refs.length > 0) return { how: "base", base, transactions: refs, ...doubt };
    if (base.was === "listed") return { how: "base", base, transactions: [base.ref], ...doubt };
  }
  if (isPreexisting(base)) return { how: "drop", note: "it was so before charly came" };
  return { how: "base", base, ...doubt };
}
