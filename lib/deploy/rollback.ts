/** `--on-failure rollback`: this run's priors, newest first. After an upgrade the way back is the old version, not the base. */
import { quoteWord as quote } from "../command/quote.ts";
import { encodeField } from "../ledger/field.ts";
import { foldStore } from "../ledger/fold.ts";
import { parseJournal } from "../ledger/journal.ts";
import { pathOfResource } from "../ledger/paths.ts";
import { priorToken } from "../ledger/prior_token.ts";
import type { Claim, IntentRevert, Prior } from "../ledger/record.ts";
import { type ActEvents, gatherEvents } from "../ledger/run_events.ts";
import type { UndoItem } from "../ledger/undo.ts";
import type { Act, Level } from "../steps/act.ts";
import type { Assessment, LevelUndo } from "./assess.ts";
import type { HostRun } from "./run.ts";
import { readStore } from "./store_state.ts";
import { undoProgram, undoText } from "./undo_program.ts";

/** One thing to put back, as program text. */
interface Back {
  readonly level: Level;
  readonly text: string;
}

/**
 * Puts back what this run changed. Undo commands that the run ran for what went cannot be taken back: they are warned of.
 *
 * @returns whether everything came to its end
 */
export async function rollback(run: HostRun, now: Assessment, secrets: ReadonlyMap<string, string>): Promise<boolean> {
  const events = new Map<number, ActEvents>();
  const claims = new Map<string, Claim>();
  for (const level of Object.keys(run.intents) as Level[]) {
    const { state } = await readStore(run.session.executor, level);
    const mine = state.open.find((open) => open.run === run.id);
    for (const act of gatherEvents(parseJournal(mine?.journal ?? "").records).acts) events.set(act.n, act);
    for (const claim of foldStore(state).ledgers[now.head.deploy_id]?.claims ?? []) {
      claims.set(`${level} ${claim.resource}`, claim);
    }
  }
  const reverts = new Map(
    Object.values(run.intents).flatMap((intent) => intent?.reverts ?? []).map((revert) => [revert.n, revert]),
  );
  const back = (items: readonly LevelUndo[]) =>
    items.toReversed().flatMap((it) => revertBack(it, events.get(it.n), reverts.get(it.n), run));
  const acts = now.judged.toReversed().flatMap(({ n, act }): Back[] => {
    const claim = claims.get(`${act.level} ${act.resource}`);
    const seen = events.get(n);
    return claim === undefined || seen === undefined ? [] : actBack(n, act, claim, seen, now, secrets);
  });
  const all = [...back(now.late), ...acts, ...back(now.early)];
  for (let at = 0; at < all.length;) {
    const level = all[at]!.level;
    const end = all.findIndex((it, index) => index > at && it.level !== level);
    const batch = all.slice(at, end < 0 ? all.length : end);
    at += batch.length;
    const program = undoProgram([], secrets, { texts: batch.map(({ text }) => text) });
    if (await run.batch(level, program, []) !== "done") return false;
  }
  return true;
}

/** The way back of an act of this run. */
function actBack(
  n: number,
  act: Act,
  claim: Claim,
  events: ActEvents,
  now: Assessment,
  secrets: ReadonlyMap<string, string>,
): Back[] {
  const { level } = act;
  const base: UndoItem = { deploy: now.head.deploy_id, resource: act.resource, claim, how: "base", options: {} };
  const text = (item: UndoItem): Back[] => [{ level, text: undoText({ n, item }, secrets) }];
  const touched = [...events.priors].flatMap(([resource, prior]) => {
    const path = pathOfResource(resource);
    return path === undefined || resource === act.resource ? [] : [{ resource, path, base: prior }];
  });
  if (act.type === "command") {
    if (!events.begun) return [];
    return text({ ...base, how: act.undo === undefined && touched.length === 0 ? "release" : "undo", touched });
  }
  if (act.type === "block") {
    // The whole file, as it was before this block was put in or changed.
    const host = touched[0];
    if (host === undefined) return [];
    const resource = quote(encodeField(act.resource));
    return [{ level, text: `back_path ${n} ${resource} ${throughLinks(act.path)} ${quote(priorToken(host.base))}` }];
  }
  const prior = events.priors.get(act.resource);
  if (prior === undefined) return [];
  const [back] = text({ ...base, base: prior, ...(prior.was === "listed" ? { transactions: [prior.ref] } : {}) });
  if (back === undefined) return [];
  return act.type === "file" && act.reload !== undefined
    ? [{ level, text: `${back.text}\nreload ${act.reload}` }]
    : [back];
}

/** What a revert of this run took away comes back, and its claim with it. */
function revertBack(
  { n, level, item }: LevelUndo,
  events: ActEvents | undefined,
  revert: IntentRevert | undefined,
  run: HostRun,
): Back[] {
  const result = events?.undone?.result;
  if (events === undefined || revert?.back === undefined || result === undefined) return [];
  if (result === "failed" || result === "kept") return [];
  const resource = quote(encodeField(item.resource));
  const prior = events.priors.get(item.resource);
  const want = item.claim?.want;
  const path = pathOfResource(item.resource);
  if (prior !== undefined && want?.type === "block") {
    return [{ level, text: backText(revert.back, resource, throughLinks(want.path), prior) }];
  }
  if (prior !== undefined && path !== undefined) {
    const reload = want?.type === "file" && want.reload !== undefined ? `\nreload ${want.reload}` : "";
    return [{ level, text: backText(revert.back, resource, quote(path), prior) + reload }];
  }
  if (prior?.was === "value" && want?.type === "unit") {
    const { manager, unit } = want;
    return [{ level, text: `un_unit ${revert.back} ${resource} ${manager} ${quote(unit)} ${quote(prior.value)}` }];
  }
  if (result === "dropped" || result === "gone") {
    return [{ level, text: `un_drop ${revert.back} ${resource} dropped ''` }];
  }
  run.watch.warning?.(n, `${item.claim?.summary ?? item.resource}: taken back before the failure, and not put back`);
  return [];
}

function backText(n: number, resource: string, path: string, prior: Prior): string {
  const verb = prior.was === "dir" ? "back_dir" : "back_path";
  return `${verb} ${n} ${resource} ${path} ${quote(priorToken(prior))}`;
}

/** Blocks are written through links: the file itself, as a shell word. */
function throughLinks(path: string): string {
  return `"$(readlink -f -- ${quote(path)} || printf %s ${quote(path)})"`;
}
