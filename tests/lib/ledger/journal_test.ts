import assert from "node:assert/strict";
import fc from "fast-check";
import { cksum } from "../../../lib/ledger/cksum.ts";
import { decodeField, encodeField, type JournalEntry, journalLine, parseJournal } from "../../../lib/ledger/journal.ts";
import { repairJournal } from "../../../lib/ledger/repair_journal.ts";
import { anyEntry } from "./arbitrary.ts";

const utf8 = new TextEncoder();

const opening: JournalEntry = {
  type: "R",
  proto: 1,
  engine: "0.1.0",
  run: "r00000001-0badcafe",
  deploy: "2c70e12b7a0646f9",
  boot: "5a1d",
  uptime: 4242,
  utc: "2026-08-01T12:00:00Z",
  operator: "ana@desk é",
};

function write(entries: readonly JournalEntry[]): string {
  return entries.map((entry, index) => journalLine({ ...entry, seq: index + 1 })).join("");
}

function seal(text: string): JournalEntry {
  const bytes = utf8.encode(text);
  return { type: "K", bytes: bytes.length, cksum: cksum(bytes) };
}

Deno.test("cksum() gives what POSIX cksum prints", () => {
  assert.equal(cksum(utf8.encode("")), 4294967295);
  assert.equal(cksum(utf8.encode("123456789")), 930766865);
});

Deno.test("encodeField() keeps any text and no separator", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const field = encodeField(text);
    assert.match(field, /^[A-Za-z0-9._:/@+=,%-]*$/);
    assert.notEqual(field, ".");
    assert.equal(decodeField(field), text);
  }));
});

Deno.test("decodeField() refuses what encodeField() never writes", () => {
  for (const field of ["a b", "a\tb", "%4", "%zz", "%ff", "é", "%C3%28"]) assert.equal(decodeField(field), undefined);
});

Deno.test("parseJournal() reads back every record", () => {
  fc.assert(fc.property(fc.array(anyEntry), (entries) => {
    const { records, torn, problem } = parseJournal(write(entries));
    assert.equal(problem, undefined);
    assert.equal(torn, false);
    assert.deepEqual(records.map(({ seq: _, ...entry }) => entry), entries);
  }));
});

Deno.test("parseJournal() of a journal cut at any byte gives the whole records before the cut", () => {
  const entries: JournalEntry[] = [
    opening,
    {
      type: "P",
      n: 1,
      resource: "file:/etc/motd",
      prior: { was: "linked", ref: "r00000001-0badcafe.1", what: "file" },
    },
    { type: "I", n: 1, resource: "dir:/srv/a b" },
    { type: "B", n: 1 },
    { type: "E", n: 1, exit: 0, state: "ok", ms: 12 },
    { type: "V", n: 1, result: "kept", reason: "." },
    { type: "Z", reason: "done" },
  ];
  const whole = write(entries);
  const all = parseJournal(whole).records;
  for (let cut = 0; cut <= whole.length; cut++) {
    const { records, torn } = parseJournal(whole.slice(0, cut));
    const complete = whole.slice(0, cut).split("\n").length - 1;
    assert.deepEqual(records, all.slice(0, complete));
    assert.equal(torn, !whole.slice(0, cut).endsWith("\n") && cut > 0);
    // The next record begins a line of its own, so the torn one spoils only itself.
    const resumed = parseJournal(`${whole.slice(0, cut)}\n${journalLine({ type: "D", seq: 99 })}`);
    assert.deepEqual(resumed.records.at(-1), { type: "D", seq: 99 });
    const whole_line = cut > 0 && whole[cut] === "\n" ? 1 : 0;
    assert.equal(resumed.records.length, complete + whole_line + 1);
  }
});

Deno.test("parseJournal() drops repeated and falling numbers", () => {
  const text = [5, 5, 4, 6].map((seq, n) => journalLine({ type: "B", n, seq })).join("");
  const { records, torn } = parseJournal(text);
  assert.deepEqual(records.map(({ seq }) => seq), [5, 6]);
  assert.equal(torn, true);
});

Deno.test("parseJournal() accepts a seal over everything before, also behind a torn line", () => {
  const text = write([opening, { type: "B", n: 1 }]);
  const good = text + journalLine({ ...seal(text), seq: 3 });
  assert.equal(parseJournal(good).records.length, 3);
  const torn = text + "3\tE\t1\t0";
  const resumed = `${torn}\n${journalLine({ ...seal(torn), seq: 4 })}`;
  assert.deepEqual(parseJournal(resumed).records.map(({ type }) => type), ["R", "B", "K"]);
});

Deno.test("parseJournal() names the line of a seal that does not match", () => {
  const text = write([opening, { type: "B", n: 1 }, { type: "E", n: 1, exit: 0, state: "ok", ms: 1 }]);
  const altered = text.replace("\tok\t", "\tcut\t");
  const { problem, records } = parseJournal(altered + journalLine({ ...seal(text), seq: 4 }));
  assert.equal(problem?.code, "bad-seal");
  assert.equal(problem?.line, 4);
  assert.equal(records.length, 3);
});

Deno.test("parseJournal() refuses another language and unknown records", () => {
  const other = journalLine({ ...opening, seq: 1 }).replace("\tR\t1\t", "\tR\t2\t");
  assert.equal(parseJournal(other).problem?.code, "unknown-proto");
  assert.equal(parseJournal("1\tQ\tx\t.\n").problem?.code, "unknown-record");
});

Deno.test("parseJournal() refuses priors that lead out of the store", () => {
  const { records, torn } = parseJournal("1\tP\t1\tfile:/x\tlinked:file:../../etc/shadow\t.\n");
  assert.deepEqual(records, []);
  assert.equal(torn, true);
});

Deno.test("parseJournal() never throws", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseJournal(text)));
  const line = fc.array(
    fc.constantFrom("1", "2", "R", "P", "E", "V", "K", ".", "ok", "kept:", "%", "\t", "\n", "absent"),
  );
  fc.assert(fc.property(line, (parts) => void parseJournal(parts.join("\t"))));
});

Deno.test("repairJournal() calls unknown what ended after the last good seal", () => {
  const first = write([opening, { type: "B", n: 1 }, { type: "E", n: 1, exit: 0, state: "ok", ms: 1 }]);
  const sealed = first + journalLine({ ...seal(first), seq: 4 });
  const rest = [
    journalLine({ type: "B", n: 2, seq: 5 }),
    journalLine({ type: "E", n: 2, exit: 0, state: "ok", ms: 1, seq: 6 }),
    journalLine({ type: "K", bytes: 10, cksum: 1, seq: 7 }),
    journalLine({ type: "B", n: 3, seq: 8 }),
    journalLine({ type: "E", n: 3, exit: 0, state: "ok", ms: 1, seq: 9 }),
  ].join("");
  const { records, notes } = repairJournal(sealed + rest);
  assert.deepEqual(records.map(({ seq }) => seq), [1, 2, 3, 4, 5, 8]);
  assert.match(notes.join("\n"), /unknown how they ended: 2, 3/);
});
