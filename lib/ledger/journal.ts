/**
 * The journal of a run: append-only, ASCII, one record a line. A record that lacks its end, or repeats a number, never
 * happened; text that contradicts its seal is not read at all.
 */
import { cksum } from "./cksum.ts";
import { decodeField } from "./field.ts";
import { type EndState, type JournalEntry, journalProto, type JournalRecord } from "./journal_record.ts";
import { isRef, parsePriorToken } from "./prior_token.ts";

export { type EndState, type JournalEntry, journalLine, journalProto, type JournalRecord } from "./journal_record.ts";
export type { UndoResult } from "./journal_record.ts";
export { decodeField, encodeField } from "./field.ts";

/** Why a journal is not to be trusted. */
export interface JournalProblem {
  /** From 1. */
  readonly line: number;
  readonly code: "unknown-proto" | "bad-seal" | "unknown-record";
  readonly message: string;
}

/** A journal as read. With a problem, `records` are those before it. */
export interface Journal {
  readonly records: readonly JournalRecord[];
  /** Some line was cut short, garbled or out of order, and was left out. */
  readonly torn: boolean;
  readonly problem?: JournalProblem;
}

/**
 * Reads a journal. Never throws.
 *
 * @param text the file, decoded as UTF-8
 */
export function parseJournal(text: string): Journal {
  const records: JournalRecord[] = [];
  let torn = false;
  let last = 0;
  let offset = 0;
  const lines = text.split("\n");
  const rest = lines.pop() ?? "";
  if (rest !== "") torn = true;
  for (const [index, line] of lines.entries()) {
    const start = offset;
    offset += line.length + 1;
    if (line === "") continue;
    const parts = line.split("\t");
    const seq = parts.length >= 3 && parts.at(-1) === "." ? natural(parts[0]) : undefined;
    if (seq === undefined || seq <= last) {
      torn = true;
      continue;
    }
    const type = parts[1] ?? "";
    const fields = parts.slice(2, -1);
    const problem = (code: JournalProblem["code"], message: string): Journal => ({
      records,
      torn,
      problem: { line: index + 1, code, message: `line ${index + 1}: ${message}` },
    });
    if (type.length !== 1 || !"RPBNEUVIKZD".includes(type)) {
      if (/^[A-Z]+$/.test(type)) return problem("unknown-record", `records of type ${type} are unknown here`);
      torn = true;
      continue;
    }
    if (type === "R" && fields[0] !== String(journalProto)) {
      if (/^\d{1,9}$/.test(fields[0] ?? "")) {
        return problem("unknown-proto", `written in journal language ${fields[0]}, this charly knows ${journalProto}`);
      }
    }
    const entry = readEntry(type as JournalEntry["type"], fields);
    if (entry === undefined) {
      torn = true;
      continue;
    }
    if (entry.type === "K" && !sealed(text, start, entry)) {
      return problem("bad-seal", "what stands before the seal is not what was sealed");
    }
    last = seq;
    records.push({ ...entry, seq });
  }
  return { records, torn };
}

/** A newline that closed a torn line may stand between the sealed text and the seal. */
function sealed(text: string, start: number, seal: { readonly bytes: number; readonly cksum: number }): boolean {
  const before = new TextEncoder().encode(text.slice(0, start));
  if (seal.bytes > before.length) return false;
  if (before.subarray(seal.bytes).some((byte) => byte !== 10)) return false;
  return cksum(before.subarray(0, seal.bytes)) === seal.cksum;
}

/** Every number that stands in a journal: decimal, exact in a double. */
function natural(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const endStates: readonly string[] = ["ok", "same", "skip", "fail", "timeout", "cut"] satisfies EndState[];

function readEntry(type: JournalEntry["type"], fields: readonly string[]): JournalEntry | undefined {
  const count = { R: 8, P: 3, B: 1, N: 2, E: 4, U: 2, V: 2, I: 2, K: 2, Z: 1, D: 0 }[type];
  if (fields.length !== count) return undefined;
  const [first = "", second = "", third = "", fourth = ""] = fields;
  if (type === "D") return { type };
  if (type === "R") return readOpening(fields);
  if (type === "Z") {
    const reason = decodeField(first);
    return reason === undefined ? undefined : { type, reason };
  }
  const n = natural(first);
  if (n === undefined) return undefined;
  switch (type) {
    case "B":
      return { type, n };
    case "K": {
      const sum = natural(second);
      return sum === undefined ? undefined : { type, bytes: n, cksum: sum };
    }
    case "N":
      return isRef(second) ? { type, n, ref: second } : undefined;
    case "P": {
      const resource = decodeField(second);
      const prior = parsePriorToken(third);
      return !resource || prior === undefined ? undefined : { type, n, resource, prior };
    }
    case "U":
    case "I": {
      const resource = decodeField(second);
      return resource ? { type, n, resource } : undefined;
    }
    case "E": {
      const exit = natural(second);
      const ms = natural(fourth);
      if (exit === undefined || ms === undefined || !endStates.includes(third)) return undefined;
      return { type, n, exit, state: third as EndState, ms };
    }
    case "V":
      return readResult(n, second);
  }
}

function readOpening(fields: readonly string[]): JournalEntry | undefined {
  const texts = fields.map(decodeField);
  const proto = natural(fields[0]);
  const uptime = natural(fields[5]);
  if (proto === undefined || uptime === undefined || texts.includes(undefined)) return undefined;
  const [, engine = "", run = "", deploy = "", boot = "", , utc = "", operator = ""] = texts as string[];
  return { type: "R", proto, engine, run, deploy, boot, uptime, utc, operator };
}

function readResult(n: number, field: string): JournalEntry | undefined {
  switch (field) {
    case "undone":
    case "gone":
    case "released":
    case "dropped":
      return { type: "V", n, result: field };
  }
  const kept = /^kept:(.*)$/.exec(field);
  if (kept) {
    const reason = decodeField(kept[1] ?? "");
    return reason === undefined ? undefined : { type: "V", n, result: "kept", reason };
  }
  const exit = natural(/^failed:(.*)$/.exec(field)?.[1]);
  return exit === undefined ? undefined : { type: "V", n, result: "failed", exit };
}
