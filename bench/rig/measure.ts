/** Interleaved runs: round after round over all contestants, so that a slow minute of the machine is everybody's. */
import { tempDir } from "../../tests/shared/tmp.ts";
import { processTree } from "./process_tree.ts";
import type { Relay, Traffic } from "./relay.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** One of those that are compared. */
export interface Contestant {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** The whole environment, when given. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A file that is its input. */
  readonly stdin?: string;
  /** Makes the world as the run needs it; not timed. */
  readonly before?: () => Promise<void> | void;
  /** Throws when the run did not do its work. Not timed. */
  readonly check?: (ran: Ran) => Promise<void> | void;
  /** Timed rounds of this one, when it is too slow for all; one round means: no discarded run either. */
  readonly rounds?: number;
}

/** One run. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** ms. */
  readonly wall: number;
  /** Seconds user + system of the process and all it waited for. */
  readonly cpu: number;
  /** KiB of the largest process. */
  readonly rss: number;
  readonly traffic: Traffic;
}

/** What several runs of one contestant gave. */
export interface Figures {
  readonly name: string;
  readonly rounds: number;
  /** ms. */
  readonly wall: Spread;
  /** Seconds. */
  readonly cpu: Spread;
  /** KiB of the largest process. */
  readonly rss: Spread;
  readonly sent: Spread;
  readonly received: Spread;
  readonly roundTrips: Spread;
}

/** How to measure. */
export interface MeasureOptions {
  /** Timed rounds; one more comes first and is discarded. */
  readonly rounds: number;
  /** Whose traffic is counted. */
  readonly relay?: Relay;
}

/** Runs everybody `rounds + 1` times in turn. Throws when one fails. */
export async function measure<const C extends Contestant>(
  contestants: readonly C[],
  { rounds, relay }: MeasureOptions,
): Promise<Record<C["name"], Figures>> {
  const all = new Map<string, Ran[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const contestant of contestants) {
      const wanted = Math.min(contestant.rounds ?? rounds, rounds);
      if (round > wanted || (round === 0 && wanted === 1)) continue;
      await contestant.before?.();
      const ran = await runOnce(contestant, relay);
      await contestant.check?.(ran);
      if (round > 0) all.get(contestant.name)!.push(ran);
    }
  }
  return Object.fromEntries(
    [...all].map(([name, runs]) => [name, {
      name,
      rounds: runs.length,
      wall: spreadOf(runs.map(({ wall }) => wall)),
      cpu: spreadOf(runs.map(({ cpu }) => cpu)),
      rss: spreadOf(runs.map(({ rss }) => rss)),
      sent: spreadOf(runs.map(({ traffic }) => traffic.sent)),
      received: spreadOf(runs.map(({ traffic }) => traffic.received)),
      roundTrips: spreadOf(runs.map(({ traffic }) => traffic.roundTrips)),
    }]),
  ) as Record<C["name"], Figures>;
}

/** Runs a contestant once. Throws when it fails. */
export async function runOnce(contestant: Contestant, relay?: Relay): Promise<Ran> {
  const [program, ...args] = contestant.command;
  await using dir = await tempDir();
  const times = dir.join("times");
  await relay?.take();
  const input = contestant.stdin === undefined ? undefined : await Deno.open(contestant.stdin);
  const began = performance.now();
  const child = new Deno.Command("/usr/bin/time", {
    args: ["-q", "-o", times, "-f", "%U %S %M", program!, ...args],
    ...(contestant.env === undefined ? {} : { env: { ...contestant.env }, clearEnv: true }),
    ...(contestant.cwd === undefined ? {} : { cwd: contestant.cwd }),
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const feeding = input?.readable.pipeTo(child.stdin).catch(() => {}); // it may end without reading
  const { code, stdout, stderr } = await child.output();
  const wall = performance.now() - began;
  await feeding;
  const text = new TextDecoder();
  const ran = { code, stdout: text.decode(stdout), stderr: text.decode(stderr), wall };
  if (code !== 0) {
    throw new Error(`${contestant.name}: exit ${code}\n${ran.stderr.slice(-4000)}${ran.stdout.slice(-4000)}`);
  }
  const [user = 0, system = 0, rss = 0] = (await Deno.readTextFile(times)).trim().split(" ").map(Number);
  const traffic = await relay?.take() ?? { connections: 0, sent: 0, received: 0, roundTrips: 0 };
  return { ...ran, cpu: user + system, rss, traffic };
}

/**
 * Peak memory of the whole tree of processes: KiB, every page shared by n processes counted as a n-th (PSS). A run of its own, for
 * looking costs time.
 */
export async function peakMemory(contestant: Contestant, everyMs = 50): Promise<number> {
  await contestant.before?.();
  const [program, ...args] = contestant.command;
  const child = new Deno.Command(program!, {
    args,
    ...(contestant.env === undefined ? {} : { env: { ...contestant.env }, clearEnv: true }),
    ...(contestant.cwd === undefined ? {} : { cwd: contestant.cwd }),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false, peak = 0;
  const status = child.status.finally(() => ended = true);
  while (!ended) {
    let sum = 0;
    for (const pid of processTree(child.pid)) {
      try {
        const rollup = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
        sum += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
      } catch {
        // it ended while we looked
      }
    }
    peak = Math.max(peak, sum);
    await Promise.race([status, new Promise((resolve) => setTimeout(resolve, everyMs))]);
  }
  return peak;
}
