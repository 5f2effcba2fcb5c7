import assert from "node:assert/strict";
import type { CharlyError } from "../../../lib/base/errors.ts";
import { closureOf, mayOverlap, runGraph } from "../../../lib/tasks/graph.ts";

const diamond = { lint: {}, build: {}, test: { needs: ["build"] }, release: { needs: ["lint", "test"] }, other: {} };

Deno.test("closureOf() gives needs first and leaves the rest out", () => {
  assert.deepEqual(closureOf(diamond, "release"), ["lint", "build", "test", "release"]);
});

Deno.test("closureOf() names the way round a cycle", () => {
  const tasks = { a: { needs: ["b"] }, b: { needs: ["c"] }, c: { needs: ["b"] } };
  assert.throws(
    () => closureOf(tasks, "a"),
    (error: CharlyError) => error.message === "order tasks: they need each other: b → c → b" && error.exitCode === 2,
  );
});

Deno.test("runGraph() begins a task as soon as its needs are done, side by side where it can", async () => {
  const seen: string[] = [];
  const gates = Object.fromEntries(["lint", "build"].map((name) => [name, Promise.withResolvers<void>()]));
  const both = Promise.withResolvers<void>();
  const ends = runGraph(diamond, closureOf(diamond, "release"), async (task) => {
    seen.push(`+${task}`);
    if (seen.length === 2) both.resolve();
    await gates[task]?.promise;
    seen.push(`-${task}`);
  }, 4);
  await both.promise;
  assert.deepEqual(seen, ["+lint", "+build"]);
  gates["build"]!.resolve();
  gates["lint"]!.resolve();
  assert.deepEqual((await ends).map(({ result }) => result), ["ok", "ok", "ok", "ok"]);
  assert.ok(seen.indexOf("+test") > seen.indexOf("-build"));
  assert.equal(seen.at(-1), "-release");
});

Deno.test("runGraph() runs no more at once than it may", async () => {
  let running = 0;
  let most = 0;
  const tasks = { a: {}, b: {}, c: {}, d: {}, all: { needs: ["a", "b", "c", "d"] } };
  await runGraph(tasks, closureOf(tasks, "all"), async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
  }, 2);
  assert.equal(most, 2);
});

Deno.test("runGraph() stops what needs a failed task, tells the first cause, and lists it first", async () => {
  const ran: string[] = [];
  const ends = await runGraph(diamond, closureOf(diamond, "release"), (task) => {
    ran.push(task);
    return task === "build" ? Promise.reject(new Error("no compiler")) : Promise.resolve();
  }, 1);
  assert.deepEqual(ran, ["lint", "build"]);
  assert.deepEqual(ends.map((end) => [end.task, end.result, "because" in end ? end.because : ""]), [
    ["build", "failed", ""],
    ["lint", "ok", ""],
    ["test", "stopped", "build"],
    ["release", "stopped", "build"],
  ]);
});

Deno.test("mayOverlap() is true only where nothing orders two tasks", () => {
  assert.equal(mayOverlap(diamond, closureOf(diamond, "release")), true);
  assert.equal(mayOverlap(diamond, closureOf(diamond, "test")), false);
});
