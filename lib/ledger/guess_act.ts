/** What an act must have been, when the intent that named it is lost. */
import type { Draft } from "./draft.ts";
import type { IntentAct, Want } from "./record.ts";
import type { ActEvents } from "./run_events.ts";

/**
 * The act behind a number that only the journal names: the claim the deploy had on the resource, else one made of the
 * resource's name, whose content nobody knows, so that undo compares it with nothing and keeps what it finds.
 */
export function guessAct(draft: Draft, deploy: string, events: ActEvents): IntentAct | undefined {
  const resource = [...events.priors.keys()].at(-1);
  if (resource === undefined || events.undoing !== undefined) return undefined;
  const known = draft.deploys.get(deploy)?.claims.get(resource);
  const { n } = events;
  if (known !== undefined) {
    const { candy, step, summary, digest, reversibility, want } = known;
    return { n, resource, candy, step, summary, digest, reversibility, want };
  }
  const want = guessWant(resource);
  if (want === undefined) return undefined;
  return {
    n,
    resource,
    candy: "unknown",
    step: 0,
    summary: `${resource} (its intent is lost)`,
    digest: "0".repeat(16),
    reversibility: "best-effort",
    want,
  };
}

/** A want made of a resource's name. */
export function guessWant(resource: string): Want | undefined {
  const [, kind = "", rest = ""] = /^([a-z]+):(.+)$/s.exec(resource) ?? [];
  switch (kind) {
    case "file":
      return { type: "file", path: rest, sha256: "unknown", size: 0, mode: "0644" };
    case "dir":
      return { type: "dir", path: rest, mode: "0755" };
    case "link":
      return { type: "link", path: rest, target: "" };
    case "user":
    case "group":
      return { type: "account", account: kind, name: rest };
    case "sysctl":
      return { type: "sysctl", key: rest, value: "" };
    default:
      return undefined;
  }
}
