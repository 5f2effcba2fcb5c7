/** Runs that act on nothing but the stores of one host: a deploy under a new name, a store that holds nothing any more. */
import { renameDeploy } from "../ledger/rename.ts";
import type { Level } from "../steps/act.ts";
import { levels } from "./assess.ts";
import { HostRun, newRunId } from "./run.ts";
import type { HostSession } from "./session.ts";
import { type Survey, survey } from "./survey.ts";

/** Opens the stores of a host under their locks, as a run that acts on nothing. */
export async function lockedRun(
  session: HostSession,
  operator: string,
  options: { readonly onBusy?: (holder: string) => void; readonly collectBroken?: boolean } = {},
): Promise<{ run: HostRun; touched: Level[]; stores: Survey["stores"] }> {
  const { onBusy = () => {}, collectBroken = false } = options;
  let { stores } = await survey(session, [], { guards: false, collectBroken });
  const id = newRunId(levels.map((level) => stores[level]?.state));
  const touched = levels.filter((level) => stores[level]?.exists === true);
  if (touched.length > 0) {
    ({ stores } = await survey(session, [], {
      guards: false,
      collectBroken,
      lock: { run: id, label: encodeURIComponent(operator), seconds: 60, onBusy },
      root: touched.includes("root"),
    }));
  }
  return { run: new HostRun(session, id, operator, {}, {}), touched, stores };
}

/** Moves a deploy to another bundle name; nothing on the machine changes. Resolves with whether there was one. */
export async function renameOnHost(
  session: HostSession,
  operator: string,
  from: string,
  to: { readonly deploy_id: string; readonly bundle: string },
  onBusy?: (holder: string) => void,
): Promise<boolean> {
  const { run, touched } = await lockedRun(session, operator, onBusy === undefined ? {} : { onBusy });
  let found = false;
  await run.commit(touched, (_level, folded) => {
    if (folded.ledgers[from] === undefined) return folded;
    found = true;
    return { ...folded, ...renameDeploy(folded, from, to) };
  });
  return found;
}

/** Folds what cut runs left and removes the stores that hold nothing afterwards. */
export async function sweepHost(session: HostSession, operator: string): Promise<void> {
  const { run, touched } = await lockedRun(session, operator);
  await run.commit(touched);
}
