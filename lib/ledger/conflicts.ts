/** What deploys may not do to one another. */
import { CharlyError } from "../base/errors.ts";
import type { LedgerState } from "./draft.ts";
import type { DeployLedger, IntentAct, RunIntent, Want } from "./record.ts";

/** What the caller agreed to. */
export interface SharingOptions {
  /** Stack over resources another bundle claims. */
  readonly takeOver?: boolean;
  /** Take over a deploy another project or user owns. */
  readonly adopt?: boolean;
  /** Let another project's bundle live with this version of a candy. */
  readonly allowSharedUpgrade?: boolean;
}

/** Refuses a deploy that is somebody else's, and candies at two versions across projects; returns what is worth saying. */
export function checkOwner(
  deploy: RunIntent["deploy"],
  old: DeployLedger | undefined,
  state: LedgerState,
  options: SharingOptions,
): string[] {
  const notes: string[] = [];
  if (old !== undefined && (old.project !== deploy.project || old.user !== deploy.user)) {
    const owner = old.user === deploy.user ? `project ${old.project}` : `project ${old.project} of user ${old.user}`;
    if (!options.adopt) {
      throw new CharlyError(`deploy ${deploy.bundle}: the target has one of ${owner}`, {
        hint: "give the bundle another name, or take it over with --adopt",
        code: "other-project",
      });
    }
    notes.push(`${deploy.bundle}: taken over from ${owner}`);
  }
  if (old !== undefined && old.bundle !== deploy.bundle) notes.push(`${deploy.bundle}: was ${old.bundle}`);
  for (const other of Object.values(state.ledgers)) {
    if (other.deploy_id === deploy.deploy_id || other.deploy_id === old?.deploy_id) continue;
    for (const [candy, version] of Object.entries(deploy.candy_versions)) {
      const theirs = Object.hasOwn(other.candy_versions, candy) ? other.candy_versions[candy] : undefined;
      if (theirs === undefined || theirs === version) continue;
      const both = `candy ${candy}: ${version} in ${deploy.bundle}, ${theirs} in ${other.bundle}`;
      if (other.project === deploy.project) notes.push(`${both}; deploying raises what both share`);
      else if (options.allowSharedUpgrade) notes.push(`${both} of project ${other.project}`);
      else {
        throw new CharlyError(`${both} of project ${other.project}`, {
          hint: "use one version in both, or pass --allow-shared-upgrade",
          code: "candy-versions",
        });
      }
    }
  }
  return notes;
}

/** Who else wants the resource of an act. Throws `claimed-elsewhere` where the wishes differ and stacking was not allowed. */
export function checkClaims(
  act: IntentAct,
  own: ReadonlySet<string>,
  state: LedgerState,
  options: SharingOptions,
): { readonly sharedWith: readonly string[]; readonly covers: readonly string[] } {
  const others = (state.resources[act.resource]?.claims ?? []).filter(({ deploy }) => !own.has(deploy));
  const nameOf = (deploy: string): string => state.ledgers[deploy]?.bundle ?? deploy;
  const sharedWith = others.filter(({ digest }) => digest === act.digest).map(({ deploy }) => nameOf(deploy));
  const different = others.filter(({ digest }) => digest !== act.digest).map(({ deploy }) => nameOf(deploy));
  if (different.length === 0) return { sharedWith, covers: [] };
  const stackable = isStackable(act.want);
  if (!options.takeOver || !stackable) {
    throw new CharlyError(
      `${act.summary} (candy ${act.candy}): ${different.join(", ")} wants ${act.resource} otherwise`,
      {
        hint: stackable
          ? "make both want the same, or put yours on top with --take-over"
          : "make both want the same; this kind of resource cannot be stacked",
        code: "claimed-elsewhere",
      },
    );
  }
  return { sharedWith, covers: different };
}

/** Whether one wish can lie on top of another and both be found again. */
function isStackable(want: Want): boolean {
  switch (want.type) {
    case "file":
    case "dir":
    case "link":
    case "download":
    case "block":
      return true;
    case "command":
    case "packages":
    case "unit":
    case "cap":
    case "sysctl":
    case "account":
    case "reboot":
      return false;
  }
}
