/** W3: ten commands on each of many hosts. */
import { type Figures, type Rig, showBytes, showRatio } from "../rig/mod.ts";
import { emptyHome, figuresHead, figuresRow } from "../shared/figures.ts";
import type { Table, TargetResult, Workload, WorkloadResult } from "../workload.ts";

const ms = 20;
const steps = 10;
const sizes = [20, 100] as const;

export const fleetOfHosts: Workload = {
  id: "W3",
  title: `${sizes.join(" and ")} hosts × ${steps} commands, ${ms} ms`,
  run,
};

async function run(rig: Rig): Promise<WorkloadResult> {
  const fleet = await rig.fleet(Math.max(...sizes));
  const hosts = await fleet.behind(ms);
  const dir = await rig.dir();
  const tables: Table[] = [], targets: TargetResult[] = [], notes: string[] = [];
  const charlyOn = async (count: number) => {
    const project = await rig.charly(config(hosts.names.slice(0, count)), hosts.env);
    return {
      ...await project.contestant("charly", ["apply", "web", "--yes", "--parallel", String(count)]),
      before: async () => {
        for (let n = 0; n < count; n++) await emptyHome(fleet, n);
        await project.forget();
      },
    };
  };
  for (const count of sizes) {
    rig.say(`  ${count} hosts`);
    const peer = async (mode: "mitogen" | "pipelining") => await rig.ansible(dir, hosts, { mode, play: play(), count });
    const rounds = count > 20 ? 1 : 3;
    const it = await rig.measure(
      [{ ...await charlyOn(count), name: "charly", rounds }, { ...await peer("mitogen"), name: "mitogen", rounds: 1 }],
      hosts.relay,
    );
    const rows = [figuresRow("charly", it.charly, count), figuresRow("mitogen, forks = hosts", it.mitogen, count)];
    if (count <= 20) {
      const { slow } = await rig.measure([{ ...await peer("pipelining"), name: "slow", rounds: 1 }], hosts.relay);
      rows.push(figuresRow("Ansible, pipelining, forks = hosts", slow as Figures, count));
    }
    tables.push({ title: `${count} hosts (round trips per host)`, head: figuresHead, rows });
    const ratio = it.mitogen.wall.median / it.charly.wall.median;
    targets.push({ target: `5 × faster than mitogen (${count} hosts)`, measured: showRatio(ratio), met: ratio >= 5 });
  }
  rig.say("  memory");
  const one = await rig.peakMemory(await charlyOn(1)), all = await rig.peakMemory(await charlyOn(100));
  const perHost = (all - one) * 1024 / 99;
  targets.push({
    target: "at most 1.5 MiB per host beyond the base",
    measured: `${showBytes(perHost)} (${showBytes(one * 1024)} with 1 host, ${showBytes(all * 1024)} with 100)`,
    met: perHost <= 1.5 * 1024 * 1024,
  });
  return { tables, targets, notes };
}

function config(names: readonly string[]): string {
  return `import { bundle, candy, command, defineConfig, ssh } from "@charly/charly";
export default defineConfig({
  project: "bench",
  candies: {
    ten: candy({
      version: "2026.300.0900",
      description: "ten commands",
      plan: Array.from({ length: ${steps} }, (_, n) => command(\`/bin/echo \${n}\`)),
    }),
  },
  bundles: { web: bundle({ on: ssh(${JSON.stringify(names)}), candy: ["ten"] }) },
});
`;
}

function play(): string {
  const tasks = Array.from({ length: steps }, (_, n) => `    - command: /bin/echo ${n}\n`);
  return `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join("")}`;
}
