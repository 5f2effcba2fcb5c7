import assert from "node:assert/strict";
import type { HostPlan, PlannedAct } from "../../../lib/deploy/contract.ts";
import { checkPlanFile } from "../../../lib/deploy/plan_file.ts";

function row(resource: string, state: PlannedAct["state"]): PlannedAct {
  return { n: 1, candy: "web", level: "user", resource, summary: `want ${resource}`, state, reversibility: "exact" };
}
function plan(planned: readonly PlannedAct[], host = "web1", digest = "d1"): HostPlan {
  const deploy = { project: "p", bundle: "b", deployId: "i", target: "ssh", plans: [], artifacts: [], secrets: [] };
  return { host, venue: "ssh://x", plan: { ...deploy, digest }, wire: [], acts: [], planned, live: true, warnings: [] };
}
const text = (...plans: readonly HostPlan[]) =>
  JSON.stringify({ hosts: plans.map(({ host, plan, planned }) => ({ host, digest: plan.digest, steps: planned })) });
const differs = (then: readonly HostPlan[], now: readonly HostPlan[], message: RegExp) =>
  assert.throws(() => checkPlanFile(text(...then), now), { code: "plan-file-differs", message });

Deno.test("checkPlanFile() accepts the very plan, also where two steps want one resource in different states", () => {
  const it = plan([row("file:/a", "up-to-date"), row("file:/a", "will-run")]);
  checkPlanFile(text(it), [it]);
});

Deno.test("checkPlanFile() accepts that a step which was to run is satisfied meanwhile, and never the other way", () => {
  checkPlanFile(text(plan([row("cmd:x", "will-run")])), [plan([row("cmd:x", "up-to-date")])]);
  differs(
    [plan([row("cmd:x", "up-to-date")])],
    [plan([row("cmd:x", "will-run")])],
    /was "up-to-date" then and is "will-run" now/,
  );
});

Deno.test("checkPlanFile() refuses another digest, another host, a step gone and a step more", () => {
  const it = plan([row("file:/a", "will-run")]);
  differs([it], [plan(it.planned, "web1", "d2")], /the configuration or the target's facts/);
  differs([it], [it, plan(it.planned, "web2")], /on web2: the file holds no plan for it/);
  differs([it, plan(it.planned, "web2")], [it], /on web2: it could not be planned now/);
  differs([it], [plan([])], /is "gone" now/);
  differs(
    [it],
    [plan([...it.planned, row("file:/b", "revert")])],
    /"want file:\/b" is "revert" now and was not in the plan/,
  );
});

Deno.test("checkPlanFile() says so when the file is no plan", () => {
  for (const broken of ["", "{}", "[]", '{"hosts":[{"host":1}]}']) {
    assert.throws(() => checkPlanFile(broken, []), { code: "plan-file-unreadable", exitCode: 2 });
  }
});
