import assert from "node:assert/strict";
import { type Folded, foldRun, type LedgerState } from "../../../lib/ledger/fold.ts";
import type { JournalEntry } from "../../../lib/ledger/journal.ts";
import type { IntentAct, Prior, RunIntent } from "../../../lib/ledger/record.ts";
import { act, claim, command, file, ledger, packages, state } from "./literal.ts";

const { format: _format, claims: _claims, run: _run, updated_at: _at, ...deploy } = ledger("web", []);
const empty: LedgerState = { ledgers: {}, resources: {} };
const absent: Prior = { was: "absent" };

function opening(boot = "b1"): JournalEntry {
  const utc = "2026-08-01T12:00:00Z";
  const run = "r00000002-00c0ffee";
  return { type: "R", proto: 1, engine: "0.1.0", run, deploy: "web", boot, uptime: 1, utc, operator: "ana" };
}

function fold(
  before: LedgerState,
  acts: readonly IntentAct[],
  entries: readonly JournalEntry[],
  extra: Partial<RunIntent> = {},
): Folded {
  const intent: RunIntent = {
    format: 1,
    run: "r00000002-00c0ffee",
    mode: "add",
    deploy,
    acts,
    reverts: [],
    keeps: [],
    ...extra,
  };
  return foldRun(before, intent, [opening(), ...entries].map((entry, index) => ({ ...entry, seq: index + 1 })));
}

function first({ ledgers }: LedgerState) {
  return ledgers["web"]?.claims[0] ?? assert.fail("no claim");
}

const motd = act("file:/etc/motd", file("/etc/motd"), 1);
const preserved: JournalEntry = { type: "P", n: 1, resource: "file:/etc/motd", prior: absent };
const begun: JournalEntry = { type: "B", n: 1 };

function ended(state: "ok" | "same" | "skip" | "fail" | "timeout" | "cut", exit = 0): JournalEntry {
  return { type: "E", n: 1, exit, state, ms: 1 };
}

Deno.test("settleAct() calls an act without an end unknown, and one that failed failed", () => {
  assert.equal(first(fold(empty, [motd], [preserved])).state, "unknown");
  assert.equal(first(fold(empty, [motd], [preserved, begun])).state, "unknown");
  const failed = first(fold(empty, [motd], [preserved, begun, ended("fail", 7)]));
  assert.deepEqual([failed.state, failed.reason], ["failed", "exit 7"]);
  assert.equal(first(fold(empty, [motd], [preserved, begun, ended("timeout")])).reason, "timeout");
});

Deno.test("settleAct() of an act refused before anything was preserved leaves no resource", () => {
  const folded = fold(empty, [motd], [ended("fail", 1)]);
  assert.equal(first(folded).state, "failed");
  assert.deepEqual(folded.resources, {});
});

Deno.test("settleAct() keeps what was wanted before while the new text is only half there", () => {
  const old = { ...file("/etc/motd"), sha256: "1".repeat(64) };
  const before = state([ledger("web", [claim("file:/etc/motd", old, 1, { digest: "b".repeat(16) })])]);
  const half = fold(before, [motd], [preserved]);
  assert.deepEqual(first(half).earlier, [old]);
  assert.deepEqual(first(fold(before, [motd], [preserved, begun, ended("ok")])).earlier, undefined);
  assert.deepEqual(first(fold(half, [motd], [preserved, begun, ended("fail", 1)])).earlier, [old]);
});

Deno.test("settleAct() of a satisfied guard keeps what was done before", () => {
  assert.equal(first(fold(empty, [motd], [ended("skip")])).state, "skipped");
  const done = state([ledger("web", [claim("cmd:web:x", command(), 1)])]);
  const renewed = act("cmd:web:x", command({ undo: { text: "rm x", at: "in-place" } }), 1, "b");
  const kept = first(fold(done, [renewed], [begun, ended("skip")]));
  assert.deepEqual([kept.state, kept.digest, kept.want], ["done", "b".repeat(16), renewed.want]);
});

Deno.test("settleAct() of a command that never began claims nothing", () => {
  const missing = fold(empty, [act("cmd:web:x", command(), 1)], [ended("fail", 127)]);
  assert.equal(first(missing).state, "failed");
  assert.deepEqual(missing.resources, {});
  const cut = fold(empty, [act("cmd:web:x", command(), 1)], [begun]);
  assert.deepEqual([first(cut).state, cut.resources["cmd:web:x"]?.base], ["unknown", absent]);
});

Deno.test("settleAct() of a package list that was written before anything began claims nothing", () => {
  const listed: JournalEntry = {
    type: "P",
    n: 1,
    resource: "pkg:deb:web/1",
    prior: { was: "listed", ref: "r00000002-00c0ffee.1" },
  };
  const curl = act("pkg:deb:web/1", packages("curl"), 1);
  assert.deepEqual(fold(empty, [curl], [listed]).ledgers["web"]?.claims, []);
  assert.deepEqual(first(fold(empty, [curl], [listed, begun])).noted, ["r00000002-00c0ffee.1"]);
});

Deno.test("settleAct() calls a reboot done when the run goes on after another start", () => {
  const reboot = act("reboot:web", { type: "reboot" }, 1);
  assert.equal(first(fold(empty, [reboot], [begun])).state, "unknown");
  assert.equal(first(fold(empty, [reboot], [begun, opening("b2")])).state, "done");
});

Deno.test("settleAct() keeps a file's original with its blocks, and lets it go with the last one", () => {
  const path = "/home/ana/.bashrc";
  const block = act(`block:${path}:web`, { type: "block", path, begin: "b", end: "e", body: "x" }, 1);
  const original: Prior = { was: "linked", what: "file", ref: "r00000002-00c0ffee.1" };
  const folded = fold(empty, [block], [
    { type: "P", n: 1, resource: `file:${path}`, prior: original },
    { type: "P", n: 1, resource: block.resource, prior: absent },
    begun,
    ended("ok"),
  ]);
  assert.deepEqual(folded.resources[`file:${path}`], { base: original, claims: [], path });
  const undone = fold(folded, [], [{ type: "U", n: 1, resource: block.resource }, {
    type: "V",
    n: 1,
    result: "undone",
  }], {
    mode: "del",
    reverts: [{ n: 1, deploy: "web", resource: block.resource, how: "base" }],
  });
  assert.deepEqual(undone.resources, {});
  assert.deepEqual(undone.ledgers, {});
});

Deno.test("foldRun() returns to the claim before when a run is rolled back", () => {
  const before = claim("file:/etc/motd", file("/etc/motd"), 1, { digest: "b".repeat(16) });
  const start = state([ledger("web", [before])]);
  const back: JournalEntry = { type: "V", n: 1, result: "undone" };
  const rolled = fold(start, [{ ...motd, before }], [preserved, begun, ended("ok"), back]);
  assert.deepEqual(first(rolled), before);
  assert.deepEqual(rolled.resources["file:/etc/motd"]?.claims, [{ deploy: "web", digest: "b".repeat(16) }]);
  assert.deepEqual(fold(empty, [motd], [preserved, begun, ended("ok"), back]).resources, {});
});

Deno.test("foldRun() gives kept claims the words of the new plan and its order", () => {
  const start = state([ledger("web", [claim("file:/a", file("/a"), 1), claim("file:/b", file("/b"), 2)])]);
  const folded = fold(start, [], [], {
    keeps: [{ resource: "file:/b", summary: "write b", step: 1, n: 1 }, { resource: "file:/a", step: 2, n: 2 }],
  });
  assert.deepEqual(folded.ledgers["web"]?.claims.map(({ resource, summary, seq }) => [resource, summary, seq]), [
    ["file:/b", "write b", 2000001],
    ["file:/a", "want file:/a", 2000002],
  ]);
});
