/** Who is killed where, verb after verb: every killed run is run again, and at the end of each round all of it is taken back. */
import type { Outcome } from "../../lib/deploy/contract.ts";
import { changes, type KillRig, type KillSight, type Verb, type Way } from "./kill_rig.ts";
import type { Victim } from "./kill_points.ts";

/** So many points of a victim. */
export interface KillShare {
  readonly victim: Victim;
  readonly way: Way;
  readonly points: number;
}

/** What became of a point. */
export interface KilledPoint {
  readonly victim: Victim;
  readonly way: Way;
  readonly verb: Verb;
  /** Of so many places of an undisturbed run. */
  readonly at: number;
  readonly of: number;
  /** `root: before keep …`; nothing when the run did not come there. */
  readonly where: string | undefined;
  /**
   * The same command again succeeds, and the machine is as without the kill. It may have to be given once more where the rest of
   * the killed run was still ending.
   */
  readonly recovered: boolean;
  /** The undo at the end of the round gave back what was there before. */
  readonly restored: boolean;
  readonly problem?: string;
}

/** What an undisturbed round looks like. */
export interface KillReference {
  readonly before: KillSight;
  readonly sights: Readonly<Record<Verb, KillSight>>;
  readonly places: Readonly<Record<Verb, number>>;
  /** Milliseconds of first apply and undo. */
  readonly times: { readonly apply: number; readonly undo: number };
}

const verbs = ["apply", "upgrade", "rollback", "del"] as const;

/** Runs an undisturbed round. */
export async function killReference(rig: KillRig, way: Way): Promise<KillReference> {
  const before = await rig.look();
  const sights = {} as Record<Verb, KillSight>, places = {} as Record<Verb, number>, took = {} as Record<Verb, number>;
  for (const verb of verbs) {
    const began = performance.now();
    const outcome = await rig.run(verb, way);
    took[verb] = performance.now() - began;
    const problem = problemOf(verb, outcome);
    if (problem !== undefined) throw new Error(`an undisturbed ${verb}: ${problem}`);
    places[verb] = await rig.places();
    sights[verb] = await rig.look();
  }
  const left = changes(before, sights.del, true);
  if (left.length > 0) throw new Error(`an undisturbed undo leaves: ${left.join("; ")}`);
  const rolled = changes(sights.upgrade, sights.rollback, false);
  if (rolled.length > 0) throw new Error(`an undisturbed rollback leaves: ${rolled.join("; ")}`);
  return { before, sights, places, times: { apply: took.apply, undo: took.del } };
}

/** Kills `share.points` times, spread evenly over all verbs and all places. @param offset other places than with another one */
export async function killShare(
  rig: KillRig,
  reference: KillReference,
  share: KillShare,
  told: (point: KilledPoint) => void = () => {},
  offset = 0,
): Promise<KilledPoint[]> {
  const all: KilledPoint[] = [];
  for (let done = 0, round = 0; done < share.points; round++) {
    const points: KilledPoint[] = [];
    for (const [index, verb] of verbs.entries()) {
      if (done < share.points) {
        points.push(await killOne(rig, reference, share, verb, spread(round + offset, index, reference.places[verb])));
        done++;
      } else {
        await rig.run(verb, share.way);
      }
    }
    const left = changes(reference.before, await rig.look(), true);
    for (const point of points) {
      const judged: KilledPoint = {
        ...point,
        restored: left.length === 0,
        ...(left.length === 0 || point.problem !== undefined ? {} : { problem: `left: ${left.join("; ")}` }),
      };
      told(judged);
      all.push(judged);
    }
    if (left.length > 0) await rig.reset();
  }
  return all;
}

async function killOne(
  rig: KillRig,
  reference: KillReference,
  { victim, way }: KillShare,
  verb: Verb,
  at: number,
): Promise<KilledPoint> {
  const base = { victim, way, verb, at, of: reference.places[verb], restored: false };
  let where: string | undefined;
  try {
    await rig.kill(verb, way, at, victim);
    where = await rig.where();
    // What a rollback was on its way to is the version before: applying that is running again.
    const again = verb === "rollback" ? "upgrade" : verb;
    let outcome = await rig.run(again, way);
    // What was killed may not have ended everywhere when the plan was made: that is said, and the same command goes through.
    if (outcome.hosts[0]?.error?.code === "changed-since-plan") outcome = await rig.run(again, way);
    const differs = verb === "del"
      ? changes(reference.before, await rig.look(), true)
      : changes(reference.sights[again], await rig.look(), false);
    const problem = problemOf(again, outcome) ?? (differs.length === 0 ? undefined : `differs: ${differs.join("; ")}`);
    return { ...base, where, recovered: problem === undefined, ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    return { ...base, where, recovered: false, problem: String(error) };
  }
}

/** Why an outcome is not what the verb is for. */
function problemOf(verb: Verb, outcome: Outcome): string | undefined {
  const [host] = outcome.hosts;
  if (verb === "rollback") {
    return host?.error?.code === "step-failed" && /put back/.test(host.error.message)
      ? undefined
      : JSON.stringify(host);
  }
  return outcome.ok ? undefined : JSON.stringify(host?.error ?? host);
}

/** Points that fill 1 to `count` evenly however many are taken. */
function spread(round: number, lane: number, count: number): number {
  const golden = 0.6180339887498949;
  return 1 + Math.floor((((round + 1) * golden + lane * 0.25) % 1) * count);
}
