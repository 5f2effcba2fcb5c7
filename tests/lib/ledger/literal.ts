/** Small ledgers written out, for tests that look at one rule. */
import type { LedgerState } from "../../../lib/ledger/fold.ts";
import type { Claim, DeployLedger, IntentAct, Prior, Want } from "../../../lib/ledger/record.ts";

/** A claim; digests are made of one character. */
export function claim(resource: string, want: Want, seq: number, extra: Partial<Claim> = {}): Claim {
  return {
    resource,
    candy: "web",
    step: seq,
    summary: `want ${resource}`,
    digest: "a".repeat(16),
    reversibility: "exact",
    state: "done",
    seq,
    want,
    ...extra,
  };
}

/** The act such a claim comes from. */
export function act(resource: string, want: Want, n: number, digest = "a"): IntentAct {
  const summary = `want ${resource}`;
  return { n, resource, candy: "web", step: n, summary, digest: digest.repeat(16), reversibility: "exact", want };
}

export function file(path: string): Extract<Want, { type: "file" }> {
  return { type: "file", path, sha256: "0".repeat(64), size: 1, mode: "0644" };
}

export function command(extra: Partial<Extract<Want, { type: "command" }>> = {}): Want {
  return { type: "command", shell: "bash", touches: [], secrets: [], env: {}, ...extra };
}

export function packages(...names: string[]): Want {
  return { type: "packages", format: "deb", names };
}

/** A deploy's ledger; the bundle is called like its id. */
export function ledger(id: string, claims: readonly Claim[], extra: Partial<DeployLedger> = {}): DeployLedger {
  return {
    format: 1,
    deploy_id: id,
    project: "demo",
    bundle: id,
    user: "ana",
    target: "local",
    candies: ["web"],
    candy_versions: { web: "1" },
    plan_digest: "d",
    run: "r00000001-00c0ffee",
    updated_at: "2026-08-01T12:00:00Z",
    claims,
    ...extra,
  };
}

/** A state of these deploys, with the bases given; others were absent. */
export function state(ledgers: readonly DeployLedger[], bases: Readonly<Record<string, Prior>> = {}): LedgerState {
  const resources: Record<string, LedgerState["resources"][string]> = {};
  for (const { deploy_id: deploy, claims } of ledgers) {
    for (const { resource, digest } of claims) {
      const known = resources[resource] ?? { base: bases[resource] ?? { was: "absent" as const }, claims: [] };
      resources[resource] = { ...known, claims: [...known.claims, { deploy, digest }] };
    }
  }
  for (const [id, base] of Object.entries(bases)) {
    resources[id] ??= { base, claims: [], path: id.slice(id.indexOf(":") + 1) };
  }
  return { ledgers: Object.fromEntries(ledgers.map((one) => [one.deploy_id, one])), resources };
}
