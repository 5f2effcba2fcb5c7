/** The digest of a plan: what `apply --plan` holds a run to. */
import type { Act, Content, SkippedStep } from "../steps/act.ts";
import { sha256 } from "../steps/content.ts";
import type { StepFacts, TargetKind } from "../steps/define_step.ts";
import { canonicalJson } from "../base/canonical_json.ts";
import type { PlanInstallOptions } from "./gates.ts";
import type { InstallStep } from "../steps/step.ts";

/** Grows when equal plans would be carried out differently. */
export const planFormat = 1;

/** Everything a digest covers. Forecasts and secret values are no part of it; secret names are. */
export interface DigestInput {
  /** What is said once for all candies, as plain data. */
  readonly head: Readonly<Record<string, unknown>>;
  /** Digests of the candies, in the plan's order. */
  readonly candies: readonly string[];
  readonly facts: StepFacts & { readonly hostname: string };
  readonly target: TargetKind;
  readonly options: PlanInstallOptions;
}

/** 64 hex digits. Facts that change by themselves (installed programs, glibc) are left out. */
export function planDigest(input: DigestInput): string {
  const { head, candies, target, options } = input;
  const { hostname, user, uid, gid, home, loginShell, machine, distro, format, systemd } = input.facts;
  return sha256(canonicalJson({
    format: planFormat,
    head,
    candies,
    facts: { hostname, user, uid, gid, home, loginShell, machine, distro, format, systemd },
    target,
    options,
  }));
}

/** Everything the digest of one candy covers. */
export interface CandyDigestInput {
  readonly candy: string;
  readonly version: string;
  readonly description: string;
  readonly steps: readonly InstallStep[];
  readonly acts: readonly Act[];
  readonly skipped: readonly SkippedStep[];
  /** Number of its first step; the digest is the same wherever in a plan the candy stands. */
  readonly first: number;
}

/** 64 hex digits over what a candy comes to. */
export function candyDigest({ acts, skipped, first, ...rest }: CandyDigestInput): string {
  const step = (number: unknown) => Number(number) - first + 1;
  const texts = [
    canonicalJson(rest),
    ...acts.map((act) => canonicalJson(act, (key, member) => key === "step" ? step(member) : plainMember(act, key))),
    ...skipped.map((it) => canonicalJson(it, (key, member) => key === "step" ? step(member) : member)),
  ];
  return sha256(texts.join("\n"));
}

/** A member of an act as the digest sees it: contents by their own digests, an environment by one for all who find it. */
function plainMember(act: Act, key: string): unknown {
  if (act.type === "file" && key === "content") return plainContent(act.content);
  if (act.type === "command" && key === "env") return envDigest(act.env);
  if (act.type === "command" && key === "ctx") {
    return act.ctx?.map((one) => ({ ...one, content: plainContent(one.content) }));
  }
  return act[key as keyof Act];
}

const envDigests = new WeakMap<object, string>();

/** Thousands of commands find the same variables: those are looked at once. */
function envDigest(env: Readonly<Record<string, string>>): string {
  const known = envDigests.get(env);
  if (known !== undefined) return known;
  const digest = sha256(canonicalJson(env));
  envDigests.set(env, digest);
  return digest;
}

/** An act as plain data: contents by digest and size, never their bytes. */
export function plainAct(act: Act): Readonly<Record<string, unknown>> {
  if (act.type === "file") return { ...act, content: plainContent(act.content) };
  if (act.type === "command" && act.ctx !== undefined) {
    return { ...act, ctx: act.ctx.map((one) => ({ ...one, content: plainContent(one.content) })) };
  }
  return { ...act };
}

function plainContent({ sha256, size, sensitive }: Content): Readonly<Record<string, unknown>> {
  return { sha256, size, ...(sensitive === true ? { sensitive } : {}) };
}
