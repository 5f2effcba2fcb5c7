import assert from "node:assert/strict";
import type { HostOutcome } from "../../../lib/deploy/contract.ts";
import { failuresAllowed, fleet } from "../../../lib/deploy/fleet.ts";

const came = (host: string, result: HostOutcome["result"]): HostOutcome => ({
  host,
  result,
  ran: 1,
  upToDate: 0,
  skipped: 0,
  durationMs: 1,
});

Deno.test("fleet() stops beginning hosts when more than --max-fail have failed", async () => {
  const begun: string[] = [];
  const outcomes = await fleet(["a", "b", "c", "d"], { parallel: 1, maxFail: "0" }, (host) => {
    begun.push(host);
    return Promise.resolve(came(host, host === "b" ? "failed" : "changed"));
  });
  assert.deepEqual(begun, ["a", "b"]);
  assert.deepEqual(outcomes.map((it) => it.result), ["changed", "failed", "not-run", "not-run"]);
});

Deno.test("fleet() begins a wave only when the wave before has ended", async () => {
  const log: string[] = [];
  await fleet(["a", "b", "c"], { serial: 2 }, async (host) => {
    log.push(`+${host}`);
    await Promise.resolve();
    log.push(`-${host}`);
    return came(host, "changed");
  });
  assert.deepEqual(log.slice(-2), ["+c", "-c"]);
  assert.ok(log.indexOf("+c") > log.indexOf("-a") && log.indexOf("+c") > log.indexOf("-b"));
});

Deno.test("fleet() tries every host when no threshold is given", async () => {
  const outcomes = await fleet(["a", "b"], { parallel: 1 }, (host) => Promise.resolve(came(host, "unreachable")));
  assert.deepEqual(outcomes.map((it) => it.result), ["unreachable", "unreachable"]);
});

Deno.test("failuresAllowed() reads numbers and shares, and refuses words", () => {
  assert.equal(failuresAllowed("3", 10), 3);
  assert.equal(failuresAllowed("25%", 10), 2);
  assert.throws(() => failuresAllowed("some", 10), /read --max-fail: "some"/);
});
