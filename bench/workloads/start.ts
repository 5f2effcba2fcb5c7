/** W5: how long charly takes to start, beside an empty Deno program: the floor that nothing can go below. */
import { checkout } from "../../tests/shared/charly_process.ts";
import { run as runTool } from "../../tests/shared/run.ts";
import { type Contestant, type Figures, type Rig, showRatio, showTime } from "../rig/mod.ts";
import type { TempDir } from "../../tests/shared/tmp.ts";
import type { TargetResult, Workload, WorkloadResult } from "../workload.ts";

const most = 3;

/** What a user waits for: label, words, and what must stand in the answer. */
const calls = {
  version: ["`charly --version`", ["--version"], /^charly \d/],
  help: ["`charly --help`", ["--help"], /deploy/],
  verbHelp: ["`charly bundle add --help`", ["bundle", "add", "--help"], /--host/],
  script: ["`charly completion bash`", ["completion", "bash"], /complete -o/],
  verbs: ["TAB behind `charly bu`", ["__complete", "bu"], /^bundle\t/],
  flags: ["TAB behind `charly apply --`", ["__complete", "apply", "--"], /--yes\t/],
  names: ["TAB behind `charly plan `: names out of the configuration", ["__complete", "plan", ""], /^web\t/],
} as const satisfies Record<string, readonly [string, readonly string[], RegExp]>;

const config = (note: string) =>
  `import { bundle, candy, defineConfig, local, write } from "@charly/charly";
// ${note}
export default defineConfig({
  project: "bench",
  candies: { motd: candy({ version: "2026.300.0900", description: "hi", plan: [write("~/motd", { content: "hi" })] }) },
  bundles: { web: bundle({ on: local(), candy: ["motd"] }) },
});
`;

export const start: Workload = { id: "W5", title: "start: `--version`, `--help`, completion", run };

async function run(rig: Rig): Promise<WorkloadResult> {
  const dir = await rig.dir({
    "empty.ts": "",
    "project/deno.json": JSON.stringify({ imports: { "@charly/charly": `file://${checkout}/mod.ts` } }),
    "project/charly.config.ts": config("as it was"),
  });
  const env = await installed(dir);
  let edits = 0;
  const contestant = (name: string, words: readonly string[], answer: RegExp): Contestant => ({
    name,
    command: [dir.join("bin/charly"), ...words],
    cwd: dir.join("project"),
    env,
    check: ({ stdout }) => {
      if (!answer.test(stdout)) {
        throw new Error(`charly ${words.join(" ")} said ${JSON.stringify(stdout.slice(0, 400))}`);
      }
    },
  });
  const peers = [
    { name: "ansible", command: ["/usr/bin/ansible-playbook", "--version"], rounds: 3 },
    { name: "fabric", command: ["/usr/bin/python3", "-m", "fabric", "--version"], rounds: 3 },
  ];
  const changed: Contestant = {
    ...contestant("changed", calls.names[1], calls.names[2]),
    before: () => Deno.writeTextFile(dir.join("project/charly.config.ts"), config(`edited ${++edits} times`)),
  };
  const figures: Record<string, Figures> = await rig.measure([
    { name: "empty", command: [dir.join("bin/empty")], env },
    ...Object.entries(calls).map(([name, [, words, answer]]) => contestant(name, words, answer)),
    changed,
    ...peers,
  ]);
  const empty = figures["empty"]!;
  // A busy machine makes single runs slow: the shortest of many is what the program itself takes.
  const ratio = (name: string) => figures[name]!.wall.min / empty.wall.min;
  const row = (label: string, name: string) => {
    const { wall, cpu, rss } = figures[name]!;
    return [
      label,
      showTime(wall),
      `${cpu.median.toFixed(2)} s`,
      `${Math.round(rss.max / 1024)} MiB`,
      showRatio(ratio(name)),
    ];
  };
  return {
    tables: [{
      title: "start of an installed charly",
      head: ["", "time", "CPU", "memory", "× empty (shortest runs)"],
      rows: [
        row("an empty Deno program", "empty"),
        ...Object.entries(calls).map(([name, [label]]) => row(label, name)),
        row("the same, just after the configuration was edited", "changed"),
        row("`ansible-playbook --version`", "ansible"),
        row("`fab --version`", "fabric"),
      ],
    }],
    targets: Object.entries(calls).map(([name, [label]]): TargetResult => ({
      target: `${label}: at most ${most} × an empty Deno program`,
      measured: showRatio(ratio(name)),
      met: ratio(name) <= most,
    })),
    notes: [
      "A configuration that was edited is evaluated in the sandbox: one Deno process looks at its imports, and when they are allowed " +
      "a second one runs it, so that the first TAB behind an edit pays for three starts. From then on its names are remembered " +
      "until one of its files changes.",
    ],
  };
}

/** `deno install --global` of charly and of the empty program, as the README tells it; the environment to run them in. */
async function installed(dir: TempDir): Promise<Readonly<Record<string, string>>> {
  const install = (name: string, ...more: string[]) =>
    runTool([Deno.execPath(), "install", "--global", "--quiet", "--root", dir.path, "--name", name, "-A", ...more]);
  await install("charly", "--config", `${checkout}/deno.json`, `${checkout}/tasks/main.ts`);
  await install("empty", dir.join("empty.ts"));
  // The launchers say `deno`: whichever runs the bench stands in for it.
  await Deno.symlink(Deno.execPath(), dir.join("bin/deno"));
  const { denoDir } = JSON.parse(await runTool([Deno.execPath(), "info", "--json"]));
  return { PATH: `${dir.join("bin")}:/usr/bin:/bin`, HOME: dir.path, DENO_DIR: denoDir, NO_COLOR: "1" };
}
