/** A store as its `C` frames tell it: ledgers, resources, open runs, and the records of the Go tool beside them. */
import { CharlyError } from "../base/errors.ts";
import type { Frame } from "../execute/frames.ts";
import { payloadText } from "../execute/frames.ts";
import type { DeployExecutor } from "../execute/executor.ts";
import type { Level } from "../steps/act.ts";
import { parseGuard } from "../ledger/guard_state.ts";
import type { DeployLedger, StoreState } from "../ledger/record.ts";
import { readIdentity, readIntent, readLedger, readResources } from "../ledger/validate.ts";

/** What one read of a store gave. */
export interface StoreRead {
  readonly state: StoreState;
  /** Absolute engine root on the target. */
  readonly root: string;
  readonly exists: boolean;
  readonly salt: string;
  /** `deploys/<id>.json` and `layers/<candy>.json` of the Go tool (user store only), file name → text. */
  readonly goRecords: ReadonlyMap<string, string>;
  /** Files that cannot be read, where that was asked for; else such a file is an error. */
  readonly broken: readonly BrokenFile[];
}

/** A file of a store that is no JSON, or holds what it may not. */
export interface BrokenFile {
  /** Relative to the store. */
  readonly name: string;
  readonly path: string;
  readonly message: string;
}

/** Collects `C` frames while a program runs. */
export class StoreReader {
  readonly #texts = new Map<string, string>();
  #runs: string[] = [];
  #exists = false;
  #unreadable: string | undefined;

  /** Hand every frame here; others than `C` are ignored. */
  take(frame: Frame): void {
    if (frame.type !== "C") return;
    if (frame.args[0] === "unreadable") {
      this.#unreadable ??= payloadText(frame);
      return;
    }
    if (frame.step === "store") this.#exists = frame.args[0] === "there";
    if (frame.step.startsWith("run/") && !frame.step.slice(4).includes("/")) this.#runs.push(frame.step.slice(4));
    this.#texts.set(frame.step, payloadText(frame));
  }

  /** The texts so far, by name. */
  text(name: string): string | undefined {
    return this.#texts.get(name);
  }

  /** Everything as values. @throws {CharlyError} `ledger-corrupt`, `ledger-newer`, `ledger-unreadable`, naming the file */
  finish(options: { readonly collectBroken?: boolean } = {}): StoreRead {
    if (this.#unreadable !== undefined) {
      throw new CharlyError(`read the ledger: ${this.#unreadable} cannot be read`, {
        hint: "give it back to the user it belongs to (`ls -l` shows the owner), then run the same command again",
        code: "ledger-unreadable",
      });
    }
    const root = this.#texts.get("store") ?? "";
    const ledgers: Record<string, DeployLedger> = Object.create(null);
    const goRecords = new Map<string, string>();
    const broken: BrokenFile[] = [];
    const read = <T>(name: string, reader: (text: string, path: string) => T): T | undefined => {
      const text = this.#texts.get(name);
      const path = `${root}/${name}`;
      if (text === undefined) return undefined;
      try {
        return reader(text, path);
      } catch (error) {
        if (!(error instanceof CharlyError) || error.code !== "ledger-corrupt" || !options.collectBroken) throw error;
        broken.push({ name, path, message: error.message.slice(`read ${path}: `.length) });
        return undefined;
      }
    };
    for (const [name, text] of this.#texts) {
      const ledger = name.startsWith("ledger/") ? read(name, readLedger) : undefined;
      if (ledger !== undefined) ledgers[name.slice(7, -5)] = ledger;
      if (name.startsWith("go/")) goRecords.set(name.slice(3), text);
    }
    const identity = read("target.json", readIdentity);
    const resources = read("resources.json", readResources);
    const open = this.#runs.sort().map((run) => {
      const intent = read(`run/${run}/intent.json`, (text) => readIntent(text, `${root}/runs/${run}/intent.json`));
      const journal = this.#texts.get(`run/${run}/journal`) ?? "";
      const guard = parseGuard(this.#texts.get(`run/${run}/guard`) ?? "");
      return {
        run,
        ...(intent === undefined ? {} : { intent }),
        journal,
        ...(guard === undefined ? {} : { guard }),
      };
    });
    return {
      root,
      exists: this.#exists,
      salt: (this.#texts.get("salt") ?? "").trim(),
      goRecords,
      state: {
        ...(identity === undefined ? {} : { identity }),
        counter: Number(this.#texts.get("counter") ?? "0") || 0,
        ledgers,
        resources: resources ?? {},
        open,
      },
      // The intent of an open run stays where it is: without it the journal alone has to do.
      broken: broken.filter(({ name }) => !name.startsWith("run/")),
    };
  }
}

/** A question that goes to a level together with another one. */
export interface Also {
  /** Program text for the level, whole lines; empty when there is nothing to ask. */
  readonly program: (level: Level) => string;
  /** Gets every frame. */
  readonly take: (frame: Frame) => void;
}

/** Reads a store as it is now; writes nothing. */
export async function readStore(
  executor: DeployExecutor,
  level: Level,
  options: { readonly collectBroken?: boolean; readonly also?: Also } = {},
): Promise<StoreRead> {
  const reader = new StoreReader();
  const { also } = options;
  await executor.run(`${also?.program(level) ?? ""}store_read\n`, {
    level,
    onFrame: (frame) => {
      reader.take(frame);
      also?.take(frame);
    },
  });
  return reader.finish(options);
}
