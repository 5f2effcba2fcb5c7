/**
 * One run on one host, between lock and commit: intents first, then batch after batch in lock-step, then the fold. It knows
 * acts and items, not bundles: add, del and rollback are made of it.
 */
import { CharlyError } from "../base/errors.ts";
import { quoteWord as quote } from "../command/quote.ts";
import { type Frame, payloadText } from "../execute/frames.ts";
import type { ShellBlob } from "../execute/executor.ts";
import { encodeField } from "../ledger/field.ts";
import { type FoldedStore, foldStore } from "../ledger/fold.ts";
import { parseJournal } from "../ledger/journal.ts";
import { journalProto } from "../ledger/journal_record.ts";
import type { DeployLedger, RunIntent, StoreState } from "../ledger/record.ts";
import { pathsOf } from "../ledger/paths.ts";
import { runNumber } from "../ledger/refs.ts";
import type { Level } from "../steps/act.ts";
import { goRecordsIn, readableGoRecords } from "./adopted.ts";
import { levels } from "./assess.ts";
import { type GoChanges, goChanges } from "./go_store.ts";
import type { HostSession } from "./session.ts";
import { type Also, readStore, type StoreRead } from "./store_state.ts";

/** How one act or item ended. */
export interface Ended {
  readonly n: number;
  readonly code: number;
  /** `ok same skip fail timeout cut`, or of an undo `undone gone released dropped kept:<why> failed:<code>`. */
  readonly state: string;
  /** What the driver says about it. */
  readonly message: string;
}

/** What a run tells while it goes. */
export interface RunWatch {
  readonly began?: (n: number) => void;
  /** While a promise it gives is pending, nothing more is read from the target, and the step waits. */
  readonly output?: (n: number, bytes: Uint8Array) => void | Promise<void>;
  readonly ended?: (ended: Ended) => void;
  readonly warning?: (n: number, message: string) => void;
}

/** What is known of a store: which it is, and its ledgers. */
export type KnownStore = Pick<StoreState, "identity" | "ledgers">;

/** Version of the engine, for the journal's first record. */
export const engine = "charly-deno-1";

/** An open run: locks are held at the levels whose stores were read under lock. */
export class HostRun {
  #seq = 0;
  #ran = ",";
  readonly #opened = new Set<Level>();
  readonly #committed: Partial<Record<Level, KnownStore>> = {};
  readonly #failed: Ended[] = [];
  readonly ended = new Map<number, Ended>();

  constructor(
    readonly session: HostSession,
    readonly id: string,
    readonly operator: string,
    readonly intents: Readonly<Partial<Record<Level, RunIntent>>>,
    readonly watch: RunWatch,
    readonly signal?: AbortSignal,
    /** The stores as they were read under lock, as far as something is to be begun. */
    readonly before: Readonly<Partial<Record<Level, { readonly state: StoreState }>>> = {},
  ) {}

  /** Acts and items that failed, in order. */
  get failed(): readonly Ended[] {
    return this.#failed;
  }

  /** What the stores hold since {@link commit}. */
  get committed(): Readonly<Partial<Record<Level, KnownStore>>> {
    return this.#committed;
  }

  /** The last journal number used. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether the run has begun at a level: its intent and its journal are there. */
  isOpen(level: Level): boolean {
    return this.#opened.has(level);
  }

  /**
   * Runs one batch; resolves with why it ended (`done` when it came to its end). With `last`, for a way back, it does not hear the
   * signal, which has been obeyed already.
   */
  async batch(
    level: Level,
    program: string,
    blobs: readonly ShellBlob[],
    options: { readonly last?: boolean } = {},
  ): Promise<string> {
    const signal = options.last === true ? undefined : this.signal;
    // between two batches nobody hears the signal
    if (signal?.aborted === true) return "stop";
    const first = !this.#opened.has(level);
    const opening = first ? this.#open(level) : undefined;
    const calm = options.last === true ? "calm\n" : "";
    const end = await this.session.executor.run(`${opening?.program ?? ""}${calm}RAN=${this.#ran}\n${program}`, {
      level,
      seq: this.#seq,
      blobs: opening === undefined ? blobs : [...opening.blobs, ...blobs],
      onFrame: (frame) => this.#take(frame),
      ...(signal === undefined ? {} : { signal }),
    });
    this.#seq = end.seq;
    if (first && ["store", "stage"].includes(end.reason)) throw storeError(this.session.host, end.reason);
    return end.reason;
  }

  /**
   * What stands before the first act of a level: the intent is on disk, synced, or nothing begins. What killed runs left lying
   * beside their places goes now: directories that are to be removed have to be empty.
   */
  #open(level: Level): { program: string; blobs: readonly ShellBlob[] } {
    const intent = this.intents[level];
    this.#opened.add(level);
    if (intent === undefined) throw new TypeError(`no intent for level ${level}`);
    const { hello } = this.session;
    const { line, blobs } = staged("intent", JSON.stringify(intent));
    const state = this.before[level]?.state;
    const opening = [
      engine,
      this.id,
      intent.deploy.deploy_id,
      hello.boot,
      String(hello.uptime),
      utcNow(),
      this.operator,
    ];
    const lines = [
      `[ -n "$HALT" ] || { ${line}intent_put && run_open && j R ${journalProto} ${
        opening.map((field) => quote(encodeField(field))).join(" ")
      }; } || HALT=\${HALT:-store}`,
      ...(state === undefined ? [] : [...litterLines(this.id, state), ...orphanLines(this.id, state)]),
    ];
    return { program: lines.join("\n") + "\n", blobs };
  }

  #take(frame: Frame): void | Promise<void> {
    const n = Number(frame.step);
    switch (frame.type) {
      case "B":
        return this.watch.began?.(n);
      case "O":
        return this.watch.output?.(n, frame.payload);
      case "W":
        return this.watch.warning?.(n, payloadText(frame));
      case "X":
        return this.watch.warning?.(0, payloadText(frame));
      case "E": {
        const [code = "0", state = "ok"] = frame.args;
        const ended = { n, code: Number(code), state, message: payloadText(frame) };
        this.ended.set(n, ended);
        if (["ok", "undone", "released", "dropped", "gone"].includes(state)) this.#ran += `${n},`;
        // What was edited since and is kept on purpose is no failure of the run; a del lists it as left.
        if (["fail", "timeout", "cut"].includes(state) || state.startsWith("failed:")) {
          this.#failed.push(ended);
        }
        return this.watch.ended?.(ended);
      }
    }
  }

  /**
   * Reads the stores back (journals included), folds, and makes the fold the ledger. A store that holds nothing any more is
   * removed. Returns what was folded, per level.
   *
   * @param options.also a question that is asked with it
   */
  async commit(
    touched: readonly Level[],
    adjust: (level: Level, folded: FoldedStore) => FoldedStore = (_level, folded) => folded,
    options: { readonly repair?: boolean; readonly also?: Also } = {},
  ): Promise<Partial<Record<Level, FoldedStore>>> {
    const result: Partial<Record<Level, FoldedStore>> = {};
    const { executor } = this.session;
    const reads: { readonly level: Level; readonly read: StoreRead; readonly folded: FoldedStore }[] = [];
    for (const level of levels.filter((it) => touched.includes(it))) {
      const read = await readStore(executor, level, {
        collectBroken: options.repair === true,
        ...(options.also === undefined ? {} : { also: options.also }),
      });
      const folded = adjust(level, foldStore(read.state, options));
      result[level] = folded;
      reads.push({ level, read, folded });
    }
    // The user's store says that root has a part: it is the last to forget a deploy, as it was the first to know of it.
    for (const { level, read, folded } of reads.toReversed()) {
      const go = level === "user" && result.user !== undefined
        ? goChanges({
          records: options.repair === true ? readableGoRecords(read) : goRecordsIn(read),
          stores: reads.map((it) => it.read.state),
          user: result.user,
          ...(result.root === undefined ? {} : { root: result.root }),
        })
        : undefined;
      const { program, blobs } = commitProgram(this.id, read, folded, this.#opened.has(level), go);
      const end = await executor.run(program, { level, seq: this.#seq, blobs });
      this.#seq = end.seq;
      if (end.reason !== "done") throw storeError(this.session.host, end.reason);
      const { identity } = read.state;
      this.#committed[level] = { ...(identity === undefined ? {} : { identity }), ledgers: folded.ledgers };
    }
    return result;
  }

  /** Gives the locks up without having done anything. */
  async release(touched: readonly Level[]): Promise<void> {
    for (const level of levels.filter((it) => touched.includes(it)).toReversed()) {
      await this.session.executor.run('[ -s "$RD/journal" ] || rm -rf "$RD" "$BL"\nRD=\nunlock\n', { level });
    }
  }
}

/** Whether nothing in a store is worth keeping: no deploy, no resource, no edits moved aside. */
export function isEmpty(folded: Pick<FoldedStore, "ledgers" | "resources">): boolean {
  return Object.keys(folded.ledgers).length === 0 && Object.keys(folded.resources).length === 0;
}

function commitProgram(
  run: string,
  read: StoreRead,
  folded: FoldedStore,
  opened: boolean,
  go: GoChanges | undefined,
): { program: string; blobs: ShellBlob[] } {
  const before: StoreState = read.state;
  const changed = Object.keys({ ...before.ledgers, ...folded.ledgers }).filter((id) =>
    JSON.stringify(before.ledgers[id]) !== JSON.stringify(folded.ledgers[id])
  );
  const gone = changed.filter((id) => folded.ledgers[id] === undefined);
  const written = changed.filter((id) => folded.ledgers[id] !== undefined);
  const number = Number(/^r(\d+)-/.exec(run)?.[1] ?? "0");
  const files = [
    ...written.map((id) => staged(`${id}.json`, `${JSON.stringify(folded.ledgers[id])}\n`)),
    staged("resources.json", `${JSON.stringify(folded.resources)}\n`),
    staged("counter", `${number}\n`),
    staged("referenced", folded.referenced.map((ref) => `${ref}\n`).join("")),
    staged("contents", folded.contents.map((sha) => `${sha}\n`).join("")),
    ...[...go?.write ?? []].map(([, text], index) => staged(`go.${index}`, text)),
  ];
  const names = [...written.map((id) => `ledger/${id}.json`), "resources.json", "counter"].map(quote).join(" ");
  const lines = [
    ...(opened ? [] : ["run_open || HALT=store"]),
    `[ -z "$HALT" ] && ${files.map(({ line }) => line).join("")}commit ${names} && {`,
    ...[...go?.write ?? []].map(([name], index) => `go_put ${quote(name)} go.${index}`),
    ...(go?.remove ?? []).map((name) => `rm -f -- "$GO/"${quote(name)}`),
    ...gone.map((id) => `rm -f -- "$STORE/ledger/"${quote(`${id}.json`)}`),
    ...litterLines(run, before),
    // Later than before the first act, what stands at a path may be this run's.
    ...opened ? [] : orphanLines(run, before),
    "sweep",
    isEmpty(folded) ? '[ -n "$(ls -A "$STORE/kept")" ] || store_remove' : ":",
    "}",
    "unlock",
  ];
  return { program: lines.join("\n") + "\n", blobs: files.flatMap(({ blobs }) => blobs) };
}

/** Texts up to so many characters come with the program: a blob costs some processes on the target. */
const inlineText = 256 * 1024;

/** A text on its way into the stage: the beginning of an and-list that puts it there, or a blob. */
function staged(name: string, text: string): { line: string; blobs: ShellBlob[] } {
  return text.length > inlineText || text.includes("\0")
    ? { line: "", blobs: [textBlob(name, text)] }
    : { line: `stage ${quote(name)} ${quote(text)} && `, blobs: [] };
}

/** What killed runs may have left beside the paths they worked on; the names follow from run and number. */
function litterLines(run: string, { open, ledgers }: StoreState): string[] {
  return open.filter((it) => it.run !== run).flatMap(({ run: dead, intent, journal }) => {
    if (intent === undefined || journal === "") return [];
    const reverts = intent.reverts.flatMap(({ n, deploy, resource }) => {
      const claim = ledgers[deploy]?.claims.find((it) => it.resource === resource);
      return claim === undefined ? [] : [{ n, claim }];
    });
    const places = [
      ...intent.acts.flatMap(({ n, want }) => pathsOf(want).map((path) => [n, path] as const)),
      ...reverts.flatMap(({ n, claim }) => pathsOf(claim.want).map((path) => [n, path] as const)),
    ];
    // Members of an archive are put into place each in its own directory: their manifests know where.
    const trees = [
      ...intent.acts.flatMap(({ n, want }) => want.type === "download" ? [{ n, refs: [`${dead}.${n}.tree`] }] : []),
      ...reverts.flatMap(({ n, claim }) =>
        claim.want.type === "download" && claim.noted !== undefined ? [{ n, refs: claim.noted }] : []
      ),
    ];
    return [
      ...places.map(([n, path]) => `litter ${quote(dead)} ${n} ${quote(path)}`),
      ...trees.map(({ n, refs }) => `litter_tree ${quote(dead)} ${n} ${refs.map(quote).join(" ")}`),
    ];
  });
}

/** Originals that killed runs preserved and their journals do not tell of: without a look at them, the sweep would take them. */
function orphanLines(run: string, { open }: StoreState): string[] {
  return open.filter((it) => it.run !== run).flatMap(({ run: dead, intent, journal }) => {
    const { records } = parseJournal(journal);
    const opened = records.some(({ type }) => type === "R"); // else nothing of it is folded
    const told = new Set(opened ? records.flatMap((it) => it.type === "P" ? [it.n] : []) : []);
    return (intent?.acts ?? []).filter(({ n }) => !told.has(n)).flatMap(({ n, want }) =>
      want.type === "file" || want.type === "link" || want.type === "block"
        ? [`orphan ${quote(dead)} ${n} ${quote(want.path)}`]
        : []
    );
  });
}

/** A short text as a blob. */
export function textBlob(name: string, text: string): ShellBlob {
  const bytes = new TextEncoder().encode(text);
  return {
    name,
    size: bytes.length,
    async *open() {
      await Promise.resolve();
      yield bytes;
    },
  };
}

function utcNow(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}

/** Why a store could not be written. */
export function storeError(host: string, reason: string): CharlyError {
  return new CharlyError(
    `write the ledger on ${host}: ${reason === "journal" ? "the disk is full or read-only" : reason}`,
    {
      hint: "make room (or remount the disk) and run the same command again: the journal says how far this run came",
      code: "store",
    },
  );
}

/** A name for a run: the next number of its stores (open runs count, too: folding goes by age), and 8 random hex digits. */
export function newRunId(stores: readonly (StoreState | undefined)[]): string {
  const taken = stores.flatMap((store) =>
    store === undefined ? [] : [store.counter, ...store.open.map(({ run }) => runNumber(run))]
  );
  const next = Math.max(0, ...taken) + 1;
  const random = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  return `r${String(next).padStart(8, "0")}-${random}`;
}

/** Whether another run took this number, or a later one, between the look it was chosen by and the lock. */
export function isOvertaken(id: string, store: StoreState | undefined): boolean {
  if (store === undefined) return false;
  const others = store.open.filter(({ run }) => run !== id).map(({ run }) => runNumber(run));
  return [store.counter, ...others].some((number) => number >= runNumber(id));
}

/** A deploy's record without its claims and what only the last run says. */
export function headOf(ledger: DeployLedger | undefined): RunIntent["deploy"] | undefined {
  if (ledger === undefined) return undefined;
  const { claims: _claims, format: _format, run: _run, updated_at: _at, ...deploy } = ledger;
  return deploy;
}
