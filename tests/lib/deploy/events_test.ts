import assert from "node:assert/strict";
import type { DeployEvent } from "../../../lib/deploy/contract.ts";
import { EventQueue } from "../../../lib/deploy/events.ts";

const warning = (message: string): DeployEvent => ({ kind: "warning", host: "h", message });

Deno.test("EventQueue tells one at a time and in order, however slow the listener is", async () => {
  const heard: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>([["one", Promise.withResolvers()]]);
  const queue = new EventQueue(async (event) => {
    if (event.kind !== "warning") return true;
    heard.push(`${event.message} begins`);
    await gates.get(event.message)?.promise;
    heard.push(`${event.message} ends`);
  });
  queue.tell(warning("one"));
  queue.tell(warning("two"));
  const answer = queue.ask({ kind: "confirm", question: "?", changes: 1 });
  gates.get("one")?.resolve();
  assert.equal(await answer, true);
  await queue.drained();
  assert.deepEqual(heard, ["one begins", "one ends", "two begins", "two ends"]);
});

Deno.test("EventQueue.drained() throws what a listener threw, after the others were told", async () => {
  const heard: string[] = [];
  const queue = new EventQueue((event) => {
    if (event.kind !== "warning") return Promise.resolve();
    if (event.message === "bad") return Promise.reject(new Error("no"));
    heard.push(event.message);
    return Promise.resolve();
  });
  queue.tell(warning("bad"));
  queue.tell(warning("good"));
  await assert.rejects(queue.drained(), /^Error: no$/);
  assert.deepEqual(heard, ["good"]);
});

Deno.test("EventQueue.ask() rejects with what the listener threw and the queue goes on", async () => {
  const queue = new EventQueue((event) => {
    return event.kind === "confirm" ? Promise.reject(new Error("no terminal")) : Promise.resolve();
  });
  await assert.rejects(queue.ask({ kind: "confirm", question: "?", changes: 1 }), /no terminal/);
  queue.tell(warning("x"));
  await queue.drained();
});
