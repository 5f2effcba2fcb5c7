/** A bundle under a new name keeps what it deployed. */
import { CharlyError } from "../base/errors.ts";
import type { LedgerState } from "./draft.ts";

/**
 * Moves a deploy and its claims to another id. Nothing on the machine changes.
 *
 * Throws `deployed-twice` when the new name has a deploy of its own.
 */
export function renameDeploy(
  state: LedgerState,
  from: string,
  to: { readonly deploy_id: string; readonly bundle: string },
): LedgerState {
  const ledger = state.ledgers[from];
  if (ledger === undefined || from === to.deploy_id) return state;
  const isHeld = Object.values(state.resources).some(({ claims }) => claims.some(({ deploy }) => deploy === from));
  if (state.ledgers[to.deploy_id] !== undefined && !isHeld) {
    // A renaming that was cut: everything has moved but for the old record, which goes now.
    const { [from]: _moved, ...ledgers } = state.ledgers;
    return { ledgers, resources: state.resources };
  }
  if (state.ledgers[to.deploy_id] !== undefined) {
    throw new CharlyError(`rename ${ledger.bundle} to ${to.bundle}: ${to.bundle} is deployed here already`, {
      hint: `run \`charly bundle del ${ledger.bundle}\` or \`charly bundle del ${to.bundle}\``,
      code: "deployed-twice",
    });
  }
  const { [from]: _moved, ...others } = state.ledgers;
  const resources = Object.entries(state.resources).map(([id, resource]) => {
    const claims = resource.claims.map((claim) => claim.deploy === from ? { ...claim, deploy: to.deploy_id } : claim);
    return [id, { ...resource, claims }] as const;
  });
  return {
    ledgers: { ...others, [to.deploy_id]: { ...ledger, ...to } },
    resources: Object.fromEntries(resources),
  };
}
