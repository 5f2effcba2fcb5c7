/** W6: from the values of a configuration to a plan with its digest, for ten thousand candies; and again after one change. */
import { fileURLToPath } from "node:url";
import { checkout } from "../../tests/shared/charly_process.ts";
import { run as runTool } from "../../tests/shared/run.ts";
import { type Rig, showBytes, showRatio, showTime, spreadOf } from "../rig/mod.ts";
import { configText } from "../shared/many_candies.ts";
import type { TargetResult, Workload, WorkloadResult } from "../workload.ts";

const sizes = [1_000, 10_000, 100_000] as const;
const compared = 10_000;
/** Longer than this many times the candies nothing may take that is called linear. */
const slack = 1.5;

export const compile: Workload = { id: "W6", title: "compile 10,000 candies, and again after one change", run };

/** What `bench/shared/compile_process.ts` prints: ms per stage, and bytes of memory. */
interface Stages {
  readonly parse: number;
  readonly compile: number;
  readonly cpu: number;
  readonly edited: number;
  readonly added: number;
  readonly acts: number;
  readonly rss: number;
}

async function run(rig: Rig): Promise<WorkloadResult> {
  const program = fileURLToPath(new URL("../shared/compile_process.ts", import.meta.url));
  const stages = async (candies: number): Promise<Stages> =>
    JSON.parse(await runTool([Deno.execPath(), "run", "-A", "--quiet", program, String(candies)], { cwd: checkout }));
  const byPlan = new Map<number, Stages[]>(sizes.map((size) => [size, []]));
  const lists = await playbook(rig, compared);
  const peer: number[] = [];
  const peerCpu: number[] = [];
  let peerMemory = 0;
  for (let round = 0; round < rig.rounds; round++) {
    for (const size of sizes) {
      // The largest takes as long as all others together.
      if (size === 100_000 && round >= 2) continue;
      byPlan.get(size)!.push(await stages(size));
    }
    if (round >= 3) continue;
    const ran = await rig.once({ name: "ansible-playbook --list-tasks", ...lists });
    peer.push(ran.wall);
    peerCpu.push(ran.cpu);
    peerMemory = Math.max(peerMemory, ran.rss * 1024);
  }
  const at = (size: number, key: keyof Stages) => spreadOf(byPlan.get(size)!.map((one) => one[key]));
  const whole = await wholePlan(rig);
  const ansible = spreadOf(peer);
  const growth = at(100_000, "compile").min / at(1_000, "compile").min / 100;
  // A busy machine makes single runs slow: the shortest is what the work itself takes.
  const compiled = at(compared, "compile").min;
  const again = Math.max(at(compared, "edited").min, at(compared, "added").min);
  const target = (text: string, measured: number, most: number): TargetResult => ({
    target: text,
    measured: showRatio(measured),
    met: measured <= most,
  });
  return {
    tables: [
      {
        title:
          "from the values of the configuration to the plan, its acts and its digest, in a process that has just started",
        head: [
          "candies",
          "acts",
          "check the values",
          "compile",
          "CPU",
          "again, one file edited",
          "again, one step more",
          "memory",
        ],
        rows: sizes.map((size) => [
          size.toLocaleString("en"),
          at(size, "acts").median.toLocaleString("en"),
          showTime(at(size, "parse")),
          showTime(at(size, "compile")),
          `${(at(size, "cpu").min / 1000).toFixed(2)} s`,
          showTime(at(size, "edited")),
          showTime(at(size, "added")),
          showBytes(at(size, "rss").median),
        ]),
      },
      {
        title: `whole processes, ${compared.toLocaleString("en")} candies or tasks`,
        head: ["", "time", "CPU", "largest process"],
        rows: [
          [
            "`charly plan`: configuration evaluated, checked, compiled, every act asked about on the machine, printed",
            showTime(spreadOf([whole.wall])),
            `${whole.cpu.toFixed(2)} s`,
            showBytes(whole.rss * 1024),
          ],
          [
            "`ansible-playbook --list-tasks`: nothing is asked",
            showTime(ansible),
            `${Math.min(...peerCpu).toFixed(2)} s`,
            showBytes(peerMemory),
          ],
        ],
      },
    ],
    targets: [
      target("linear from 1,000 to 100,000 candies (time per candy at most 1.5 ×)", growth, slack),
      target("at most 0.2 × `ansible-playbook --list-tasks`", compiled / ansible.min, 0.2),
      target("again after one change: at most a tenth of that", again / ansible.min, 0.02),
      target("again after one change: at most a tenth of compiling", again / compiled, 0.1),
    ],
    notes: [
      "Every candy makes a directory and writes a file, every tenth runs a command, every hundredth sets a variable, all but one of " +
      "ten require the one before. A command carries the variables of all candies before it, by contract: commands × variables " +
      "is what a plan cannot be linear in, and what no machine could run (they are one process's environment).",
      "Compiling again finds out by itself what has changed: it is given new values and compares them with those it remembers.",
    ],
  };
}

/** A play of as many tasks, of the same kinds. */
async function playbook(rig: Rig, tasks: number) {
  const task = (n: number) =>
    n % 10 === 9
      ? `    - name: task ${n}\n      command: echo ${n}\n`
      : `    - name: task ${n}\n      copy:\n        content: "${n}\\n"\n        dest: ~/d${n}/f\n        mode: "0644"\n`;
  const text = Array.from({ length: tasks }, (_, n) => task(n)).join("");
  const dir = await rig.dir({ "play.yml": `- hosts: all\n  gather_facts: false\n  tasks:\n${text}` });
  return {
    command: ["/usr/bin/ansible-playbook", "-i", "localhost,", "--list-tasks", dir.join("play.yml")],
    check: ({ stdout }: { stdout: string }) => {
      if (!stdout.includes(`task ${tasks - 1}`)) throw new Error("ansible-playbook did not list every task");
    },
  };
}

/** One `charly plan` of everything, its configuration never seen before. */
async function wholePlan(rig: Rig) {
  const home = await rig.dir();
  const charly = await rig.charly(configText(compared), { HOME: home.path, PATH: "/usr/bin:/bin" });
  const contestant = await charly.contestant("charly plan", ["plan", "all"], "all");
  const ran = await rig.once(contestant);
  if (!ran.stdout.includes(`~/d${compared - 1}`)) throw new Error("charly plan did not show every candy");
  return ran;
}
