/** Processes of this machine, found by what they are and who started them, and ended one by one. */

/** A process as /proc shows it. */
export interface ProcessSight {
  readonly pid: number;
  readonly parent: number;
  /** `comm`. */
  readonly name: string;
  /** Words, blank separated. */
  readonly command: string;
}

/** Every process that is wanted; `above` gives a process's parents, the nearest first. */
export async function processes(
  wanted: (it: ProcessSight, above: (it: ProcessSight) => ProcessSight[]) => boolean,
): Promise<ProcessSight[]> {
  const all = new Map<number, ProcessSight>();
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = await Deno.readTextFile(`/proc/${name}/stat`);
      const command = (await Deno.readTextFile(`/proc/${name}/cmdline`)).replaceAll("\0", " ");
      const [, comm = "", state = "", parent = "0"] = /^\d+ \((.*)\) (\S) (\d+) /s.exec(stat) ?? [];
      if (state !== "Z") all.set(Number(name), { pid: Number(name), parent: Number(parent), name: comm, command });
    } catch {
      // it ended while we looked
    }
  }
  const above = (it: ProcessSight): ProcessSight[] => {
    const up = all.get(it.parent);
    return up === undefined ? [] : [up, ...above(up)];
  };
  return [...all.values()].filter((it) => wanted(it, above));
}

/** SIGKILL; a process that is gone is fine. */
export function endProcess(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
