/** W1: 100 files that are all as they should be: how long until a tool says so? */
import { ansiblePlay, charlyConfig, count, sources } from "../shared/hundred_files.ts";
import { type Figures, type Rig, showRatio } from "../rig/mod.ts";
import { figuresHead, figuresRow } from "../shared/figures.ts";
import type { Table, TargetResult, Workload, WorkloadResult } from "../workload.ts";

const delays = [20, 100] as const;
/** Steps of the slow peer at 100 ms; the figure for all of them follows from its two runs. */
const few = [5, 15] as const;

export const noop: Workload = {
  id: "W1",
  title: `no-op re-apply of ${count} file steps, one host`,
  run,
};

async function run(rig: Rig): Promise<WorkloadResult> {
  const fleet = await rig.fleet();
  const tables: Table[] = [], targets: TargetResult[] = [];
  const dir = await rig.dir(sources);
  for (const ms of delays) {
    const hosts = await fleet.behind(ms);
    const charly = await rig.charly(charlyConfig, hosts.env);
    const words = ["apply", "web", "--yes"];
    const asks = await charly.contestant("charly", words);
    rig.say(`  ${ms} ms: first apply`);
    await rig.once(asks);
    const unchanged = ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      if (!/nothing to do/.test(stdout + stderr)) throw new Error(`charly changed something: ${stdout}${stderr}`);
    };
    const play = ansiblePlay(dir.join("src"));
    const mitogen = await rig.ansible(dir, hosts, { mode: "mitogen", play });
    const quick = await rig.measure([
      { name: "ssh", command: ["ssh", "h0", "true"], env: hosts.env },
      { ...asks, name: "charly", check: unchanged },
      { ...await charly.contestant("all", words, "all"), name: "all", check: unchanged },
      { ...await charly.contestant("bundle", words, "bundle"), name: "bundle", check: unchanged },
    ], hosts.relay);
    rig.say(`  ${ms} ms: the peers`);
    const slow = await rig.measure([{ ...mitogen, name: "mitogen", rounds: ms === 20 ? 2 : 1 }], hosts.relay);
    const pipelining = await ansibleTime(rig, dir, hosts, ms);
    tables.push({
      title: `${ms} ms round trip`,
      head: figuresHead,
      rows: [
        figuresRow("`ssh host true`", quick.ssh),
        figuresRow("charly (asks for permissions)", quick.charly),
        figuresRow("charly (`deno run -A`)", quick.all),
        figuresRow("charly (one-file bundle, `-A`)", quick.bundle),
        figuresRow("mitogen", slow.mitogen),
        figuresRow(`Ansible, pipelining${pipelining.note}`, pipelining.figures),
      ],
    });
    const best = Math.min(quick.charly.wall.median, quick.all.wall.median, quick.bundle.wall.median);
    targets.push(
      {
        target: `at most 12 round trips in all (${ms} ms)`,
        measured: quick.charly.roundTrips.median.toFixed(0),
        met: quick.charly.roundTrips.median <= 12,
      },
      ratioAtLeast(
        `50 × faster than Ansible with pipelining (${ms} ms)`,
        pipelining.wall / quick.charly.wall.median,
        50,
      ),
      ratioAtLeast(`10 × faster than mitogen (${ms} ms)`, slow.mitogen.wall.median / quick.charly.wall.median, 10),
    );
    if (ms === 20) {
      const ratio = best / quick.ssh.wall.median;
      targets.push({
        target: "at most 1.3 × `ssh host true` (20 ms)",
        measured: `${showRatio(quick.charly.wall.median / quick.ssh.wall.median)} (bundle: ${
          showRatio(quick.bundle.wall.median / quick.ssh.wall.median)
        })`,
        met: ratio <= 1.3,
      });
    }
  }
  return {
    tables,
    targets,
    notes: [
      "`ssh host true` waits 9 times: TCP, identification, key exchange (2), authentication (3), session, program. charly waits for those and for the driver's first line, its hello with the facts, the answers about all steps, and the driver's leave.",
      "What bounds the time over `ssh`: starting Deno (twice where it asks for permissions), loading the modules of the engine and of ssh2, and two round trips more. Tried and kept: a config that has not changed is not evaluated again; the connection begins while engine and ssh2 are loaded; a host with nothing to do takes its leave while the rest is shown.",
    ],
  };
}

function ratioAtLeast(target: string, ratio: number, least: number): TargetResult {
  return { target, measured: showRatio(ratio), met: ratio >= least };
}

/** All of the steps where that takes a minute; else two short plays and the line through them. */
async function ansibleTime(
  rig: Rig,
  dir: Awaited<ReturnType<Rig["dir"]>>,
  hosts: Parameters<Rig["ansible"]>[1],
  ms: number,
) {
  if (ms <= 20) {
    const whole = await rig.ansible(dir, hosts, { mode: "pipelining", play: ansiblePlay(dir.join("src")) });
    const { whole: figures } = await rig.measure([{ ...whole, name: "whole", rounds: 1 }], hosts.relay);
    return { wall: figures.wall.median, figures, note: "" };
  }
  const [a, b] = await Promise.all(few.map(async (steps) => ({
    ...await rig.ansible(dir, hosts, { mode: "pipelining", play: ansiblePlay(dir.join("src"), steps) }),
    rounds: 1,
  })));
  const { short, long } = await rig.measure(
    [{ ...a!, name: "short" }, { ...b!, name: "long" }],
    hosts.relay,
  );
  const perStep = (long.wall.median - short.wall.median) / (few[1] - few[0]);
  const wall = long.wall.median + perStep * (count - few[1]);
  const scaled = (key: "roundTrips" | "sent" | "received" | "cpu") => {
    const median = long[key].median + (long[key].median - short[key].median) / (few[1] - few[0]) * (count - few[1]);
    return { median, min: median, max: median };
  };
  const figures: Figures = {
    ...long,
    wall: { median: wall, min: wall, max: wall },
    roundTrips: scaled("roundTrips"),
    sent: scaled("sent"),
    received: scaled("received"),
    cpu: scaled("cpu"),
  };
  return { wall, figures, note: ` (from ${few[0]} and ${few[1]} steps)` };
}
