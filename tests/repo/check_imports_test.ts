/** The check of import directions finds what is wrong, and the repository passes it. */
import assert from "node:assert/strict";
import {
  type Import,
  importsOf,
  packagesBehind,
  sourceFiles,
  strayTests,
  violations,
} from "../../tasks/dev/check_imports.ts";
import { tempDir } from "../shared/tmp.ts";

const edge = (from: string, to: string, typeOnly = false): Import => ({ from, to, line: 3, typeOnly });

Deno.test("violations() names file and line of an import that goes the wrong way", () => {
  assert.deepEqual(violations([edge("lib/plan/order.ts", "lib/execute/connect.ts")]), [
    "lib/plan/order.ts:3: lib/plan may not import lib/execute (lib/execute/connect.ts)",
  ]);
  assert.deepEqual(
    violations([edge("lib/deploy/run.ts", "targets/api.ts"), edge("lib/steps/op.ts", "tasks/main.ts")]),
    [
      "lib/deploy/run.ts:3: lib/deploy may not import targets (targets/api.ts)",
      "lib/steps/op.ts:3: lib/steps may not import tasks (tasks/main.ts)",
    ],
  );
});

Deno.test("violations() lets types through where only types may go", () => {
  assert.deepEqual(violations([edge("lib/ledger/a.ts", "lib/execute/b.ts", true)]), []);
  assert.deepEqual(violations([edge("lib/ledger/a.ts", "lib/execute/b.ts")]), [
    "lib/ledger/a.ts:3: lib/ledger may import only types of lib/execute (lib/execute/b.ts)",
  ]);
});

Deno.test("violations() keeps a package in its room and refuses jsr and addresses", () => {
  assert.deepEqual(
    violations([edge("lib/execute/transport/ssh2.ts", "npm:/ssh2@1.17.0"), edge("lib/plan/a.ts", "node:path")]),
    [],
  );
  assert.deepEqual(violations([edge("lib/plan/a.ts", "npm:/ssh2@1.17.0"), edge("lib/cli/a.ts", "npm:left-pad@1")]), [
    "lib/plan/a.ts:3: the package ssh2 is for lib/execute/transport only",
    "lib/cli/a.ts:3: the package left-pad is not in the table of packages",
  ]);
  assert.deepEqual(
    violations([edge("lib/plan/a.ts", "jsr:@std/path"), edge("lib/plan/a.ts", "https://example.com/a.ts")]),
    [
      "lib/plan/a.ts:3: jsr:@std/path is neither ours, nor npm:, nor node:",
      "lib/plan/a.ts:3: https://example.com/a.ts is neither ours, nor npm:, nor node:",
    ],
  );
});

Deno.test("violations() wants every room in the table", () => {
  assert.deepEqual(violations([edge("lib/attic/a.ts", "lib/base/errors.ts")]), [
    "lib/attic/a.ts:3: lib/attic is not in the table of tasks/dev/import_directions.ts",
  ]);
});

Deno.test("packagesBehind() shows the way to a package", () => {
  const imports = [edge("mod.ts", "lib/a.ts"), edge("lib/a.ts", "lib/b.ts", true), edge("lib/b.ts", "npm:zod@4")];
  assert.deepEqual(packagesBehind("mod.ts", imports), ["mod.ts → lib/a.ts → lib/b.ts → npm:zod@4"]);
  assert.deepEqual(packagesBehind("mod.ts", imports.slice(0, 2)), []);
});

Deno.test("strayTests() names a test whose directory mirrors nothing", () => {
  const tests = ["tests/lib/plan/a_test.ts", "tests/lib/attic/a_test.ts", "tests/live/x_test.ts"];
  assert.deepEqual(strayTests(tests, ["lib/plan/order.ts"]), [
    "tests/lib/attic/a_test.ts: there is no lib/attic/ that it tests",
  ]);
});

Deno.test("importsOf() reads imports, re-exports, types and text as Deno resolves them, not what comments say", async () => {
  await using dir = await tempDir({
    "deno.json": `{ "imports": { "ours": "./lib/base/a.ts" } }`,
    "lib/base/a.ts": `/** import "./nowhere.ts"; */\nexport const a = 1;\n`,
    "lib/plan/b.ts": [
      `import { a } from "ours";`,
      `import type { C } from "../execute/c.ts";`,
      `export * from "../deploy/d.ts";`,
      `import text from "../base/x.sh" with { type: "text" };`,
      `export const later = () => import("../facts/f.ts");`,
      `export const b: C = [a, text];`,
    ].join("\n"),
    "lib/execute/c.ts": "export type C = unknown;\n",
    "lib/deploy/d.ts": "export const d = 1;\n",
    "lib/facts/f.ts": "export const f = 1;\n",
    "lib/base/x.sh": "echo\n",
  });
  const files = await sourceFiles(dir.path);
  assert.deepEqual(files, ["lib/base/a.ts", "lib/deploy/d.ts", "lib/execute/c.ts", "lib/facts/f.ts", "lib/plan/b.ts"]);
  const imports = await importsOf(dir.path, files);
  assert.deepEqual(imports.map(({ from, to, line, typeOnly }) => `${from}:${line} ${typeOnly ? "type " : ""}${to}`), [
    "lib/plan/b.ts:1 lib/base/a.ts",
    "lib/plan/b.ts:2 type lib/execute/c.ts",
    "lib/plan/b.ts:3 lib/deploy/d.ts",
    "lib/plan/b.ts:4 lib/base/x.sh",
    "lib/plan/b.ts:5 lib/facts/f.ts",
  ]);
  assert.equal(violations(imports).length, 3);
});
