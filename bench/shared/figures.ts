/** Figures as rows, and the state of things between two runs. */
import { type Figures, type Fleet, showBytes, showTime } from "../rig/mod.ts";

/** The columns of {@link figuresRow}. */
export const figuresHead = ["", "time", "round trips", "sent", "received", "CPU", "largest process"];

/** One contestant. Round trips are per connection. */
export function figuresRow(label: string, it: Figures, connections = 1): string[] {
  const trips = it.roundTrips.median / connections;
  return [
    label,
    showTime(it.wall),
    trips.toFixed(Number.isInteger(trips) ? 0 : 1),
    showBytes(it.sent.median),
    showBytes(it.received.median),
    `${it.cpu.median.toFixed(2)} s`,
    showBytes(it.rss.max * 1024),
  ];
}

/** Removes what runs before left in the home of host `n`: files and charly's store. Ansible's own caches stay: they are its right. */
export async function emptyHome(fleet: Fleet, n: number): Promise<void> {
  for (const name of ["f", ".config"]) {
    await Deno.remove(`${fleet.home(n)}/${name}`, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}
