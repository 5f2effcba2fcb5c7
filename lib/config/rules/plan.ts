/** Rules of the entries of a candy's plan. */
import type { Candy } from "../../entities/candy.ts";
import type { PlanEntry } from "../../entities/plan_entry.ts";
import { noDuplicates, type Report } from "./report.ts";
import { reservedVariables } from "./variables.ts";

/** Fields in which charly itself expands `${NAME}`; in commands and file contents the shell does, or nobody. */
const expanded = ["mkdir", "copy", "write", "link", "target", "to", "download", "setcap"] as const;

/** Checks every entry of a plan; an entry that is wrong in itself is undefined here. */
export function planRules(candy: Partial<Candy>, path: readonly string[], report: Report): void {
  const plan = (candy.plan ?? []) as readonly (PlanEntry | undefined)[];
  const known = [...reservedVariables, ...Object.keys(candy.var ?? {})];
  noDuplicates(report, path, "plan", "entry", plan.map((entry) => entry?.id));
  plan.forEach((entry, index) => {
    if (entry === undefined) return;
    for (const field of expanded) {
      const text = Object.entries(entry).find(([key]) => key === field)?.[1];
      if (typeof text !== "string") continue;
      const names = new Set([...text.matchAll(/\$\{([A-Z_][A-Z0-9_]*)\}/g)].map((match) => match[1]!));
      for (const name of names) {
        if (!known.includes(name)) report(["plan", index, field], { code: "unknown-variable", name, known });
      }
    }
    if (entry.download !== undefined) downloadRules(entry, index, report);
    if (entry.command !== undefined && entry.once === true && entry.always === true) {
      const hint = "`once` never repeats the command, `always` repeats it on every apply";
      report(["plan", index], { code: "excludes", fields: ["once", "always"], hint });
    }
  });
}

function downloadRules(entry: Extract<PlanEntry, { readonly download: string }>, index: number, report: Report): void {
  const at = ["plan", index];
  const isScript = entry.extract === "sh" || (entry.extract === undefined && /\.sh(\?|#|$)/.test(entry.download));
  if (entry.to === undefined && !isScript) {
    report(at, {
      code: "needs",
      field: "download",
      needs: "`to`",
      hint: 'add where it goes, or `extract: "sh"` to run it',
    });
  }
  if (entry.uninstall !== undefined && !isScript) {
    const hint = "remove `uninstall`: charly knows what it unpacked";
    report([...at, "uninstall"], { code: "needs", field: "uninstall", needs: '`extract: "sh"`', hint });
  }
}
