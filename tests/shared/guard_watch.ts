/** The guard of a store as it stands on disk: what a test waits for, and whom it kills. */
import { endProcess, processes } from "./kill_processes.ts";
import type { LocalRig, Written } from "./local_rig.ts";

/** Waits until something is so; a minute is long enough for any machine. */
export async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = performance.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${what}: not so after a minute`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The text of a file of the guarded run in a store, if there is one. */
export async function guardFile(store: string, name: string): Promise<string | undefined> {
  for (const run of await runsOf(store)) {
    const text = await Deno.readTextFile(`${store}/runs/${run}/guard/${name}`).catch(() => undefined);
    if (text !== undefined) return text.trim();
  }
  return undefined;
}

/** What was decided: the link's text. */
export async function guardDecision(store: string): Promise<string | undefined> {
  for (const run of await runsOf(store)) {
    const text = await Deno.readLink(`${store}/runs/${run}/guard/decision`).catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The process of the watcher. */
export async function watcherOf(store: string): Promise<number> {
  return Number((await guardFile(store, "armed"))?.split(" ")[0]);
}

/**
 * Kills the watcher and waits until it is gone.
 *
 * @param options with `pieces` also the processes that put things back; what they had started lives on
 */
export async function killWatcher(store: string, options: { readonly pieces?: boolean } = {}): Promise<void> {
  const found = await processes((it, above) => {
    const { command } = it;
    if (!command.includes(`${store}/runs/`)) return false;
    if (/\/guard\/program watch /.test(command)) return true;
    // A piece's own guardian and its relay are copies of it: they are what a killed piece leaves behind.
    return options.pieces === true && /\/guard\/program (part|work) /.test(command) &&
      above(it)[0]?.command !== command;
  });
  for (const { pid } of found) endProcess(pid);
  for (const { pid } of found) {
    await until("the watcher is gone", () => isAlive(pid).then((alive) => alive ? undefined : true));
  }
}

/** Whether a process is there and no zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  return stat !== "" && !/\) Z /.test(stat);
}

/** Starts a guarded charly of its own; `at` is the connection at which it kills itself (2: the one that would confirm). */
export function guardedCharly(
  rig: LocalRig,
  written: Written,
  guard: { readonly seconds: number; readonly check?: string },
  at = 0,
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL("guarded_charly.ts", import.meta.url).pathname],
    env: { RIG: JSON.stringify({ place: rig.place, written, guard, at }) },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

async function runsOf(store: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(`${store}/runs`))).map(({ name }) => name).sort().toReversed();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
