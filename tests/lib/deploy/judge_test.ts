import assert from "node:assert/strict";
import { judge, type JudgeInput } from "../../../lib/deploy/judge.ts";
import type { Verdict } from "../../../lib/deploy/probe.ts";
import type { Claim } from "../../../lib/ledger/record.ts";
import type { Act, ActBase, CommandAct } from "../../../lib/steps/act.ts";
import { textContent } from "../../../lib/steps/content.ts";
import { claim, command as commandWant, file as fileWant } from "../ledger/literal.ts";

function base(resource: string, candy = "web"): ActBase {
  return { resource, step: 1, candy, level: "user", summary: resource, reversibility: "exact" };
}
const file = (path: string): Act => (
  { ...base(`file:${path}`), type: "file", path, content: textContent("x"), mode: "0644" }
);
const command = (id: string, extra: Partial<CommandAct> = {}): Act => ({
  ...base(`cmd:web:${id}`),
  type: "command",
  shell: "sh",
  text: id,
  env: {},
  path: [],
  secrets: [],
  ...extra,
});
const digest = "a".repeat(16);
const same: Verdict = { kind: "same" };
const unknown: Verdict = { kind: "unknown", why: "only the record can say" };

/** Acts with what the probe and the ledger say of each; what comes of them as `state`, `state*` when part of the run. */
function states(
  rows: readonly { act: Act; verdict?: Verdict; claim?: Partial<Claim> }[],
  more: Partial<JudgeInput> = {},
): string[] {
  return judged(rows, more).map(({ state, included }) => included ? `${state}*` : state);
}
function judged(
  rows: readonly { act: Act; verdict?: Verdict; claim?: Partial<Claim> }[],
  more: Partial<JudgeInput> = {},
) {
  const claims = new Map(
    rows.flatMap((row): [string, Claim][] => {
      if (row.claim === undefined) return [];
      const want = row.act.type === "command" ? commandWant() : fileWant("/a");
      return [[row.act.resource, claim(row.act.resource, want, 1, row.claim)]];
    }),
  );
  return judge({
    acts: rows.map(({ act }, index) => ({ n: index + 1, act })),
    digest: () => digest,
    claim: (_level, resource) => claims.get(resource),
    verdict: ({ n }) => rows[n - 1]?.verdict ?? unknown,
    revertedCandies: new Set(),
    rerun: new Set(),
    ...more,
  });
}

Deno.test("judge() runs what is new: nothing there, or something else there", () => {
  const it = judged([
    { act: file("/a"), verdict: { kind: "absent" } },
    { act: file("/b"), verdict: { kind: "differs", found: "mode 0600" } },
  ]);
  assert.deepEqual(it.map(({ state }) => state), ["will-run", "will-run"]);
  assert.equal(it[1]?.reason, "replaces what is there (mode 0600)");
});

Deno.test("judge() records the claim of what is as wanted without us, and leaves alone what is ours", () => {
  assert.deepEqual(states([{ act: file("/a"), verdict: same }, { act: file("/b"), verdict: same, claim: {} }]), [
    "up-to-date*",
    "up-to-date",
  ]);
});

Deno.test("judge() looks at a failed claim again even when it looks right", () => {
  assert.deepEqual(states([{ act: file("/a"), verdict: same, claim: { state: "failed" } }]), ["up-to-date*"]);
});

Deno.test("judge() calls ours that changed on the machine drifted, and ours that changed in the plan will-run", () => {
  const differs: Verdict = { kind: "differs", found: "other content" };
  const it = judged([
    { act: file("/a"), verdict: differs, claim: {} },
    { act: file("/b"), verdict: { kind: "absent" }, claim: {} },
    { act: file("/c"), verdict: differs, claim: { digest: "b".repeat(16) } },
  ]);
  assert.deepEqual(it.map(({ state, reason }) => [state, reason]), [
    ["drifted", "found other content"],
    ["drifted", "it is gone"],
    ["will-run", "changed"],
  ]);
});

Deno.test("judge() runs a command never done here, and takes a recorded one for up to date", () => {
  assert.deepEqual(states([{ act: command("x") }, { act: command("y"), claim: {} }]), ["will-run*", "will-run*"]);
  assert.deepEqual(states([{ act: command("y"), claim: {} }]), ["recorded"]);
});

Deno.test("judge() runs a recorded command when an earlier act of its candy runs, and only its own candy's", () => {
  const other = { ...file("/b"), candy: "db" };
  const it = judged([
    { act: other, verdict: { kind: "absent" } },
    { act: command("restart"), claim: {} },
  ]);
  assert.equal(it[1]?.state, "recorded");
  const own = judged([{ act: file("/a"), verdict: { kind: "absent" } }, { act: command("restart"), claim: {} }]);
  assert.deepEqual([own[1]?.state, own[1]?.runIf, own[1]?.reason], ["will-run", [1], "step 1 runs"]);
});

Deno.test("judge() says will-run-if when the earlier act may run or not", () => {
  const tool: Verdict = { kind: "unknown", why: "zsh is not installed" };
  const it = judged([{ act: file("/a"), verdict: tool }, { act: command("restart"), claim: {} }]);
  assert.deepEqual(it.map(({ state, runIf }) => [state, runIf]), [["decided-at-step", "always"], ["will-run-if", [1]]]);
});

Deno.test("judge() runs a command of a candy of which something is reverted, whatever follows", () => {
  const it = judged([{ act: command("restart"), claim: {} }], { revertedCandies: new Set(["web"]) });
  assert.deepEqual(it.map(({ state, runIf }) => [state, runIf]), [["will-run", "always"]]);
});

Deno.test("judge() runs always-commands and those asked for by number", () => {
  assert.deepEqual(states([{ act: command("x", { always: true }), claim: {} }]), ["will-run*"]);
  assert.deepEqual(states([{ act: command("x"), claim: {} }], { rerun: new Set([1]) }), ["will-run*"]);
});

Deno.test("judge() asks before a cut command that runs once only, and runs another cut one again", () => {
  const cut = { state: "unknown" as const };
  assert.deepEqual(
    states([{ act: command("x", { once: true }), claim: { ...cut, want: commandWant({ once: true }) } }]),
    ["needs-answer"],
  );
  assert.deepEqual(states([{ act: command("x"), claim: cut }]), ["will-run*"]);
});

Deno.test("judge() leaves what a guard holds back, recorded or not", () => {
  const guarded: Verdict = { kind: "guarded" };
  assert.deepEqual(
    states([{ act: command("x"), verdict: guarded }, { act: command("y"), verdict: guarded, claim: {} }]),
    ["up-to-date", "recorded"],
  );
});

Deno.test("judge() looks again after a command that may touch anything, not after one that says what it touches", () => {
  const rows = (extra: Partial<CommandAct>) => [
    { act: command("x", extra) },
    { act: file("/srv/a"), verdict: same, claim: {} },
  ];
  assert.deepEqual(judged(rows({})).map(({ included, reason }) => [included, reason])[1], [
    true,
    "looked at again after step 1",
  ]);
  assert.deepEqual(states(rows({ touches: ["/etc"] }))[1], "up-to-date");
  assert.deepEqual(states(rows({ touches: ["/srv"] }))[1], "up-to-date*");
});

Deno.test("judge() covers the earlier of two writers of one path once the later is as wanted", () => {
  const differs: Verdict = { kind: "differs", found: "other content" };
  const [first, second] = judged([
    { act: file("/a"), verdict: differs, claim: {} },
    { act: file("/a"), verdict: same, claim: {} },
  ]);
  assert.deepEqual([first?.state, first?.included, first?.reason], ["up-to-date", false, "covered by step 2"]);
  assert.equal(second?.state, "up-to-date");
});
