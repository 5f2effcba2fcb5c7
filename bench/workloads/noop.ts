/** W1: 100 files that are all as they should be: how long until a tool says so? */
import { ansiblePlay, charlyConfig, count, sources } from "../shared/hundred_files.ts";
import { ansibleTime, fromFew } from "../shared/ansible_time.ts";
import { type Rig, showRatio } from "../rig/mod.ts";
import { figuresHead, figuresRow } from "../shared/figures.ts";
import type { Table, TargetResult, Workload, WorkloadResult } from "../workload.ts";

const delays = [20, 100] as const;

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
    const slow = await rig.measure([{ ...mitogen, name: "mitogen", rounds: 1 }], hosts.relay);
    const pipelining = await ansibleTime(rig, dir, hosts);
    tables.push({
      title: `${ms} ms round trip`,
      head: figuresHead,
      rows: [
        figuresRow("`ssh host true`", quick.ssh),
        figuresRow("charly (asks for permissions)", quick.charly),
        figuresRow("charly (installed: `-A`)", quick.all),
        figuresRow("charly (one-file bundle, `-A`)", quick.bundle),
        figuresRow("mitogen", slow.mitogen),
        figuresRow(`Ansible, pipelining${fromFew}`, pipelining),
      ],
    });
    targets.push(
      {
        target: `at most 12 round trips in all (${ms} ms)`,
        measured: quick.charly.roundTrips.median.toFixed(0),
        met: quick.charly.roundTrips.median <= 12,
      },
      ratioAtLeast(
        `50 × faster than Ansible with pipelining (${ms} ms)`,
        pipelining.wall.median / quick.charly.wall.median,
        50,
      ),
      ratioAtLeast(`10 × faster than mitogen (${ms} ms)`, slow.mitogen.wall.median / quick.charly.wall.median, 10),
    );
    if (ms === 20) {
      for (const [start, it] of [["installed", quick.all], ["asks for permissions", quick.charly]] as const) {
        const ratio = it.wall.median / quick.ssh.wall.median;
        targets.push({
          target: `at most 1.3 × \`ssh host true\` (20 ms, ${start})`,
          measured: showRatio(ratio),
          met: ratio <= 1.3,
        });
      }
    }
  }
  return {
    tables,
    targets,
    notes: [
      "`ssh host true` waits 9 times: TCP, identification, key exchange (2), authentication (3), session, program. charly waits for those and for the driver's first line, its hello with the facts, the answers about all steps, and the driver's leave.",
      "What bounds the time over `ssh`: starting Deno and loading the modules of the engine and of ssh2 before the first byte leaves; two shells that start on the target, one of which says its facts; one round trip more for the driver's way there, one for the answers about all steps, and one for its leave.",
      "Tried and kept: a config that has not changed is not evaluated again; the connection begins while engine and ssh2 are loaded; who only plans loads no Zod; a host with nothing to do takes its leave while the rest is shown. Tried and not kept: the system's ssh in place of ssh2, which was slower.",
      "A start that asks for permissions is two Deno processes: the first one finds out what the second one may do.",
    ],
  };
}

function ratioAtLeast(target: string, ratio: number, least: number): TargetResult {
  return { target, measured: showRatio(ratio), met: ratio >= least };
}
