import assert from "node:assert/strict";
import fc from "fast-check";
import type { Candy } from "../../../lib/entities/candy.ts";
import { candyName, type CandyTable, orderCandies, supervisorCandies } from "../../../lib/plan/order.ts";

/** Candies with content, by what they require and what they are made of. */
function table(needs: Readonly<Record<string, Partial<Candy>>>): CandyTable {
  const described = Object.entries(needs).map(([name, fields]): [string, Candy] => [
    name,
    { version: "2026.300.0900", description: name, package: [name], ...fields },
  ]);
  return Object.fromEntries(described);
}

Deno.test("orderCandies() puts requirements first and ties in alphabetical order", () => {
  const candies = table({ zsh: {}, app: { require: ["zsh", "lib"] }, lib: {}, bat: {} });
  assert.deepEqual(orderCandies(["zsh", "app", "bat"], candies), ["bat", "lib", "zsh", "app"]);
});

Deno.test("orderCandies() does not depend on the order of asking", () => {
  const candies = table({ a: { require: ["c"] }, b: { require: ["c", "a"] }, c: {}, d: {}, e: { require: ["b"] } });
  fc.assert(fc.property(fc.shuffledSubarray(["a", "b", "c", "d", "e"], { minLength: 5 }), (asked) => {
    assert.deepEqual(orderCandies(asked, candies), ["c", "a", "b", "d", "e"]);
  }));
});

Deno.test("orderCandies() puts every candy after what it requires, in any acyclic table", () => {
  const graph = fc.array(fc.array(fc.nat({ max: 9 }), { maxLength: 4 }), { minLength: 1, maxLength: 10 });
  fc.assert(fc.property(graph, (edges) => {
    const names = edges.map((_, at) => `candy-${at}`);
    const candies = table(Object.fromEntries(edges.map((needs, at) => [
      `candy-${at}`,
      { require: [...new Set(needs.filter((need) => need < at))].map((need) => `candy-${need}`) },
    ])));
    const order = orderCandies(names, candies);
    assert.deepEqual([...order].sort(), [...names].sort());
    for (const name of names) {
      for (const need of candies[name]?.require ?? []) assert.ok(order.indexOf(need) < order.indexOf(name));
    }
  }));
});

Deno.test("orderCandies() expands compositions and drops those without content", () => {
  const candies = table({
    desktop: { candy: ["shell", "fonts"], package: [] },
    shell: { candy: ["zsh", "bat"], package: [] },
    zsh: {},
    bat: {},
    fonts: {},
  });
  assert.deepEqual(orderCandies(["desktop"], candies), ["bat", "fonts", "zsh"]);
});

Deno.test("orderCandies() keeps a composition with content, after its members", () => {
  const candies = table({ all: { candy: ["zsh"] }, zsh: {} });
  assert.deepEqual(orderCandies(["all"], candies), ["zsh", "all"]);
});

Deno.test("orderCandies() turns an edge to a composition without content into edges to its members", () => {
  const candies = table({ app: { require: ["set"] }, set: { candy: ["x", "y"], package: [] }, x: {}, y: {} });
  assert.deepEqual(orderCandies(["app"], candies), ["x", "y", "app"]);
});

Deno.test("orderCandies() lets a member require the composition it is part of", () => {
  const candies = table({ all: { candy: ["zsh"] }, zsh: { require: ["all"] } });
  assert.deepEqual(orderCandies(["all"], candies), ["all", "zsh"]);
});

Deno.test("orderCandies() follows bakePlugin as it does require", () => {
  assert.deepEqual(orderCandies(["app"], table({ app: { bakePlugin: ["tool"] }, tool: {} })), ["tool", "app"]);
});

Deno.test("orderCandies() names a cycle with arrows", () => {
  const candies = table({ a: { require: ["b"] }, b: { require: ["c"] }, c: { require: ["a"] } });
  assert.throws(() => orderCandies(["b"], candies), { message: "order candies: `require` goes round: a → b → c → a" });
});

Deno.test("orderCandies() refuses a candy that requires itself", () => {
  assert.throws(() => orderCandies(["a"], table({ a: { require: ["a"] } })), { message: /goes round: a → a$/ });
});

Deno.test("orderCandies() names a composition that contains itself", () => {
  const candies = table({ a: { candy: ["b"] }, b: { candy: ["a"] } });
  assert.throws(() => orderCandies(["a"], candies), { message: "order candies: `candy` goes round: a → b → a" });
});

Deno.test("orderCandies() names an unknown candy and who asks for it", () => {
  assert.throws(() => orderCandies(["app"], table({ app: { require: ["gti"] }, git: {} })), {
    message: 'order candies: candy "app" asks for "gti", which is not declared',
    hint: "declared candies: app, git",
  });
});

Deno.test("orderCandies() never finds inherited properties", () => {
  assert.throws(() => orderCandies(["constructor"], table({})), { code: "unknown-candy" });
});

Deno.test("orderCandies() leaves the supervisor out with what only it needs", () => {
  const candies = table({ app: { require: ["supervisord"] }, supervisord: { require: ["python"] }, python: {} });
  assert.deepEqual(orderCandies(["app"], candies, { without: supervisorCandies }), ["app"]);
});

Deno.test("candyName() is the last part of a remote reference", () => {
  assert.equal(candyName("@github.com/org/repo/candy/ripgrep:v2026.174.0425"), "ripgrep");
  assert.equal(candyName("@host:8443/org/repo/candy/fd"), "fd");
  assert.equal(candyName("ripgrep"), "ripgrep");
});

Deno.test("orderCandies() walks chains longer than the stack, of requirements and of compositions", () => {
  const chain = (link: (before: string) => Partial<Candy>) =>
    table(Object.fromEntries(
      Array.from({ length: 20_000 }, (_, n) => [`c${n}`, { env: { A: "1" }, ...(n === 0 ? {} : link(`c${n - 1}`)) }]),
    ));
  const order = Array.from({ length: 20_000 }, (_, n) => `c${n}`);
  assert.deepEqual(orderCandies(["c19999"], chain((before) => ({ require: [before] }))), order);
  assert.deepEqual(orderCandies(["c19999"], chain((before) => ({ candy: [before] }))), order);
});

Deno.test("orderCandies() looks at every composition once, however many ways lead to it", () => {
  const pairs = (content: Partial<Candy>) =>
    table(Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => {
        const level = Math.floor(n / 2);
        return [
          `c${n}`,
          level === 0 ? { env: { A: "1" } } : { ...content, candy: [`c${2 * level - 2}`, `c${2 * level - 1}`] },
        ];
      }),
    ));
  assert.equal(orderCandies(["c98", "c99"], pairs({ env: { A: "1" } })).length, 100);
  assert.deepEqual(orderCandies(["c98", "c99"], pairs({ package: [] })), ["c0", "c1"]);
});

Deno.test("orderCandies() keeps the message about a cycle of thousands short", () => {
  const candies = table(Object.fromEntries(
    Array.from({ length: 5000 }, (_, n) => [`c${n}`, { require: [`c${(n + 1) % 5000}`] }]),
  ));
  assert.throws(() => orderCandies(["c0"], candies), {
    message: /goes round: c0 → c1 → .* → … 4991 more … → .* → c0$/,
  });
});
