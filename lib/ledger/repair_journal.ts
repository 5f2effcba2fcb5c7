/** `charly ledger repair` for one journal: what cannot be trusted becomes unknown, nothing is guessed. */
import { type JournalRecord, parseJournal } from "./journal.ts";

/** A journal without its problem. */
export interface RepairedJournal {
  readonly records: readonly JournalRecord[];
  /** One line per thing said about it. */
  readonly notes: readonly string[];
}

/**
 * Keeps the records up to the last good seal as they are. After it only beginnings are believed (what was there before,
 * what began, which parents were made): every act and undo named there counts as begun without an end, so unknown.
 *
 * @param text the journal's file
 */
export function repairJournal(text: string): RepairedJournal {
  const { records, problem } = parseJournal(text);
  if (problem === undefined) return { records, notes: [] };
  const seal = records.findLastIndex((record) => record.type === "K");
  const good = records.slice(0, seal + 1);
  const doubtful = [...records.slice(seal + 1), ...afterProblem(text, problem.line, records.at(-1)?.seq ?? 0)];
  const begun = doubtful.filter((record) => ["R", "P", "B", "N", "I", "U"].includes(record.type));
  const steps = new Set(begun.flatMap((record) => "n" in record ? [record.n] : []));
  return {
    records: [...good, ...begun],
    notes: [
      problem.message,
      steps.size === 0
        ? "nothing had begun after the last good seal"
        : `after the last good seal, unknown how they ended: ${[...steps].join(", ")}`,
    ],
  };
}

/** Beginnings behind the line that was refused; its own language is unknown, so only well-formed records count. */
function afterProblem(text: string, line: number, last: number): JournalRecord[] {
  const found: JournalRecord[] = [];
  let rest = text.split("\n").slice(line);
  let seq = last;
  while (rest.length > 0) {
    const { records, problem } = parseJournal(rest.join("\n"));
    for (const record of records) {
      if (record.seq <= seq) continue;
      seq = record.seq;
      found.push(record);
    }
    if (problem === undefined) break;
    rest = rest.slice(problem.line);
  }
  return found;
}
