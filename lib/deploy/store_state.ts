/** A store as its `C` frames tell it: ledgers, resources, open runs, and the records of the Go tool beside them. */
import { CharlyError } from "../base/errors.ts";
import type { Frame } from "../execute/frames.ts";
import { payloadText } from "../execute/frames.ts";
import type { DeployExecutor } from "../execute/executor.ts";
import type { Level } from "../steps/act.ts";
import type { DeployLedger, RunIntent, StoreState } from "../ledger/record.ts";
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
  finish(): StoreRead {
    if (this.#unreadable !== undefined) {
      throw new CharlyError(`read the ledger: ${this.#unreadable} cannot be read`, {
        hint: "give it back to the user it belongs to (`ls -l` shows the owner), then run the same command again",
        code: "ledger-unreadable",
      });
    }
    const root = this.#texts.get("store") ?? "";
    const ledgers: Record<string, DeployLedger> = Object.create(null);
    const goRecords = new Map<string, string>();
    for (const [name, text] of this.#texts) {
      if (name.startsWith("ledger/")) ledgers[name.slice(7, -5)] = readLedger(text, `${root}/${name}`);
      if (name.startsWith("go/")) goRecords.set(name.slice(3), text);
    }
    const identity = this.#texts.get("target.json");
    const resources = this.#texts.get("resources.json");
    return {
      root,
      exists: this.#exists,
      salt: (this.#texts.get("salt") ?? "").trim(),
      goRecords,
      state: {
        ...(identity === undefined ? {} : { identity: readIdentity(identity, `${root}/target.json`) }),
        counter: Number(this.#texts.get("counter") ?? "0") || 0,
        ledgers,
        resources: resources === undefined ? {} : readResources(resources, `${root}/resources.json`),
        open: this.#runs.sort().map((run) => this.#openRun(run, root)),
      },
    };
  }

  #openRun(run: string, root: string): { run: string; intent?: RunIntent; journal: string } {
    const intent = this.#texts.get(`run/${run}/intent.json`);
    return {
      run,
      ...(intent === undefined ? {} : { intent: readIntent(intent, `${root}/runs/${run}/intent.json`) }),
      journal: this.#texts.get(`run/${run}/journal`) ?? "",
    };
  }
}

/** Reads a store as it is now; writes nothing. */
export async function readStore(executor: DeployExecutor, level: Level): Promise<StoreRead> {
  const reader = new StoreReader();
  await executor.run("store_read", { level, onFrame: (frame) => reader.take(frame) });
  return reader.finish();
}
