import assert from "node:assert/strict";
import { formatIssues, parseConfig } from "../../../../lib/config/parse.ts";
import { liveVerbs } from "../../../../lib/entities/live_verbs.ts";

function problems(entry: unknown): string[] {
  const candy = { version: "2026.300.0900", description: "for the test", plan: [entry] };
  const parsed = parseConfig({ candies: { a: candy } });
  return "issues" in parsed ? formatIssues(parsed.issues).split("\n") : [];
}
const ask = (live: string, method: string, more: unknown = {}) =>
  problems({ check: "x", probe: { live, method, with: more } });

Deno.test("parseConfig() takes every method of every live verb with what it needs", () => {
  for (const [verb, methods] of Object.entries(liveVerbs)) {
    for (const [method, needs] of Object.entries(methods)) {
      const all = Object.fromEntries(needs.map((name) => [name, "x"]));
      assert.deepEqual(ask(verb, method, all), [], `${verb}: ${method}`);
    }
  }
});

Deno.test("parseConfig() misses each thing a live method needs", () => {
  for (const [verb, methods] of Object.entries(liveVerbs)) {
    for (const [method, needs] of Object.entries(methods)) {
      for (const missing of needs) {
        const others = Object.fromEntries(needs.filter((name) => name !== missing).map((name) => [name, "x"]));
        assert.deepEqual(ask(verb, method, others), [
          `candies/a/plan/0/probe: \`${verb}: ${method}\` needs \`${missing}\``,
          `  hint: add \`${missing}\``,
        ]);
      }
    }
  }
});

Deno.test("parseConfig() suggests the method that is nearest", () => {
  assert.deepEqual(ask("vnc", "screnshot", { artifact: "/tmp/x" }), [
    'candies/a/plan/0/probe/method: `vnc` has no method "screnshot"',
    '  hint: did you mean "screenshot"?',
  ]);
  assert.match(ask("mcp", "zzz")[1] ?? "", /^ {2}hint: methods: ping, servers, list-tools, /);
  assert.match(ask("mcp", "constructor")[0] ?? "", /`mcp` has no method "constructor"$/);
});

Deno.test("parseConfig() names the modifier that nearly is the one a method needs", () => {
  assert.deepEqual(ask("cdp", "eval", { tab: "1", expresion: "1 + 1" }), [
    "candies/a/plan/0/probe: `cdp: eval` needs `expression`",
    "  hint: did you mean `expression` where `expresion` is written?",
  ]);
});

Deno.test("parseConfig() counts an empty text and an empty list as nothing, and 0 as something", () => {
  assert.equal(ask("adb", "shell", { arg: [] }).length, 2);
  assert.equal(ask("dbus", "notify", { text: "" }).length, 2);
  assert.deepEqual(ask("vnc", "click", { x: 0, y: 0 }), []);
});

Deno.test("parseConfig() asks the same of a step that does something live", () => {
  assert.deepEqual(problems({ external: "spice", payload: { method: "type" } }), [
    "candies/a/plan/0/payload: `spice: type` needs `text`",
    "  hint: add `text`",
  ]);
  assert.deepEqual(problems({ external: "spice", payload: { method: "type", with: { text: "hi" } } }), []);
  assert.deepEqual(problems({ external: "robot", payload: { method: "type" } }), []);
});
