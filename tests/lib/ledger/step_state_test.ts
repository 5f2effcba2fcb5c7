import assert from "node:assert/strict";
import { countReversibility, requireUndo, reversibilityText } from "../../../lib/ledger/reversibility.ts";
import { commandNeedsRun, resolveUnknown, stepState } from "../../../lib/ledger/step_state.ts";
import { claim, command, file, packages } from "./literal.ts";

const done = claim("file:/etc/motd", file("/etc/motd"), 1);

Deno.test("stepState() follows ledger and probe", () => {
  assert.deepEqual(stepState(undefined, "absent"), { state: "new", runs: true });
  assert.deepEqual(stepState(undefined, "same"), { state: "up-to-date", runs: false });
  assert.deepEqual(stepState(done, "same"), { state: "up-to-date", runs: false });
  assert.deepEqual(stepState(done, "differs"), { state: "drifted", runs: true });
  assert.deepEqual(stepState(done, "absent"), { state: "drifted", runs: true });
  assert.deepEqual(stepState(done, undefined), { state: "recorded", runs: false });
  assert.deepEqual(stepState(done, "blocked"), { state: "blocked", runs: true });
  for (const state of ["failed", "unknown", "skipped", "undo-failed", "kept"] as const) {
    assert.deepEqual(stepState({ ...done, state }, "same"), { state, runs: true });
  }
});

Deno.test("resolveUnknown() looks, mends, asks the guard, or asks the user", () => {
  assert.equal(resolveUnknown(file("/x"), false), "probe");
  assert.equal(resolveUnknown(packages("curl"), false), "mend-packages");
  assert.equal(resolveUnknown(command(), true), "guard");
  assert.equal(resolveUnknown(command(), false), "run");
  assert.equal(resolveUnknown(command({ once: true }), false), "ask");
  assert.equal(resolveUnknown({ type: "reboot" }, false), "boot");
});

Deno.test("commandNeedsRun() runs a command that was never done, changed, or follows a change of its candy", () => {
  const facts = { digest: "a".repeat(16), claim: claim("cmd:web:x", command(), 1), runsIf: [], candyChanged: false };
  assert.deepEqual(commandNeedsRun(facts), { run: "no", reason: "up to date (recorded)" });
  assert.deepEqual(commandNeedsRun({ ...facts, runsIf: [3] }), {
    run: "if",
    of: [3],
    reason: "will run if step 3 runs",
  });
  const { claim: _, ...never } = facts;
  assert.equal(commandNeedsRun(never).run, "yes");
  for (const more of [{ digest: "b".repeat(16) }, { candyChanged: true }, { always: true }, { rerun: true }]) {
    assert.equal(commandNeedsRun({ ...facts, ...more }).run, "yes");
  }
  const failed = { ...facts, claim: { ...facts.claim, state: "failed" as const } };
  assert.equal(commandNeedsRun(failed).run, "yes");
});

Deno.test("commandNeedsRun() never runs again unasked what runs once and was interrupted", () => {
  const interrupted = claim("cmd:web:x", command({ once: true }), 1, { state: "unknown" });
  const facts = { digest: "a".repeat(16), claim: interrupted, runsIf: [], candyChanged: false };
  assert.equal(commandNeedsRun(facts).run, "ask");
  assert.equal(commandNeedsRun({ ...facts, rerun: true }).run, "yes");
});

Deno.test("reversibilityText() counts classes and leaves out empty ones", () => {
  const of = (reversibility: "exact" | "best-effort" | "none") => ({ reversibility, summary: "run x", candy: "web" });
  const acts = [of("exact"), of("exact"), of("none")];
  assert.equal(reversibilityText(countReversibility(acts)), "2 exact, 1 none");
  assert.equal(reversibilityText(countReversibility([])), "nothing to undo");
  assert.throws(() => requireUndo(acts), { code: "no-undo", message: /run x \(web\)/ });
  requireUndo(acts.slice(0, 2));
});
