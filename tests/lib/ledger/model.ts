/**
 * A target as a pure model: paths with content, packages, and a store. It journals and acts in the driver's order and can be
 * cut before any record, so that fold, compare and undo are tested as one.
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../../lib/base/canonical_json.ts";
import { compareDeploy } from "../../../lib/ledger/compare.ts";
import { foldStore, type LedgerState } from "../../../lib/ledger/fold.ts";
import { type JournalEntry, journalLine } from "../../../lib/ledger/journal.ts";
import type { IntentAct, IntentRevert, Prior, RunIntent, Want } from "../../../lib/ledger/record.ts";
import { planRevert, planUndo, type UndoItem } from "../../../lib/ledger/undo.ts";

/** Text of a file, or a directory. */
type Node = string | { readonly dir: true };

/** What a bundle wants, in the model's few words. */
export type Wish =
  | { readonly file: string; readonly text: string }
  | { readonly dir: string }
  | { readonly packages: readonly string[]; readonly id: string };

/** What packages pull in. */
const depends: Readonly<Record<string, readonly string[]>> = { curl: ["libcurl"], git: ["libcurl", "perl"] };

/** The run was cut before a record. */
class Cut extends Error {}

export class Model {
  readonly nodes = new Map<string, Node>();
  readonly packages = new Set<string>();
  readonly #priors = new Map<string, Node | readonly string[]>();
  state: LedgerState = { ledgers: {}, resources: {} };
  /** The store as the last run found it, and what that run left behind: what folding is checked with. */
  last: { readonly before: LedgerState; readonly intent: RunIntent; readonly journal: string } | undefined;
  #runs = 0;
  #budget = Infinity;
  #entries: JournalEntry[] = [];
  #run = "";

  constructor(nodes: Readonly<Record<string, string>> = {}, packages: readonly string[] = []) {
    for (const [path, text] of Object.entries(nodes)) {
      this.#makeParents(path);
      this.nodes.set(path, text);
    }
    for (const name of packages) this.packages.add(name);
  }

  /** What stands on the machine, as one comparable value. */
  get world(): unknown {
    return {
      nodes: Object.fromEntries([...this.nodes].sort(([a], [b]) => a < b ? -1 : 1)),
      packages: [...this.packages].sort(),
    };
  }

  /** Deploys. @param cut records the journal gets before the run is cut */
  add(deploy: string, wishes: readonly Wish[], cut = Infinity): void {
    const acts = wishes.map((wish, index) => toAct(wish, index + 1));
    const { keep, apply, revert } = compareDeploy({
      deploy: identity(deploy),
      ...(this.state.ledgers[deploy] === undefined ? {} : { old: this.state.ledgers[deploy] }),
      acts,
      state: this.state,
    });
    const items = (late: boolean): UndoItem[] => {
      const ids = revert.filter((it) => it.late === late).map(({ claim }) => claim.resource);
      return planRevert(this.state, deploy, ids, { planned: acts.map(({ want }) => want) });
    };
    const [early, late] = [items(false), items(true).filter(({ claim }) => claim !== undefined)];
    const intent: RunIntent = {
      ...this.#open(deploy, "add"),
      // Every act is looked at again; those that stand already end as `same`.
      acts: [...keep.flatMap(({ act }) => act ?? []), ...apply.map(({ act }) => act)].sort((a, b) => a.n - b.n),
      reverts: [...numbered(early, 100), ...numbered(late, 200)],
    };
    this.#attempt(intent, cut, () => {
      early.forEach((item, index) => this.#takeBack(100 + index, item));
      for (const act of intent.acts) this.#act(act);
      late.forEach((item, index) => this.#takeBack(200 + index, item));
    });
  }

  /** Undoes. */
  del(deploy: string, cut = Infinity): void {
    const items = planUndo(this.state, deploy);
    const intent = { ...this.#open(deploy, "del"), reverts: numbered(items, 1) };
    this.#attempt(intent, cut, () => items.forEach((item, index) => this.#takeBack(1 + index, item)));
  }

  #open(deploy: string, mode: "add" | "del"): RunIntent {
    this.#runs++;
    this.#run = `r${String(this.#runs).padStart(8, "0")}-00c0ffee`;
    return { format: 1, run: this.#run, mode, deploy: identity(deploy), acts: [], reverts: [], keeps: [] };
  }

  #attempt(intent: RunIntent, cut: number, body: () => void): void {
    this.#entries = [];
    this.#budget = cut;
    try {
      this.#say({
        type: "R",
        proto: 1,
        engine: "model",
        run: this.#run,
        deploy: intent.deploy.deploy_id,
        boot: "b",
        uptime: 1,
        utc: "2026-08-01T12:00:00Z",
        operator: "ana",
      });
      body();
      this.#say({ type: "Z", reason: "done" });
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
    }
    const journal = this.#entries.map((entry, index) => journalLine({ ...entry, seq: index + 1 })).join("");
    this.last = { before: this.state, intent, journal };
    const folded = foldStore({ ...this.state, counter: this.#runs, open: [{ run: this.#run, intent, journal }] });
    this.state = { ledgers: folded.ledgers, resources: folded.resources };
    for (const ref of this.#priors.keys()) {
      if (!folded.referenced.includes(ref.replace(/\.after$/, ""))) this.#priors.delete(ref);
    }
  }

  #say(entry: JournalEntry): void {
    if (this.#entries.length >= this.#budget) throw new Cut();
    this.#entries.push(entry);
  }

  #ref(n: number, word = ""): string {
    return `${this.#run}.${n}${word}`;
  }

  #act(act: IntentAct): void {
    const { want, n } = act;
    const end = (state: "ok" | "same") => this.#say({ type: "E", n, exit: 0, state, ms: 1 });
    switch (want.type) {
      case "file": {
        const now = this.nodes.get(want.path);
        if (typeof now === "string" && digestOf(now) === want.sha256) return end("same");
        this.#parents(n, want.path);
        let prior: Prior = { was: "absent" };
        if (now !== undefined) {
          prior = { was: "linked", what: "file", ref: this.#ref(n) };
          this.#priors.set(prior.ref, now);
        }
        this.#say({ type: "P", n, resource: act.resource, prior });
        this.#say({ type: "B", n });
        this.#makeParents(want.path);
        this.nodes.set(want.path, textOf(want.sha256));
        return end("ok");
      }
      case "dir":
        if (this.nodes.has(want.path)) return end("same");
        this.#parents(n, want.path);
        this.#say({ type: "P", n, resource: act.resource, prior: { was: "absent" } });
        this.#say({ type: "B", n });
        this.#makeParents(want.path);
        this.nodes.set(want.path, { dir: true });
        return end("ok");
      case "packages": {
        if (want.names.every((name) => this.packages.has(name))) return end("same");
        this.#priors.set(this.#ref(n), [...this.packages]);
        this.#say({ type: "P", n, resource: act.resource, prior: { was: "listed", ref: this.#ref(n) } });
        this.#say({ type: "B", n });
        for (const name of want.names) for (const one of [name, ...depends[name] ?? []]) this.packages.add(one);
        this.#priors.set(this.#ref(n, ".after"), [...this.packages]);
        this.#say({ type: "N", n, ref: this.#ref(n, ".after") });
        return end("ok");
      }
      default:
        throw new Error(`the model knows no ${want.type}`);
    }
  }

  #parents(n: number, path: string): void {
    for (const parent of parentsOf(path)) {
      if (!this.nodes.has(parent)) this.#say({ type: "I", n, resource: `dir:${parent}` });
    }
  }

  #makeParents(path: string): void {
    for (const parent of parentsOf(path)) if (!this.nodes.has(parent)) this.nodes.set(parent, { dir: true });
  }

  #takeBack(n: number, item: UndoItem): void {
    this.#say({ type: "U", n, resource: item.resource });
    const result = this.#undo(n, item);
    this.#say(result === "kept" ? { type: "V", n, result, reason: "edited" } : { type: "V", n, result });
  }

  #undo(n: number, item: UndoItem): "undone" | "gone" | "released" | "dropped" | "kept" {
    if (item.how === "drop") return "dropped";
    if (item.how === "release") return "released";
    const path = item.resource.slice(item.resource.indexOf(":") + 1);
    const want = item.claim?.want;
    if (want === undefined || want.type === "dir") {
      if (!this.nodes.has(path)) return "gone";
      if ([...this.nodes.keys()].some((other) => other.startsWith(`${path}/`))) return "released";
      this.nodes.delete(path);
      return "undone";
    }
    if (want.type === "packages") {
      this.#removeNew(n, item);
      return "undone";
    }
    const now = this.nodes.get(path);
    const { base } = item;
    const original = base?.was === "linked" ? this.#priors.get(base.ref) : undefined;
    if (base?.was === "linked" && original === undefined) throw new Error(`the original of ${path} is gone`);
    if (now === undefined && original === undefined) return "gone";
    const ours = [want, ...item.claim?.earlier ?? []].flatMap((one) => one.type === "file" ? [one.sha256] : []);
    if (typeof now === "string" && now !== original && !ours.includes(digestOf(now))) return "kept";
    if (original === undefined) this.nodes.delete(path);
    else this.nodes.set(path, original as string);
    return "undone";
  }

  /** Removes what the transactions brought and nothing installed needs; what stays is written down. */
  #removeNew(n: number, { transactions = [], keepNames = [] }: UndoItem): void {
    const brought = transactions.flatMap((ref) => {
      const before = this.#priors.get(ref) as readonly string[] | undefined;
      if (before === undefined) throw new Error(`the list ${ref} is gone`);
      const after = (this.#priors.get(`${ref}.after`) ?? [...this.packages]) as readonly string[];
      return after.filter((name) => !before.includes(name) && this.packages.has(name));
    });
    const left = brought.filter((name) => keepNames.includes(name));
    const rest = [...this.packages].filter((name) => !brought.includes(name) || left.includes(name));
    for (const name of brought) if (rest.some((other) => depends[other]?.includes(name))) left.push(name);
    if (left.length > 0) {
      this.#priors.set(this.#ref(n, ".left"), []);
      this.#priors.set(this.#ref(n, ".left.after"), left);
      this.#say({ type: "N", n, ref: this.#ref(n, ".left") });
    }
    for (const name of brought) if (!left.includes(name)) this.packages.delete(name);
  }
}

const texts = new Map<string, string>();

function digestOf(text: string): string {
  const digest = createHash("sha256").update(text).digest("hex");
  texts.set(digest, text);
  return digest;
}

function textOf(digest: string): string {
  return texts.get(digest) ?? "";
}

function parentsOf(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

function wantOf(wish: Wish): { readonly resource: string; readonly want: Want } {
  if ("file" in wish) {
    const sha256 = digestOf(wish.text);
    const { length: size } = wish.text;
    return { resource: `file:${wish.file}`, want: { type: "file", path: wish.file, sha256, size, mode: "0644" } };
  }
  if ("dir" in wish) return { resource: `dir:${wish.dir}`, want: { type: "dir", path: wish.dir, mode: "0755" } };
  return { resource: `pkg:deb:${wish.id}`, want: { type: "packages", format: "deb", names: wish.packages } };
}

function toAct(wish: Wish, n: number): IntentAct {
  const { resource, want } = wantOf(wish);
  const digest = digestOf(canonicalJson(want)).slice(0, 16);
  return { n, resource, candy: "c", step: n, summary: resource, digest, reversibility: "exact", want };
}

function identity(deploy: string): RunIntent["deploy"] {
  return {
    deploy_id: deploy,
    project: "demo",
    bundle: deploy,
    user: "ana",
    target: "local",
    candies: ["c"],
    candy_versions: { c: "1" },
    plan_digest: "d",
  };
}

function numbered(items: readonly UndoItem[], from: number): IntentRevert[] {
  return items.map(({ deploy, resource, how }, index) => ({ n: from + index, deploy, resource, how }));
}
