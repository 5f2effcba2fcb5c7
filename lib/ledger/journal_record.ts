/** What the journal of a run can say, and how it is written: `<seq>` TAB `<type>` TAB fields TAB `.` newline. */
import { encodeField } from "./field.ts";
import { priorToken } from "./prior_token.ts";
import type { Prior, RunId } from "./record.ts";

/** Version of the journal's language; journals of another one are not read. */
export const journalProto = 1;

/** How an act ended. `same`: it was so already; `skip`: a guard said no. */
export type EndState = "ok" | "same" | "skip" | "fail" | "timeout" | "cut";

/** How taking back ended. */
export type UndoResult =
  | { readonly result: "undone" | "gone" | "released" | "dropped" }
  | { readonly result: "kept"; readonly reason: string }
  | { readonly result: "failed"; readonly exit: number };

/** What the journal can say, without its sequence number. */
export type JournalEntry =
  /** A run opens here, or is taken up again after a reboot. */
  | {
    readonly type: "R";
    readonly proto: number;
    readonly engine: string;
    readonly run: RunId;
    readonly deploy: string;
    readonly boot: string;
    readonly uptime: number;
    readonly utc: string;
    readonly operator: string;
  }
  /** What was there before act `n` touched the resource. */
  | { readonly type: "P"; readonly n: number; readonly resource: string; readonly prior: Prior }
  /** Act `n` begins. */
  | { readonly type: "B"; readonly n: number }
  /** Something that only acting made known stands at `prior/<ref>`. */
  | { readonly type: "N"; readonly n: number; readonly ref: string }
  | { readonly type: "E"; readonly n: number; readonly exit: number; readonly state: EndState; readonly ms: number }
  /** Taking back item `n` begins. */
  | { readonly type: "U"; readonly n: number; readonly resource: string }
  | { readonly type: "V"; readonly n: number } & UndoResult
  /** A parent directory of act `n` was not there and is about to be made. */
  | { readonly type: "I"; readonly n: number; readonly resource: string }
  /** Seal: length and checksum of everything before. */
  | { readonly type: "K"; readonly bytes: number; readonly cksum: number }
  | { readonly type: "Z"; readonly reason: string }
  /** Folded: the ledger is written. */
  | { readonly type: "D" };

/** One record with its number. */
export type JournalRecord = JournalEntry & { readonly seq: number };

/** A record as its line, newline included; the driver writes the same. */
export function journalLine(record: JournalRecord): string {
  return `${[record.seq, record.type, ...fieldsOf(record), "."].join("\t")}\n`;
}

function fieldsOf(record: JournalEntry): (string | number)[] {
  switch (record.type) {
    case "R": {
      const { proto, uptime } = record;
      const [engine, run, deploy, boot, utc, operator] = [
        record.engine,
        record.run,
        record.deploy,
        record.boot,
        record.utc,
        record.operator,
      ].map(encodeField) as [string, string, string, string, string, string];
      return [proto, engine, run, deploy, boot, uptime, utc, operator];
    }
    case "P":
      return [record.n, encodeField(record.resource), priorToken(record.prior)];
    case "B":
      return [record.n];
    case "N":
      return [record.n, record.ref];
    case "E":
      return [record.n, record.exit, record.state, record.ms];
    case "U":
    case "I":
      return [record.n, encodeField(record.resource)];
    case "V":
      if (record.result === "kept") return [record.n, `kept:${encodeField(record.reason)}`];
      return [record.n, record.result === "failed" ? `failed:${record.exit}` : record.result];
    case "K":
      return [record.bytes, record.cksum];
    case "Z":
      return [encodeField(record.reason)];
    case "D":
      return [];
  }
}
