import assert from "node:assert/strict";
import { planDocument, renderPlan } from "../../../lib/plan/render.ts";
import { compileStory } from "../steps/story.ts";

const compiled = compileStory({
  story: "",
  candy: {
    version: "2026.300.0900",
    description: "a greeting",
    package: ["figlet"],
    plan: [
      { write: "/etc/motd", content: "hi\n", runAs: "root" },
      { command: "echo \u001b[2J", id: "clear" },
      { command: "sync", runAs: "root" },
    ],
  },
});

Deno.test("renderPlan() heads with what undo gives and the reference's line per candy", () => {
  const lines = renderPlan(compiled).split("\n");
  assert.equal(lines[0], "web on ssh: 3 acts, 1 skipped");
  assert.equal(lines[1], `undo: 2 exact, 0 best effort, 1 none; digest ${compiled.plan.digest.slice(0, 12)}`);
  assert.equal(lines[3], "Plan: candy=it image=host-adhoc distro=debian:12 steps=4 Op=3 SystemPackages=1");
  assert.deepEqual(lines.slice(4, 8), [
    "  +   1  install figlet (deb) (root)",
    "  +   2  write /etc/motd (0644) (root)",
    "  +   3  run echo \\u{1b}[2J (undo none)",
    "  -   4  run sync: skipped, gate allow-root-tasks is closed",
  ]);
});

Deno.test("renderPlan() tells the state of an act when it is known", () => {
  const text = renderPlan(compiled, { states: new Map([["file:/etc/motd", "up to date"]]) });
  assert.match(text, /write \/etc\/motd \(0644\) \(root, up to date\)/);
});

Deno.test("renderPlan() prints the shell text below an act when asked to", () => {
  const text = renderPlan(compiled, { commands: true });
  assert.match(text, /^ {9}\| install -D -m 0644 \/dev\/stdin \/etc\/motd <<'CHARLY_WRITE'$/m);
});

Deno.test("planDocument() is JSON with wire names, without bytes of files", () => {
  const document = JSON.parse(JSON.stringify(planDocument(compiled)));
  assert.equal(document.deploy_id, "f7391aeeb9febf08");
  assert.deepEqual(document.undo, { exact: 2, "best-effort": 0, none: 1 });
  assert.deepEqual(document.plans[0].steps[0].packages, ["figlet"]);
  assert.equal(document.steps[3].gate, "allow-root-tasks");
  assert.deepEqual(document.acts[1].content, {
    sha256: "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4",
    size: 3,
  });
});
