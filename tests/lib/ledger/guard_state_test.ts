/** How a guarded run is read, and what a rollback left. */
import assert from "node:assert/strict";
import { guardedRuns, isUnsettled, parseGuard, secondsText } from "../../../lib/ledger/guard_state.ts";
import { type JournalEntry, journalLine } from "../../../lib/ledger/journal.ts";
import type { RunIntent } from "../../../lib/ledger/record.ts";
import { rollbackReport } from "../../../lib/ledger/rollback_report.ts";
import { act, file } from "./literal.ts";

Deno.test("parseGuard() reads a run that waits, with the time there is", () => {
  assert.deepEqual(
    parseGuard("alive=1\nphase=waiting\nat=100\nseconds=60\ndeploy=d\ndecision=\noutcome=\nuptime=130\n"),
    { phase: "waiting", alive: true, seconds: 60, left: 30, deploy: "d" },
  );
});

Deno.test("parseGuard() knows a level that only holds its share of the way back, and nothing at all", () => {
  assert.equal(parseGuard("alive=0\nphase=\nseconds=\ndeploy=\n"), undefined);
  assert.equal(parseGuard(""), undefined);
});

Deno.test("isUnsettled() until somebody decided, and a rollback came to its end", () => {
  const read = (decision: string, outcome: string) =>
    parseGuard(`alive=1\nphase=asked\nseconds=5\ndeploy=d\ndecision=${decision}\noutcome=${outcome}\nuptime=1\n`)!;
  assert.equal(isUnsettled(read("", "")), true);
  assert.equal(isUnsettled(read("confirm:ana", "")), false);
  assert.equal(isUnsettled(read("rollback:lost", "")), true);
  assert.equal(isUnsettled(read("rollback:lost", "incomplete")), false);
});

Deno.test("guardedRuns() gives the newest first", () => {
  const guard = parseGuard("phase=waiting\nat=1\nseconds=5\ndeploy=d\nuptime=1\n")!;
  const store = { counter: 0, ledgers: {}, resources: {} };
  const open = ["r00000001-aa", "r00000002-bb"].map((run) => ({ run, journal: "", guard }));
  assert.deepEqual(guardedRuns([undefined, { ...store, open }]).map(({ run }) => run), [
    "r00000002-bb",
    "r00000001-aa",
  ]);
});

Deno.test("secondsText() says minutes where seconds would be many", () => {
  assert.deepEqual([secondsText(0.2), secondsText(119), secondsText(120)], ["1 s", "119 s", "2 min"]);
});

Deno.test("rollbackReport() names what is left, what has no undo, and what was not come to", () => {
  const path = (name: string) => act(`file:/${name}`, file(`/${name}`), 1);
  const acts = ["back", "kept", "failed", "none", "untouched", "cut"].map((name, index) => ({
    ...path(name),
    n: index + 1,
    summary: name,
  }));
  const reverts = [{ n: 7, back: 9, deploy: "d", resource: "cmd:x", how: "undo" as const }];
  const entries: JournalEntry[] = [
    ...acts.filter(({ n }) => n !== 5).flatMap(({ n, resource }): JournalEntry[] => [
      { type: "P", n, resource, prior: { was: "absent" } },
      { type: "B", n },
    ]),
    { type: "U", n: 7, resource: "cmd:x" },
    { type: "V", n: 7, result: "undone" },
    ...acts.slice(0, 4).map(({ n, resource }): JournalEntry => ({ type: "U", n, resource })),
    { type: "V", n: 1, result: "undone" },
    { type: "V", n: 2, result: "kept", reason: "edited" },
    { type: "V", n: 3, result: "failed", exit: 5 },
    { type: "V", n: 4, result: "released" },
  ];
  const journal = entries.map((entry, index) => journalLine({ ...entry, seq: index + 1 })).join("");
  const intent = { acts, reverts } as unknown as RunIntent;
  assert.deepEqual(rollbackReport([{ intent, journal }]), {
    left: ["kept: edited", "failed: exit 5", "cut: not come to"],
    notUndone: ["none", "cmd:x: taken back by this run"],
  });
});
