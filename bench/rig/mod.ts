/** What every workload of the bench is given. */
import { type TempDir, tempDir } from "../../tests/shared/tmp.ts";
import { type CharlyBench, charlyBench } from "./charly.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { type Contestant, type Figures, measure, peakMemory, type Ran, runOnce } from "./measure.ts";
import { ansible, fabric, installPeers } from "./peers.ts";
import { type Relay, startRelay } from "./relay.ts";

export type { CharlyBench, Contestant, Figures, Fleet, Ran, Relay, TempDir };
export type { Hosts } from "./fleet.ts";
export { showBytes, showRatio, showTime, type Spread, spreadOf } from "./spread.ts";

/** The rig. Everything made through it is gone when the workload has ended. */
export interface Rig extends AsyncDisposable {
  /** Timed rounds of fast contestants. */
  readonly rounds: number;
  /** Versions of the peers, by Debian package. */
  readonly versions: Readonly<Record<string, string>>;
  /** A directory. */
  dir(files?: Readonly<Record<string, string>>): Promise<TempDir>;
  /** A relay of `ms` ms round trip in front of a port of loopback. */
  relay(port: number, ms: number): Promise<Relay>;
  /** One sshd with so many hosts (a user each); `.behind(ms)` gives their names through a relay. */
  fleet(count?: number): Promise<Fleet>;
  /** A charly project; `.contestant(name, words, start)` runs `charly <words>` in it. */
  charly(
    config: string,
    env: Readonly<Record<string, string>>,
    files?: Readonly<Record<string, string>>,
  ): Promise<CharlyBench>;
  /** Interleaved runs; the first round is discarded. */
  measure<const C extends Contestant>(contestants: readonly C[], relay?: Relay): Promise<Record<C["name"], Figures>>;
  /** One run, timed. */
  once(contestant: Contestant, relay?: Relay): Promise<Ran>;
  /** KiB (PSS) of the whole tree of processes at its peak, in a run of its own. */
  peakMemory(contestant: Contestant): Promise<number>;
  readonly ansible: typeof ansible;
  readonly fabric: typeof fabric;
  /** Tells whoever waits. */
  say(text: string): void;
}

/** Installs the peers and makes a rig. Needs root on Debian. */
export async function makeRig(rounds: number, say: (text: string) => void): Promise<Rig> {
  const versions = await installPeers();
  const stack = new AsyncDisposableStack();
  return {
    rounds,
    versions,
    dir: async (files) => stack.use(await tempDir(files)),
    relay: async (port, ms) => stack.use(await startRelay(port, ms)),
    fleet: async (count = 1) => {
      const fleet = stack.use(await startFleet(count));
      return { ...fleet, behind: async (ms) => stack.use(await fleet.behind(ms)) };
    },
    charly: async (config, env, files) => stack.use(await charlyBench(config, env, files)),
    measure: (contestants, relay) => measure(contestants, { rounds, ...(relay === undefined ? {} : { relay }) }),
    once: runOnce,
    peakMemory,
    ansible,
    fabric,
    say,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
