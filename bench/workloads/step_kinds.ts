/** Round trips and bytes that one more step of a kind costs, tool by tool: the slope between few and more of them. */
import { type Contestant, type Hosts, type Rig, showBytes } from "../rig/mod.ts";
import { emptyHome } from "../shared/figures.ts";
import type { Workload, WorkloadResult } from "../workload.ts";

const ms = 20;
const few = 1, more = 4;
const text = (n: number) => `# file ${n}\n${"content of a small file\n".repeat(40)}`;

/** One kind of step, as each tool writes the n-th of them. */
interface Kind {
  readonly name: string;
  readonly charly: (n: number) => string;
  readonly ansible: (n: number, dir: string) => string;
  readonly fabric: (n: number, dir: string) => string;
  readonly ssh: (n: number, dir: string) => string;
}

const kinds: readonly Kind[] = [
  {
    name: "command",
    charly: (n) => `command("/bin/echo ${n}")`,
    ansible: (n) => `command: /bin/echo ${n}`,
    fabric: (n) => `connection.run("/bin/echo ${n}", hide=True)`,
    ssh: (n) => `ssh -S "$m" h0 '/bin/echo ${n}'`,
  },
  {
    name: "file of 1 KiB",
    charly: (n) => `write("~/f/${n}", { content: ${JSON.stringify(text(n))} })`,
    ansible: (n, dir) => `copy: { src: "${dir}/${n}", dest: "~/f/${n}" }`,
    fabric: (n, dir) => `connection.put("${dir}/${n}", "f/${n}")`,
    ssh: (n, dir) => `ssh -S "$m" h0 'cat >f/${n}' <'${dir}/${n}'`,
  },
  {
    name: "directory",
    charly: (n) => `mkdir("~/f/d${n}")`,
    ansible: (n) => `file: { path: "~/f/d${n}", state: directory }`,
    fabric: (n) => `connection.run("mkdir -p f/d${n}", hide=True)`,
    ssh: (n) => `ssh -S "$m" h0 'mkdir -p f/d${n}'`,
  },
  {
    name: "symlink",
    charly: (n) => `link("~/f/l${n}", { target: "/etc/hostname" })`,
    ansible: (n) => `file: { path: "~/f/l${n}", src: /etc/hostname, state: link }`,
    fabric: (n) => `connection.run("ln -sfn /etc/hostname f/l${n}", hide=True)`,
    ssh: (n) => `ssh -S "$m" h0 'ln -sfn /etc/hostname f/l${n}'`,
  },
];

export const stepKinds: Workload = {
  id: "Steps",
  title: `round trips and bytes per step kind (first run / run again), ${ms} ms`,
  run,
};

async function run(rig: Rig): Promise<WorkloadResult> {
  const fleet = await rig.fleet();
  const hosts = await fleet.behind(ms);
  const dir = await rig.dir(Object.fromEntries(Array.from({ length: more }, (_, n) => [`src/${n}`, text(n)])));
  const rows: string[][] = [];
  const tools = ["charly", "mitogen", "Ansible, pipelining", "Fabric", "ssh, shared connection"] as const;
  for (const kind of kinds) {
    rig.say(`  ${kind.name}`);
    for (const tool of tools) {
      const costs: (readonly [trips: number, bytes: number])[][] = [];
      for (const count of [few, more]) {
        await emptyHome(fleet, 0);
        await Deno.mkdir(`${fleet.home(0)}/f`);
        await Deno.chown(`${fleet.home(0)}/f`, ...await ownerOf(fleet.home(0)));
        const contestant = await contestantOf(rig, hosts, dir, tool, kind, count);
        const runs: [number, number][] = [];
        for (let again = 0; again < 2; again++) {
          if (tool !== "charly") await contestant.before?.();
          const { traffic } = await rig.once(contestant, hosts.relay);
          runs.push([traffic.roundTrips, traffic.sent + traffic.received]);
        }
        costs.push(runs);
      }
      const slope = (again: number, what: 0 | 1) => (costs[1]![again]![what] - costs[0]![again]![what]) / (more - few);
      rows.push([
        kind.name,
        tool,
        `${slope(0, 0).toFixed(1)} / ${slope(1, 0).toFixed(1)}`,
        `${showBytes(slope(0, 1))} / ${showBytes(slope(1, 1))}`,
        `${costs[1]![0]![0]} / ${costs[1]![1]![0]}`,
      ]);
    }
  }
  return {
    tables: [{
      title: "One more step costs",
      head: ["step", "tool", "round trips", "bytes both ways", `round trips of a whole run of ${more}`],
      rows,
    }],
    targets: [],
    notes: [
      `The slope between runs of ${few} and of ${more} steps, one run each: what is counted does not depend on the load of the machine. Bytes are those on the wire, encrypted; mitogen has its ssh compress them, as it does by default.`,
    ],
  };
}

async function ownerOf(path: string): Promise<[number, number]> {
  const { uid, gid } = await Deno.stat(path);
  return [uid!, gid!];
}

async function contestantOf(
  rig: Rig,
  hosts: Hosts,
  dir: Awaited<ReturnType<Rig["dir"]>>,
  tool: string,
  kind: Kind,
  count: number,
): Promise<Contestant> {
  const each = (write: (n: number, dir: string) => string) =>
    Array.from({ length: count }, (_, n) => write(n, dir.join("src")));
  switch (tool) {
    case "charly": {
      const project = await rig.charly(
        `import { bundle, candy, command, defineConfig, link, mkdir, ssh, write } from "@charly/charly";
export default defineConfig({
  project: "bench",
  candies: { it: candy({ version: "2026.300.0900", description: "steps", plan: [${each(kind.charly).join(", ")}] }) },
  bundles: { web: bundle({ on: ssh("h0"), candy: ["it"] }) },
});
void [command, link, mkdir, write];
`,
        hosts.env,
      );
      return await project.contestant(tool, ["apply", "web", "--yes"]);
    }
    case "Fabric":
      return await rig.fabric(dir, hosts, `connection = connections[0]\n${each(kind.fabric).join("\n")}\n`);
    case "ssh, shared connection": {
      const lines = each(kind.ssh).join("\n");
      return {
        name: tool,
        command: [
          "sh",
          "-ec",
          `m=$PWD/m; ssh -M -S "$m" -fN h0 2>/dev/null\n${lines}\nssh -S "$m" -O exit h0 2>/dev/null`,
        ],
        env: hosts.env,
        cwd: dir.path,
      };
    }
    default: {
      const play = `- hosts: all\n  gather_facts: false\n  tasks:\n${
        each(kind.ansible).map((task) => `    - ${task}\n`).join("")
      }`;
      return await rig.ansible(dir, hosts, { mode: tool === "mitogen" ? "mitogen" : "pipelining", play });
    }
  }
}
