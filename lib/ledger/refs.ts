/** References into `prior/`: which are needed, and which of two is older. */
import type { Claim, DeployLedger, Prior, Resources } from "./record.ts";

/** Number of a run, the first half of its name; 0 for a name of another shape. */
export function runNumber(run: string): number {
  return Number(/^r(\d{1,12})-/.exec(run)?.[1] ?? 0);
}

/** The ref a prior stands at. */
export function refOf(prior: Prior): string | undefined {
  return prior.was === "linked" || prior.was === "copied" || prior.was === "listed" ? prior.ref : undefined;
}

function ageOf(ref: string): readonly [number, number] {
  const [run = "", n = "0"] = ref.split(".");
  return [runNumber(run), Number(n) || 0];
}

/** Sorts refs oldest first. */
export function compareRefs(a: string, b: string): number {
  const [runA, nA] = ageOf(a);
  const [runB, nB] = ageOf(b);
  return runA - runB || nA - nB || (a < b ? -1 : a > b ? 1 : 0);
}

/** Whether a ref was made by this run. */
export function isOfRun(ref: string, run: string): boolean {
  return ref.startsWith(`${run}.`);
}

/** Both lists, each ref once, oldest first. */
export function mergeRefs(...lists: (readonly string[] | undefined)[]): readonly string[] {
  return [...new Set(lists.flatMap((list) => list ?? []))].sort(compareRefs);
}

/**
 * Every ref a base or a claim still points at. Companions (`<ref>.after`, `<ref>.manual`, `<ref>.old/`) live as long as the
 * ref they are named after.
 */
export function referencedPriors(ledgers: Readonly<Record<string, DeployLedger>>, resources: Resources): string[] {
  const bases = Object.values(resources).flatMap(({ base }) => refOf(base) ?? []);
  const noted = Object.values(ledgers).flatMap(({ claims }) => claims.flatMap((claim: Claim) => claim.noted ?? []));
  return [...mergeRefs(bases, noted)];
}
