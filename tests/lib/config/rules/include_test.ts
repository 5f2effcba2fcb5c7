import assert from "node:assert/strict";
import { formatIssues, parseConfig } from "../../../../lib/config/parse.ts";

const problems = (data: unknown) => {
  const parsed = parseConfig(data);
  return "issues" in parsed ? formatIssues(parsed.issues).split("\n") : [];
};
const about = { version: "2026.300.0900", description: "for the test" };
const including = (...names: string[]) => ({ ...about, plan: names.map((include) => ({ include })) });

Deno.test("parseConfig() takes includes of candies, boxes, pods, machines and their deployments", () => {
  assert.deepEqual(
    problems({
      candies: {
        a: including("candy:b", "box:x", "candy:x", "pod:web", "vm:deb", "vm:lab", "candy:@h/o/r/c:v1"),
        b: about,
      },
      boxes: { x: { base: "q/r", plan: [{ include: "candy:b" }] } },
      pods: { web: { image: "x" } },
      vms: { deb: {} },
      bundles: { lab: { on: { target: "vm", vm: "deb" } } },
    }),
    [],
  );
});

Deno.test("parseConfig() refuses an include of nothing, with the nearest of that kind", () => {
  assert.deepEqual(
    problems({ candies: { motd: about, a: including("candy:mtod") }, boxes: { mtods: { base: "q/r" } } }),
    [
      'candies/a/plan/0/include: unknown candy "mtod"',
      '  hint: did you mean "motd"?',
    ],
  );
  assert.deepEqual(problems({ candies: { a: including("pod:web") } }), [
    'candies/a/plan/0/include: unknown pod "web"',
    "  hint: declare a pod of that name",
  ]);
});

Deno.test("parseConfig() refuses plans that include themselves or each other", () => {
  assert.deepEqual(problems({ candies: { a: including("candy:a") } }), [
    'candies/a/plan/0/include: candy "a" refers to itself',
    "  hint: remove the reference",
  ]);
  const boxes = { x: { base: "q/r", plan: [{ include: "candy:a" }] } };
  assert.deepEqual(problems({ candies: { a: including("candy:b"), b: including("box:x") }, boxes }), [
    "boxes/x/plan/0/include: plans refer to each other: a → b → x → a",
    "  hint: remove one of these references",
  ]);
});
