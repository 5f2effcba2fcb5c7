/** `bench/results.md`: one section per workload; a run replaces the sections of what it ran. */
import type { Table, Workload, WorkloadResult } from "../workload.ts";

/** A section as Markdown, its heading first. */
export function sectionOf(
  workload: Pick<Workload, "id" | "title">,
  result: WorkloadResult,
  stamp: readonly string[],
): string {
  return [
    `## ${workload.id}: ${workload.title}`,
    stamp.join(" · "),
    ...(result.targets.length === 0 ? [] : [tableText({
      title: "Targets",
      head: ["target", "measured", ""],
      rows: result.targets.map(({ target, measured, met }) => [target, measured, met ? "met" : "**missed**"]),
    })]),
    ...result.tables.map(tableText),
    ...(result.notes === undefined || result.notes.length === 0
      ? []
      : [["Notes:", "", ...result.notes.map((note) => `- ${note}`)].join("\n")]),
  ].join("\n\n") + "\n";
}

function tableText({ title, head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [`${title}:`, "", line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** `text` with the sections of `sections` in place of those of the same name, in the order of their ids. */
export function merge(text: string, head: string, sections: ReadonlyMap<string, string>): string {
  const all = new Map<string, string>();
  for (const part of text.split(/^(?=## )/m)) {
    const id = /^## (\w+):/.exec(part)?.[1];
    if (id !== undefined) all.set(id, `${part.trimEnd()}\n`);
  }
  for (const [id, section] of sections) all.set(id, section);
  const order = [...all.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return [head, ...order.map((id) => all.get(id)!)].join("\n");
}
