/**
 * What becomes of each act, from three witnesses: the ledger (what we did), the probe (what is there), the plan (what runs
 * before it). Pure. Apply runs a subset of what this says, in its order.
 */
import type { Claim } from "../ledger/record.ts";
import { commandNeedsRun } from "../ledger/step_state.ts";
import type { Act, Level } from "../steps/act.ts";
import { changesUnit } from "../steps/unit_text.ts";
import type { ActState } from "./contract.ts";
import type { Numbered, Verdict } from "./probe.ts";

/** An act with what will become of it. */
export interface Judged extends Numbered {
  readonly digest: string;
  readonly state: ActState;
  readonly reason?: string;
  /** It is part of the run: acts, looks once more, or only records its claim. */
  readonly included: boolean;
  /** Commands: run whatever happens, or only if one of these acts ran. */
  readonly runIf: "always" | readonly number[];
  /** The claim an earlier run left. */
  readonly claim?: Claim;
  readonly verdict: Verdict;
  /** It was cut, runs once only, and somebody said what to make of it. */
  readonly answered?: Answer;
}

/** What may be said of a step that was cut and runs once only: it did its work, or it is to be undone. */
export type Answer = "done" | "undo";

/** What {@link judge} looks at. */
export interface JudgeInput {
  readonly acts: readonly Numbered[];
  readonly digest: (numbered: Numbered) => string;
  readonly claim: (level: Level, resource: string) => Claim | undefined;
  readonly verdict: (numbered: Numbered) => Verdict;
  /** Candies of which something is reverted in this run: their commands run again. */
  readonly revertedCandies: ReadonlySet<string>;
  /** Acts asked for by number. */
  readonly rerun: ReadonlySet<number>;
  /** Answers by number, for acts that need one. */
  readonly answers?: ReadonlyMap<number, Answer>;
}

/** Judges acts in plan order. */
export function judge(input: JudgeInput): Judged[] {
  const judged: Judged[] = [];
  // Those that will do something: what comes after them may depend on it, in the same candy or by what it touches.
  const touching: Judged[] = [];
  const ofCandy = new Map<string, Judged[]>();
  const put = (it: Judged) => {
    judged.push(it);
    if (!it.included || it.state === "up-to-date") return;
    if (it.act.type === "command" || it.act.type === "download" || changesUnits(it.act)) touching.push(it);
    const list = ofCandy.get(it.act.candy);
    if (list === undefined) ofCandy.set(it.act.candy, [it]);
    else list.push(it);
  };
  for (const numbered of input.acts) {
    const { n, act } = numbered;
    const claim = input.claim(act.level, act.resource);
    const digest = input.digest(numbered);
    const verdict = input.verdict(numbered);
    const base = { ...numbered, digest, verdict, ...(claim === undefined ? {} : { claim }) };
    const add = (state: ActState, included: boolean, runIf: Judged["runIf"], reason?: string) =>
      put({ ...base, state, included, runIf, ...(reason === undefined ? {} : { reason }) });

    if (input.rerun.has(n)) add("will-run", true, "always", "asked for");
    else if (verdict.kind === "guarded") {
      add(claim === undefined ? "up-to-date" : "recorded", false, [], "its guard says so");
    } else if (act.type === "command" || act.type === "reboot" || unprobed(act)) {
      const answer = (said: Answer) => {
        const [state, reason]: [ActState, string] = said === "done"
          ? ["recorded", "done, as you say"]
          : ["skipped", "undone, as asked"];
        put({ ...base, state, reason, included: false, runIf: [], answered: said });
      };
      judgeByRecord(input, add, answer, {
        n,
        act,
        digest,
        claim,
        earlier: ofCandy.get(act.candy) ?? [],
        verdict,
      });
    } else judgeByProbe(add, { act, digest, claim, verdict, earlier: touching });
  }
  return covered(judged);
}

type Add = (state: ActState, included: boolean, runIf: Judged["runIf"], reason?: string) => void;

/** Downloads whose bytes are not known beforehand are judged like commands. */
function unprobed(act: Act): boolean {
  return act.type === "download" && (act.extract !== "none" || act.sha256 === undefined);
}

function judgeByRecord(
  input: JudgeInput,
  add: Add,
  answer: (said: Answer) => void,
  it: { n: number; act: Act; digest: string; claim: Claim | undefined; earlier: readonly Judged[]; verdict: Verdict },
): void {
  const { act, claim, digest, earlier } = it;
  if (it.verdict.kind === "unknown" && it.verdict.why.endsWith("is not installed")) {
    return add("decided-at-step", true, "always", it.verdict.why);
  }
  const sure = earlier.find((other) => other.state === "will-run" || other.state === "drifted");
  const need = commandNeedsRun({
    ...(claim === undefined ? {} : { claim }),
    digest,
    runsIf: act.type === "download" ? [] : earlier.map((other) => other.n),
    candyChanged: act.type !== "download" && (sure !== undefined || input.revertedCandies.has(act.candy)),
    ...(act.type === "command" && act.always !== undefined ? { always: act.always } : {}),
  });
  switch (need.run) {
    case "yes": {
      // An earlier step may turn out to be satisfied after all: then this one has nothing to follow.
      const follows = need.reason.startsWith("an earlier step") && !input.revertedCandies.has(act.candy);
      return add(
        "will-run",
        true,
        follows ? earlier.map((other) => other.n) : "always",
        sure && follows ? `step ${sure.n} runs` : need.reason,
      );
    }
    case "if":
      return add("will-run-if", true, need.of, need.reason);
    case "ask": {
      const said = input.answers?.get(it.n);
      if (said !== undefined) return answer(said);
      return add("needs-answer", false, [], need.reason);
    }
    case "no":
      return add("recorded", false, []);
  }
}

function judgeByProbe(
  add: Add,
  it: { act: Act; digest: string; claim: Claim | undefined; verdict: Verdict; earlier: readonly Judged[] },
): void {
  const { act, claim, digest, verdict } = it;
  switch (verdict.kind) {
    case "unknown":
      return add("decided-at-step", true, "always", verdict.why);
    case "absent":
      return add(
        claim === undefined || claim.digest !== digest ? "will-run" : "drifted",
        true,
        "always",
        claim && "it is gone",
      );
    case "differs":
      return claim !== undefined && claim.digest === digest
        ? add("drifted", true, "always", `found ${verdict.found}`)
        : add(
          "will-run",
          true,
          "always",
          claim === undefined ? `replaces what is there (${verdict.found})` : "changed",
        );
    case "same": {
      if (claim === undefined || claim.digest !== digest || claim.state !== "done") {
        return add("up-to-date", true, "always", "already so; its claim is recorded");
      }
      const cause = it.earlier.findLast((other) => touches(other.act, act));
      return cause === undefined
        ? add("up-to-date", false, [])
        : add("up-to-date", true, "always", `looked at again after step ${cause.n}`);
    }
    case "guarded":
      return add("up-to-date", false, []);
  }
}

function changesUnits(act: Act): boolean {
  return act.type === "file" && act.reload !== undefined;
}

/** An earlier act may change what a later one wants: commands do unless they say what they touch. */
function touches(earlier: Act, later: Act): boolean {
  if (earlier.type === "command") {
    if (earlier.touches === undefined) return true;
    const path = "path" in later && typeof later.path === "string" ? later.path : undefined;
    return path !== undefined && earlier.touches.some((touched) => path === touched || path.startsWith(`${touched}/`));
  }
  if (earlier.type === "download") return earlier.extract === "sh";
  if (earlier.type === "file") return changesUnit(earlier, later); // it runs with the old text until it is restarted
  return false;
}

/** Two acts of one plan on one resource: the earlier is covered by the later, else the two repair each other for ever. */
function covered(judged: readonly Judged[]): Judged[] {
  const last = new Map<string, Judged>();
  for (const it of judged) last.set(`${it.act.level} ${it.act.resource}`, it);
  return judged.map((it) => {
    const by = last.get(`${it.act.level} ${it.act.resource}`);
    if (by === undefined || by.n === it.n || it.act.type === "command") return it;
    const satisfied = by.state === "up-to-date" || by.state === "recorded";
    return satisfied
      ? { ...it, state: "up-to-date" as const, included: false, reason: `covered by step ${by.n}` }
      : { ...it, reason: `covered by step ${by.n}` };
  });
}
