import assert from "node:assert/strict";
import type { DeployEvents, Outcome } from "../../../lib/deploy/contract.ts";
import { charly, hostPlan, planned, project } from "../../shared/cli.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const done: Outcome = {
  bundle: "web",
  ok: true,
  hosts: [{ host: "deploy@web1", result: "changed", ran: 1, upToDate: 0, skipped: 1, durationMs: 1200 }],
};

/** An engine that plans one step, asks, and runs it. */
const run = async (_project: unknown, _bundle: string, _options: unknown, events: DeployEvents): Promise<Outcome> => {
  const host = "deploy@web1";
  await events({ kind: "connected", host, venue: "ssh://deploy@web1:22" });
  await events({
    kind: "planned",
    host,
    plan: hostPlan([planned(1), planned(2, { state: "skipped", reason: "gate with-services is closed" })]),
  });
  if (await events({ kind: "confirm", question: "Apply 1 change on 1 host?", changes: 1 }) !== true) {
    return { ...done, ok: false, hosts: [{ ...done.hosts[0]!, result: "declined", ran: 0 }] };
  }
  await events({ kind: "step-begin", host, n: 1, of: 2, summary: "write /home/d/1" });
  await events({ kind: "step-output", host, n: 1, stream: "out", bytes: bytes("half \x1b]0;owned\x07") });
  await events({ kind: "step-output", host, n: 1, stream: "out", bytes: bytes(" line\n") });
  await events({ kind: "step-end", host, n: 1, of: 2, summary: "write /home/d/1", result: "ok", durationMs: 30 });
  await events({ kind: "host-end", host, outcome: done.hosts[0]! });
  return done;
};
const world = { api: { addBundle: run }, project: project() };

Deno.test("deploy shows the plan, asks, and reports each step when the answer is yes", async () => {
  const { code, stdout, stderr } = await charly(["deploy", "web"], {
    ...world,
    terminal: true,
    answers: ["y"],
    env: { NO_COLOR: "1" },
  });
  assert.equal(code, 0);
  assert.match(stdout, /\+ {3}1 {2}write \/home\/d\/1 \(0644\) {2}\(will run\)/);
  assert.match(stdout, /skipped: gate with-services is closed/);
  assert.match(stderr, /Apply 1 change on 1 host\? \(y\/N\) /);
  assert.match(stderr, /✓ \[deploy@web1\] 1\/2 write \/home\/d\/1\n/);
  assert.match(stdout, /done deploy@web1: 1 changed, 0 up to date, 1 skipped \(1\.2 s\)\n$/);
});

Deno.test("deploy changes nothing and ends with 1 when the answer is anything but yes", async () => {
  for (const answers of [["n"], [""], ["yesno"], []]) {
    const { code, stdout } = await charly(["deploy", "web"], { ...world, terminal: true, answers });
    assert.equal(code, 1);
    assert.match(stdout, /nothing was changed/);
  }
});

Deno.test("deploy ends with 3 when it must ask and standard input is no terminal", async () => {
  const { code, stderr } = await charly(["deploy", "web"], world);
  assert.equal(code, 3);
  assert.match(stderr, /error: ask "Apply 1 change on 1 host\?": standard input is no terminal\nhint: /);
});

Deno.test("deploy -v shows output of steps in whole lines, control characters made visible", async () => {
  const { stderr } = await charly(["deploy", "web", "-y", "-v"], world);
  assert.ok(stderr.includes("[deploy@web1]   half \\x1b]0;owned\\x07 line\n"), stderr);
});

Deno.test("deploy without -v shows the output of a failed step", async () => {
  const failing = {
    addBundle: async (_p: unknown, _b: unknown, _o: unknown, events: DeployEvents): Promise<Outcome> => {
      const host = "a";
      await events({ kind: "step-output", host, n: 1, stream: "err", bytes: bytes("no such file\nlast words") });
      await events({ kind: "step-end", host, n: 1, of: 1, summary: "run x", result: "failed", code: 4, durationMs: 3 });
      const error = { message: "run x: exit code 4", hint: "look at its output", code: "step-failed" };
      return { bundle: "web", ok: false, hosts: [{ ...done.hosts[0]!, host, result: "failed", error }] };
    },
  };
  const { code, stderr, stdout } = await charly(["deploy", "web", "-y"], { ...world, api: failing });
  assert.equal(code, 1);
  assert.ok(stderr.includes("✗ [a] 1/1 run x: failed, exit code 4\n[a]   no such file\n[a]   last words\n"), stderr);
  assert.ok(stdout.includes("  error: run x: exit code 4\n  hint: look at its output"), stdout);
});

Deno.test("deploy --json gives one document, --json=events one JSON line per event", async () => {
  const document = await charly(["deploy", "web", "-y", "--json"], world);
  assert.deepEqual(JSON.parse(document.stdout), done);
  const stream = await charly(["deploy", "web", "-y", "--json=events"], world);
  const events = stream.stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as { event: string });
  assert.deepEqual(events.map(({ event }) => event), [
    "connected",
    "planned",
    "confirm",
    "step-begin",
    "step-output",
    "step-output",
    "step-end",
    "host-end",
    "result",
  ]);
});

Deno.test("deploy redraws a progress line on a terminal and leaves none behind", async () => {
  const { stderr } = await charly(["deploy", "web", "-y"], { ...world, terminal: true });
  assert.ok(stderr.includes("\x1b[1A\x1b[J"));
  assert.ok(stderr.includes("[deploy@web1]\x1b[22m connected\n"));
  // The last thing done with the region is to erase it and print the lasting line.
  assert.ok(stderr.lastIndexOf("\x1b[J") < stderr.lastIndexOf("✓"));
});
