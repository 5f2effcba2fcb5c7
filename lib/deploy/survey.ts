/** One look at a host: what its stores say and how the acts' resources stand, in one round trip per privilege level. */
import { quoteWord as quote } from "../command/quote.ts";
import { CharlyError } from "../base/errors.ts";
import { type GuardedRun, guardedRuns, isUnsettled, secondsText } from "../ledger/guard_state.ts";
import type { Frame } from "../execute/frames.ts";
import { payloadText } from "../execute/frames.ts";
import type { Act, Level } from "../steps/act.ts";
import { type Numbered, probeProgram, Verdicts } from "./probe.ts";
import type { HostSession } from "./session.ts";
import { type StoreRead, StoreReader } from "./store_state.ts";

/** What a look gave. */
export interface Survey {
  readonly stores: Readonly<Partial<Record<Level, StoreRead>>>;
  readonly verdicts: Verdicts;
  /** Why root's part could not be looked at, when it could not. */
  readonly rootRefused?: CharlyError;
}

/** Options of {@link survey}. */
export interface SurveyOptions {
  /** Run `unless` guards too. */
  readonly guards: boolean;
  /** Take the locks first and open the run: the look then holds until they are given up. */
  readonly lock?: {
    readonly run: string;
    readonly label: string;
    readonly seconds: number;
    readonly onBusy: (holder: string) => void;
    /** Who waits for the lock stops waiting. */
    readonly signal?: AbortSignal;
  };
  /** Root is wanted whatever the acts say (the ledger knows of system claims). */
  readonly root?: boolean;
  /** A refused sudo is an answer, not an error (planning). */
  readonly tolerant?: boolean;
  /** Broken files are collected instead of thrown (repairs). */
  readonly collectBroken?: boolean;
}

/** Looks at a host. Without `lock` nothing is written there. */
export async function survey(session: HostSession, acts: readonly Numbered[], options: SurveyOptions): Promise<Survey> {
  const verdicts = new Verdicts();
  const stores: Partial<Record<Level, StoreRead>> = {};
  stores.user = await look(session, "user", acts, options, verdicts);
  let rootRefused: CharlyError | undefined;
  // A run that was cut may have deployed as root before any ledger was written: its intent says so.
  const heads = [
    ...Object.values(stores.user.state.ledgers),
    ...stores.user.state.open.flatMap(({ intent }) => intent?.deploy ?? []),
  ];
  const known = heads.some((head) => head.levels?.includes("root") === true);
  if (options.tolerant !== true) await refuseGuarded(session, stores, options);
  if (options.root === true || known || acts.some(({ act }) => act.level === "root")) {
    try {
      stores.root = await look(session, "root", acts, options, verdicts);
    } catch (error) {
      if (!(error instanceof CharlyError) || options.tolerant !== true || !String(error.code).startsWith("sudo-")) {
        throw error;
      }
      rootRefused = error;
    }
    if (options.tolerant !== true) await refuseGuarded(session, stores, options);
  }
  return { stores, verdicts, ...(rootRefused === undefined ? {} : { rootRefused }) };
}

/** A guarded run that nobody settled yet keeps every other one out: what they would do, it would put back. */
async function refuseGuarded(
  session: HostSession,
  stores: Partial<Record<Level, StoreRead>>,
  { lock }: SurveyOptions,
): Promise<void> {
  const waiting = guardedRuns(Object.values(stores).map((store) => store?.state)).find(({ guard }) =>
    isUnsettled(guard)
  );
  if (waiting === undefined) return;
  for (const level of lock === undefined ? [] : Object.keys(stores) as Level[]) {
    await session.executor.run('[ -s "$RD/journal" ] || rm -rf "$RD" "$BL"\nRD=\nunlock\n', { level });
  }
  throw guardedError(session.host, waiting);
}

/** How a guarded run that is not settled is told. */
export function guardedError(host: string, { bundle, guard }: GuardedRun): CharlyError {
  const { alive, phase, left = 0, decision } = guard;
  const how = decision !== undefined
    ? alive ? "is being put back" : "was being put back when that was cut"
    : !alive
    ? "is armed, and its watcher is gone"
    : phase === "waiting"
    ? `waits for a confirmation (${secondsText(left)} left)`
    : "is going on";
  return new CharlyError(`look at ${host}: a guarded run of ${bundle} ${how}`, {
    hint: decision !== undefined
      ? `\`charly bundle rollback ${bundle}\` brings it to its end`
      : `\`charly bundle confirm ${bundle}\` keeps what it did, \`charly bundle rollback ${bundle}\` puts everything back`,
    code: "guard-armed",
  });
}

async function look(
  session: HostSession,
  level: Level,
  acts: readonly Numbered[],
  options: SurveyOptions,
  verdicts: Verdicts,
): Promise<StoreRead> {
  const mine = acts.filter(({ act }: { act: Act }) => act.level === level);
  const question = `store_read\n${probeProgram(mine, { guards: options.guards })}\n`;
  const ask = async (program: string, lock?: LockWatch) => {
    const reader = new StoreReader();
    await session.executor.run(program, {
      level,
      onFrame: (frame) => {
        reader.take(frame);
        verdicts.take(frame);
        lock?.take(frame);
      },
    });
    return reader;
  };
  if (options.lock === undefined) return (await ask(question)).finish(options);
  const { run, label, seconds, onBusy, signal } = options.lock;
  const until = performance.now() + seconds * 1000;
  // A driver that waits for the lock hears nothing: so it waits a little at a time.
  for (let told: string | undefined;;) {
    const lock = new LockWatch((holder) => {
      if (told === undefined) onBusy(holder);
      told = holder;
    });
    const left = Math.ceil((until - performance.now()) / 1000);
    const slice = Math.max(0, Math.min(left, lockSlice));
    const reader = await ask(`RUN=${quote(run)}\nif hold ${slice} ${quote(label)}; then\n${question}fi\n`, lock);
    if (lock.isTaken) return reader.finish(options);
    if (signal?.aborted === true) throw stoppedWaiting(session.host);
    if (!lock.isHeld || left <= lockSlice) throw lock.failure(session.host);
  }
}

/** Seconds a driver waits for a lock before the operator is heard again. */
const lockSlice = 2;

function stoppedWaiting(host: string): CharlyError {
  return new CharlyError(`lock ${host}: stopped as asked, while it was held by another run`, {
    hint: "nothing was done; run the same command again",
    code: "stopped",
  });
}

/** What the lock frames said. */
class LockWatch {
  #taken = false;
  #held: string | undefined;
  #error: string | undefined;

  constructor(readonly onBusy: (holder: string) => void) {}

  take(frame: Frame): void {
    if (frame.type === "X") this.#error = payloadText(frame);
    if (frame.type !== "L") return;
    if (frame.args[0] === "taken") this.#taken = true;
    if (frame.args[0] === "busy") this.onBusy(holderText(payloadText(frame)));
    if (frame.args[0] === "held") this.#held = holderText(payloadText(frame));
  }

  get isTaken(): boolean {
    return this.#taken;
  }

  /** Somebody else has it. */
  get isHeld(): boolean {
    return !this.#taken && this.#held !== undefined;
  }

  failure(host: string): CharlyError {
    if (this.#held !== undefined) {
      return new CharlyError(`lock ${host}: held by ${this.#held}`, {
        hint: "wait for that run to end and try again; `charly status` shows what it does",
        code: "locked",
      });
    }
    return new CharlyError(`lock ${host}: ${this.#error ?? "the store cannot be written"}`, {
      hint: "make room on the disk, or give the store's directory back to its user",
      code: "store",
    });
  }
}

/** `operator run pid start` as a driver writes it. */
function holderText(text: string): string {
  const [who, run, pid] = text.trim().split(" ");
  if (who === undefined || who === "") return "another run";
  if (run === undefined || !run.startsWith("r")) return text.trim();
  return `${decodeURIComponent(who)} (run ${run}, process ${pid ?? "?"})`;
}
