/** The records of a run, gathered by act. */
import type { EndState, JournalRecord, UndoResult } from "./journal_record.ts";
import type { Prior } from "./record.ts";

/** Everything the journal says about one number. */
export interface ActEvents {
  readonly n: number;
  /** What was there before, by resource; the first record of a resource counts. */
  readonly priors: Map<string, Prior>;
  readonly parents: string[];
  readonly noted: string[];
  begun: boolean;
  /** Boot id when it began. */
  boot?: string;
  end?: { readonly state: EndState; readonly exit: number };
  /** Resource whose undo began. */
  undoing?: string;
  undone?: UndoResult;
}

/** A run as its journal tells it. */
export interface RunEvents {
  /** `undefined`: the run never opened its journal. */
  readonly opening?: Extract<JournalRecord, { type: "R" }>;
  /** Boot id of the last opening: another one than an act's own means that the machine was started since. */
  readonly lastBoot?: string;
  /** A rollback came to its end here: the run counts as one that never was, but for what is named as left. */
  readonly rolledBack?: true;
  /** In the order of their first record. */
  readonly acts: readonly ActEvents[];
}

/** Gathers records, in order. */
export function gatherEvents(records: readonly JournalRecord[]): RunEvents {
  const acts = new Map<number, ActEvents>();
  let opening: Extract<JournalRecord, { type: "R" }> | undefined;
  let lastBoot: string | undefined;
  let rolledBack = false;
  const of = (n: number): ActEvents => {
    const known = acts.get(n);
    if (known) return known;
    const fresh: ActEvents = { n, priors: new Map(), parents: [], noted: [], begun: false };
    acts.set(n, fresh);
    return fresh;
  };
  for (const record of records) {
    switch (record.type) {
      case "R":
        opening ??= record;
        lastBoot = record.boot;
        break;
      case "P": {
        const { priors } = of(record.n);
        if (!priors.has(record.resource)) priors.set(record.resource, record.prior);
        break;
      }
      case "B": {
        const act = of(record.n);
        act.begun = true;
        if (lastBoot !== undefined) act.boot = lastBoot;
        break;
      }
      case "N":
        of(record.n).noted.push(record.ref);
        break;
      case "E":
        of(record.n).end = { state: record.state, exit: record.exit };
        break;
      case "I":
        of(record.n).parents.push(record.resource.startsWith("/") ? `dir:${record.resource}` : record.resource);
        break;
      case "U":
        of(record.n).undoing = record.resource;
        break;
      case "V":
        of(record.n).undone = record;
        break;
      case "Z":
        rolledBack ||= record.reason === "rolled-back";
        break;
      case "K":
      case "D":
        break;
    }
  }
  return {
    ...(opening === undefined ? {} : { opening }),
    ...(lastBoot === undefined ? {} : { lastBoot }),
    ...(rolledBack ? { rolledBack } : {}),
    acts: [...acts.values()],
  };
}
