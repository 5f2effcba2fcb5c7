/** `charly ledger repair` on one host: broken files are moved aside and made anew, open runs are folded, doubts become unknown. */
import { CharlyError } from "../base/errors.ts";
import { quoteWord as quote } from "../command/quote.ts";
import { payloadText } from "../execute/frames.ts";
import { type FoldedStore, foldStore } from "../ledger/fold.ts";
import { type PastRun, rebuildStore } from "../ledger/rebuild.ts";
import { readIntent } from "../ledger/validate.ts";
import type { Level } from "../steps/act.ts";
import { levels } from "./assess.ts";
import { lockedRun } from "./keep_host.ts";
import type { HostSession } from "./session.ts";
import type { StoreRead } from "./store_state.ts";

/**
 * Repairs the stores of a host.
 *
 * @returns one line per thing that was mended or is lost
 * @throws {CharlyError} `ledger-newer` for what a newer charly wrote: that is not broken
 */
export async function repairHost(session: HostSession, operator: string): Promise<string[]> {
  const lines: string[] = [];
  const { run, touched, stores } = await lockedRun(session, operator, { collectBroken: true });
  const mended = new Map<Level, FoldedStore>();
  for (const level of levels.filter((it) => touched.includes(it))) {
    const store = stores[level];
    if (store === undefined) continue;
    const { state, broken } = store;
    const open = state.open.filter((it) => it.run !== run.id);
    if (open.length > 0) lines.push(`${open.length} open run(s) of the ${level} store folded`);
    let whole = state;
    if (broken.length > 0) {
      const rebuilt = rebuildStore({
        ledgers: state.ledgers,
        resources: state.resources,
        lostLedgers: broken.flatMap(({ name }) => name.startsWith("ledger/") ? [name.slice(7, -5)] : []),
        lostResources: broken.some(({ name }) => name === "resources.json"),
      }, await pastRuns(session, level));
      whole = { ...state, ledgers: rebuilt.ledgers, resources: rebuilt.resources };
      lines.push(
        ...broken.map(({ path, message }) => `${path}: ${message}; made anew, the old one is in kept/${run.id}`),
      );
      lines.push(...rebuilt.notes);
      await moveAside(session, level, run.id, store);
    }
    const folded = foldStore(whole, { repair: true });
    lines.push(...folded.notes);
    mended.set(level, folded);
  }
  await run.commit(touched, (level, folded) => mended.get(level) ?? folded, { repair: true });
  return lines;
}

async function moveAside(session: HostSession, level: Level, run: string, { broken }: StoreRead): Promise<void> {
  const moves = broken.map(({ name }) =>
    `mv -f -- "$STORE/"${quote(name)} "$STORE/kept/${run}/"${quote(name.replaceAll("/", "_"))}`
  );
  await session.executor.run([`mkdir -p "$STORE/kept/${run}"`, ...moves].join(" &&\n") + " || HALT=store\n", { level });
}

/** The runs that a store still keeps; one whose intent is broken, too, has its journal alone. */
async function pastRuns(session: HostSession, level: Level): Promise<PastRun[]> {
  const texts = new Map<string, string>();
  await session.executor.run("done_read\n", {
    level,
    onFrame: (frame) => {
      if (frame.type === "C") texts.set(frame.step, payloadText(frame));
    },
  });
  const names = [...new Set([...texts.keys()].map((name) => name.split("/")[1] ?? ""))];
  return names.map((run): PastRun => {
    const intent = texts.get(`done/${run}/intent.json`);
    const read = intent === undefined ? undefined : readable(intent, run);
    return { run, ...(read === undefined ? {} : { intent: read }), journal: texts.get(`done/${run}/journal`) ?? "" };
  });
}

function readable(text: string, run: string) {
  try {
    return readIntent(text, `done/${run}/intent.json`);
  } catch (error) {
    if (error instanceof CharlyError) return undefined;
    throw error;
  }
}
