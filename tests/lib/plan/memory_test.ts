import assert from "node:assert/strict";
import fc from "fast-check";
import type { Candy } from "../../../lib/entities/candy.ts";
import type { HostFacts } from "../../../lib/facts/facts.ts";
import { compileBundle, type Compiled, type CompileInput } from "../../../lib/plan/compile.ts";
import { CompileMemories, CompileMemory } from "../../../lib/plan/memory.ts";
import { textContent } from "../../../lib/steps/content.ts";
import { debianUser } from "../steps/story.ts";

/** A candy without what every candy must say. */
type Some = Partial<Candy>;

function input(candies: Readonly<Record<string, Some>>, more: Partial<CompileInput> = {}): CompileInput {
  const whole = Object.entries(candies).map(([name, candy]) =>
    [name, { version: "2026.300.0900", description: name, ...candy }] as const
  );
  return {
    project: "p",
    bundle: "b",
    config: {
      candies: Object.fromEntries(whole),
      bundles: { b: { on: { target: "local" }, candy: Object.keys(candies) } },
    },
    facts: debianUser,
    target: "local",
    options: {},
    files: {},
    ...more,
  };
}

const three = {
  a: { plan: [{ write: "/a", content: "1" }] },
  b: { env: { B: "1" }, plan: [{ mkdir: "/b" }] },
  c: { plan: [{ command: "echo $B" }] },
};

Deno.test("compileBundle() gives back the acts of a candy that has not changed", () => {
  const memory = new CompileMemory();
  const before = compileBundle(input(three), memory);
  const after = compileBundle(input({ ...three, a: { plan: [{ write: "/a", content: "2" }] } }), memory);
  const same = after.acts.map((act, index) => act === before.acts[index]);
  assert.deepEqual(same, [false, true, true, true, true]);
  assert.notEqual(after.plan.digest, before.plan.digest);
});

Deno.test("compileBundle() gives commands the variables a candy before them has now", () => {
  const memory = new CompileMemory();
  compileBundle(input(three), memory);
  const { acts } = compileBundle(input({ ...three, b: { env: { B: "2" } } }), memory);
  assert.deepEqual(acts.map((act) => act.type === "command" ? act.env : undefined).at(-1), { B: "2" });
});

Deno.test("compileBundle() forgets everything for another machine, other options and other files", () => {
  const copy = { a: { plan: [{ copy: "f", to: "/f" }, { command: "id", runAs: "root" }] } };
  const file = (text: string) => ({
    a: { dir: "candy/a", builderFiles: [], files: [{ name: "f", content: textContent(text), executable: false }] },
  });
  const memory = new CompileMemory();
  const others: Partial<CompileInput>[] = [
    { files: file("1") },
    { files: file("2") },
    { files: file("2"), facts: { ...debianUser, home: "/home/bob" } },
    { files: file("2"), options: { allowRootTasks: true } },
    { files: file("2"), target: "ssh" },
  ];
  for (const more of others) {
    assert.deepEqual(compileBundle(input(copy, more), memory), compileBundle(input(copy, more)));
  }
});

/** A few edits of a few candies, so that many of them meet. */
const names = ["a", "b", "c", "d", "e"];
const entry = fc.oneof(
  fc.constantFrom("echo", "true").map((command) => ({ command })),
  fc.constantFrom("x", "y").map((content) => ({ write: "~/f", content })),
  fc.constantFrom("${HOME}/d", "/srv").map((mkdir) => ({ mkdir })),
  fc.constant({ command: "id", runAs: "root" }),
);
const candy: fc.Arbitrary<Some> = fc.record({
  plan: fc.array(entry, { maxLength: 3 }),
  env: fc.dictionary(fc.constantFrom("A", "B"), fc.constantFrom("1", "~/2"), { maxKeys: 1 }),
  pathAppend: fc.subarray(["~/bin", "$A/bin"]),
  require: fc.subarray(names.slice(0, 2)),
  secretRequire: fc.subarray([{ name: "S", description: "s" }]),
}, { requiredKeys: [] });
const world = fc.dictionary(fc.constantFrom(...names), candy, { minKeys: 1 });
const facts: fc.Arbitrary<HostFacts> = fc.constantFrom(debianUser, debianUser, { ...debianUser, uid: 7 });

function attempt(make: () => Compiled): unknown {
  try {
    return make();
  } catch (error) {
    return (error as Error).message;
  }
}

Deno.test("compileBundle() gives the same with a memory of any plans before as without", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(world, facts), { minLength: 2, maxLength: 8 }), (worlds) => {
      const memory = new CompileMemory();
      let all: Record<string, Some> = {};
      for (const [change, machine] of worlds) {
        // Changed and added to, now and then begun anew.
        all = Object.keys(change).length === names.length ? change : { ...all, ...change };
        const given = input(structuredClone(all), { facts: machine });
        assert.deepEqual(attempt(() => compileBundle(given, memory)), attempt(() => compileBundle(given)));
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("CompileMemories keeps those asked for last", () => {
  const memories = new CompileMemories(2);
  const a = memories.of("a"), b = memories.of("b");
  assert.equal(memories.of("a"), a);
  memories.of("c");
  assert.equal(memories.of("a"), a);
  assert.notEqual(memories.of("b"), b);
});
