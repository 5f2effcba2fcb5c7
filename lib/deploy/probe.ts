/** Acts → one program that asks how things stand, and its answers → verdicts. Nothing is written on the target. */
import { quoteWord as quote } from "../command/quote.ts";
import { type Frame, payloadText } from "../execute/frames.ts";
import type { Act } from "../steps/act.ts";

/** How a resource stands beside what its act wants. */
export type Verdict =
  /** As wanted. */
  | { readonly kind: "same" }
  /** Something else is there; `found` is for people. */
  | { readonly kind: "differs"; readonly found: string }
  /** Nothing is there. */
  | { readonly kind: "absent" }
  /** It cannot be said beforehand: commands, guards that were not asked. */
  | { readonly kind: "unknown"; readonly why: string }
  /** The guard says: nothing to do. */
  | { readonly kind: "guarded" };

/** An act with the number it has in this run. */
export interface Numbered<A extends Act = Act> {
  readonly n: number;
  readonly act: A;
}

/** The questions for these acts; each act's tools and `creates` guard are asked with it. `guards` runs `unless` texts too. */
export function probeProgram(acts: readonly Numbered[], options: { guards: boolean }): string {
  const lines: string[] = [];
  const asks = options.guards && acts.some(({ act }) => act.unless !== undefined);
  const paths = acts.filter(({ act }) => act.type === "file" || act.type === "dir");
  for (let at = 0; at < paths.length; at += 200) {
    const group = paths.slice(at, at + 200);
    lines.push(`looks ${group.map(({ n, act }) => `${n} ${quote(pathOf(act))} ${sizeOf(act)}`).join(" ")}`);
    lines.push(`looked ${group.map(({ n }) => n).join(" ")}`);
  }
  // Guards may take their time: somebody has to hear the heartbeat meanwhile, or the target takes the operator for gone.
  if (asks) lines.push("warden && listen");
  for (const { n, act } of acts) {
    if (act.creates !== undefined) lines.push(`v_exists ${n}.c ${quote(act.creates)}`);
    if (act.needsTool !== undefined) lines.push(`v_tool ${n}.t ${quote(act.needsTool)}`);
    if (act.unless !== undefined && options.guards) {
      lines.push(`UNLESS=${quote(act.unless)}`, `v_guard ${n}.g ${act.type === "command" ? act.shell : "sh"}`);
    }
    const question = ask(n, act);
    if (question !== undefined) lines.push(question);
  }
  if (asks) lines.push("deaf");
  return lines.join("\n") + "\n";
}

function ask(n: number, act: Act): string | undefined {
  switch (act.type) {
    case "link":
      return `v_link ${n} ${quote(act.path)}`;
    case "block":
      return `v_block ${n} ${quote(act.path)} ${quote(act.begin)} ${quote(act.end)}`;
    case "packages":
      return `v_packages ${n} ${act.format} ${act.names.map(quote).join(" ")}`;
    case "unit":
      return `v_unit ${n} ${act.manager} ${quote(act.unit)}`;
    case "cap":
      return `v_cap ${n} ${quote(act.path)} ${quote(act.caps)}`;
    case "sysctl":
      return `v_sysctl ${n} ${quote(act.key)}`;
    case "account":
      return `v_account ${n} ${act.account} ${quote(act.name)}`;
    case "download":
      return act.to === undefined || act.extract !== "none" ? undefined : `looks ${n} ${quote(act.to)} -\nlooked ${n}`;
    default:
      return undefined;
  }
}

function pathOf(act: Act): string {
  return act.type === "file" || act.type === "dir" ? act.path : "/";
}

function sizeOf(act: Act): string {
  return act.type === "file" ? String(act.content.size) : "-";
}

/** What a `looks` line said of one path. */
export interface Looked {
  readonly type: "absent" | "file" | "dir" | "link" | "other";
  readonly mode: string;
  readonly owner: string;
  readonly links: number;
  readonly size: number;
  /** Hex, or `-` when it was not read. */
  readonly sha256: string;
}

/** Collects the answers. */
export class Verdicts {
  readonly #looked = new Map<string, Looked>();
  readonly #answers = new Map<string, { verdict: string; facts: string }>();

  /** Hand every frame here; others than `V` are ignored. */
  take(frame: Frame): void {
    if (frame.type !== "V") return;
    const facts = payloadText(frame);
    if (frame.args[0] !== "looks") {
      this.#answers.set(frame.step, { verdict: frame.args[0] ?? "", facts });
      return;
    }
    for (const line of facts.split("\n")) {
      const [id, type, mode = "", owner = "", links, size, sha256 = "-"] = line.split(" ");
      if (id === undefined || id === "" || type === undefined) continue;
      this.#looked.set(id, {
        type: type as Looked["type"],
        mode,
        owner,
        links: Number(links),
        size: Number(size),
        sha256,
      });
    }
  }

  /** What was found at a path act's path. */
  looked(n: number): Looked | undefined {
    return this.#looked.get(String(n));
  }

  /** The verdict on one act. */
  of({ n, act }: Numbered, own: { uid: number; gid: number }): Verdict {
    if (this.#answers.get(`${n}.c`)?.verdict === "exists") return { kind: "guarded" };
    if (this.#answers.get(`${n}.g`)?.facts === "0") return { kind: "guarded" };
    if (this.#answers.get(`${n}.t`)?.verdict === "absent") {
      return { kind: "unknown", why: `${act.needsTool} is not installed` };
    }
    const answer = this.#answers.get(String(n));
    switch (act.type) {
      case "file":
        return this.#path(n, own, "file", act.mode, act.owner, act.content.sha256, act.content.size);
      case "dir":
        return this.#path(n, own, "dir", act.mode, act.owner);
      case "link":
        return answered(answer, (verdict, facts) => verdict === "link" && facts === act.target);
      case "block":
        return answered(
          answer,
          (verdict, facts) => verdict === "block" && facts === (act.body === "" ? "" : `${act.body}\n`),
        );
      case "packages":
        if (answer === undefined) return unasked;
        return answer.facts.trim() === "" ? { kind: "same" } : { kind: "absent" };
      case "unit":
        return answered(answer, (_verdict, facts) => {
          const [enabled = "", active] = facts.split(",");
          return !act.enable || (["enabled", "static", "enabled-runtime"].includes(enabled) && active === "active");
        });
      case "cap":
        return answered(answer, (verdict, facts) => verdict === "cap" && facts === act.caps);
      case "sysctl":
        return answered(answer, (verdict, facts) => verdict === "sysctl" && facts.trim() === act.value);
      case "account":
        return answered(answer, (verdict, facts) => verdict === "account" && accountIs(act, facts));
      case "download":
        if (act.sha256 !== undefined && act.extract === "none") {
          return this.#path(n, own, "file", act.mode, undefined, act.sha256);
        }
        return { kind: "unknown", why: "the address may hold something else now" };
      case "command":
      case "reboot":
        return { kind: "unknown", why: "only the record can say" };
    }
  }

  #path(
    n: number,
    own: { uid: number; gid: number },
    type: "file" | "dir",
    mode: string,
    owner: string | undefined,
    sha256?: string,
    size?: number,
  ): Verdict {
    const at = this.#looked.get(String(n));
    if (at === undefined) return unasked;
    if (at.type === "absent") return { kind: "absent" };
    if (at.type !== type) return { kind: "differs", found: `a ${at.type} is there` };
    if (size !== undefined && at.size !== size) return { kind: "differs", found: `other content (${at.size} bytes)` };
    if (sha256 !== undefined && at.sha256 !== sha256) return { kind: "differs", found: "other content" };
    if (at.mode !== mode) return { kind: "differs", found: `mode ${at.mode}` };
    if (owner !== undefined && numeric(owner, own) !== undefined && at.owner !== numeric(owner, own)) {
      return { kind: "differs", found: `owner ${at.owner}` };
    }
    return { kind: "same" };
  }
}

const unasked: Verdict = { kind: "unknown", why: "not asked" };

function answered(
  answer: { verdict: string; facts: string } | undefined,
  same: (verdict: string, facts: string) => boolean,
): Verdict {
  if (answer === undefined) return unasked;
  if (answer.verdict === "absent") return { kind: "absent" };
  return same(answer.verdict, answer.facts)
    ? { kind: "same" }
    : { kind: "differs", found: answer.facts.trim().split("\n")[0]?.slice(0, 80) ?? "" };
}

/** `uid:gid` of an owner text where it can be known without asking: numbers, and root. */
export function numeric(owner: string, _own: { uid: number; gid: number }): string | undefined {
  if (/^\d+:\d+$/.test(owner)) return owner;
  if (owner === "root" || owner === "root:root") return "0:0";
  return undefined;
}

function accountIs(
  act: { account: string; uid?: number; gid?: number; home?: string; loginShell?: string },
  facts: string,
): boolean {
  const fields = facts.trim().split(":");
  if (act.account === "group") return act.gid === undefined || fields[2] === String(act.gid);
  return (act.uid === undefined || fields[2] === String(act.uid)) &&
    (act.home === undefined || fields[5] === act.home) &&
    (act.loginShell === undefined || fields[6] === act.loginShell);
}
