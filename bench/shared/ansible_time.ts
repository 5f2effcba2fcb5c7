/** How long Ansible with pipelining needs for all of the files, without waiting for all of them: the line through two short plays. */
import type { Contestant, Figures, Hosts, Rig, TempDir } from "../rig/mod.ts";
import { ansiblePlay, count } from "./hundred_files.ts";

/** Tasks of the two plays. What one more task costs does not depend on how many there are. */
const few = [5, 15] as const;

/** What to say beside the figure. */
export const fromFew = ` (from ${few[0]} and ${few[1]} steps)`;

/**
 * Figures of the whole play.
 *
 * @param dir has the sources of the files
 * @param around runs before each play
 */
export async function ansibleTime(
  rig: Rig,
  dir: TempDir,
  hosts: Hosts,
  around?: NonNullable<Contestant["before"]>,
): Promise<Figures> {
  const [a, b] = await Promise.all(few.map(async (steps): Promise<Contestant> => {
    const peer = await rig.ansible(dir, hosts, { mode: "pipelining", play: ansiblePlay(dir.join("src"), steps) });
    return {
      ...peer,
      rounds: 1,
      before: async () => {
        await peer.before?.();
        await around?.();
      },
    };
  }));
  const { short, long } = await rig.measure([{ ...a!, name: "short" }, { ...b!, name: "long" }], hosts.relay);
  const scaled = (key: "wall" | "roundTrips" | "sent" | "received" | "cpu") => {
    const perStep = (long[key].median - short[key].median) / (few[1] - few[0]);
    const median = long[key].median + perStep * (count - few[1]);
    return { median, min: median, max: median };
  };
  return {
    ...long,
    wall: scaled("wall"),
    roundTrips: scaled("roundTrips"),
    sent: scaled("sent"),
    received: scaled("received"),
    cpu: scaled("cpu"),
  };
}
