/** W9: a project of 330 files of YAML: read and checked beside what its parser alone takes, and planned again from what was kept. */
import { fileURLToPath } from "node:url";
import { checkout } from "../../tests/shared/charly_process.ts";
import { run as runTool } from "../../tests/shared/run.ts";
import { type Contestant, type Rig, showBytes, showRatio, showTime, type Spread, spreadOf } from "../rig/mod.ts";
import { files, yamlProject } from "../shared/yaml_project.ts";
import type { TempDir } from "../../tests/shared/tmp.ts";
import type { Workload, WorkloadResult } from "../workload.ts";

const mostOfParser = 3;
const mostOfEmpty = 8;
/** Longer than this many times per byte nothing may take that is called linear. */
const slack = 1.5;
/** Projects: files, and steps of each layer. */
const sizes = { small: [files / 2, 12], whole: [files, 12], long: [files, 48], many: [files * 4, 12] } as const;
type Size = keyof typeof sizes;

export const yaml: Workload = { id: "W9", title: `a project of ${files} YAML files`, run };

/** What `bench/shared/yaml_process.ts` prints. */
interface Reading {
  readonly modules: number;
  readonly work: number;
  readonly bytes: number;
}

async function run(rig: Rig): Promise<WorkloadResult> {
  const program = fileURLToPath(new URL("../shared/yaml_process.ts", import.meta.url));
  const dirs = {} as Record<Size, TempDir>;
  for (const [size, [count, steps]] of Object.entries(sizes)) {
    dirs[size as Size] = await rig.dir(yamlProject(count, steps));
  }
  const readings: Record<"parse" | "load", Record<Size, Reading[]>> = {
    parse: { small: [], whole: [], long: [], many: [] },
    load: { small: [], whole: [], long: [], many: [] },
  };
  for (let round = 0; round <= rig.rounds; round++) {
    for (const size of Object.keys(sizes) as Size[]) {
      for (const mode of ["parse", "load"] as const) {
        const words = [Deno.execPath(), "run", "-A", "--quiet", "--no-check", program, mode, dirs[size].path];
        const read: Reading = JSON.parse(await runTool(words, { cwd: checkout }));
        if (round > 0) readings[mode][size].push(read);
      }
    }
  }
  const work = (mode: "parse" | "load", size: Size): Spread => spreadOf(readings[mode][size].map((it) => it.work));
  const whole = (mode: "parse" | "load", size: Size): Spread =>
    spreadOf(readings[mode][size].map((it) => it.modules + it.work));
  const bytes = (size: Size) => readings.parse[size][0]!.bytes;
  // A busy machine makes single runs slow: the shortest of many is what the work itself takes.
  const ratio = work("load", "whole").min / work("parse", "whole").min;
  const withModules = whole("load", "whole").min / whole("parse", "whole").min;
  const perByte = (size: Size) => work("load", size).min / bytes(size);
  const growth = Math.max(perByte("long"), perByte("many")) / perByte("small");
  const again = await plans(rig, dirs.whole, await rig.dir(yamlProject(8)));
  const plan = again.figures["kept"]!.wall.min / again.figures["empty"]!.wall.min;
  return {
    tables: [
      {
        title: "read and check a project that nothing is kept of, in a process of its own",
        head: [
          "files",
          "bytes",
          "npm:yaml parses it",
          "charly reads and checks it",
          "ratio",
          "with loading the modules",
        ],
        rows: (Object.keys(sizes) as Size[]).map((size) => [
          String(sizes[size][0]),
          showBytes(bytes(size)),
          showTime(work("parse", size)),
          showTime(work("load", size)),
          showRatio(work("load", size).min / work("parse", size).min),
          `${showTime(whole("parse", size))}; ${showTime(whole("load", size))}`,
        ]),
      },
      {
        title: `\`charly plan web\` (3 of ${files - 1} layers, this machine), an installed charly`,
        head: ["", "time", "CPU", "memory", "× empty (shortest runs)"],
        rows: ([
          ["empty", "an empty Deno program"],
          ["first", "the first plan: everything is read"],
          [
            "kept",
            "the second: nothing has changed",
          ],
          ["edited", "one file was edited"],
          ["few", "the second plan of the same bundle in a project of 8 files"],
        ] as const).map(([name, label]) => {
          const { wall, cpu, rss } = again.figures[name]!;
          return [
            label,
            showTime(wall),
            `${cpu.median.toFixed(2)} s`,
            `${Math.round(rss.max / 1024)} MiB`,
            showRatio(wall.min / again.figures["empty"]!.wall.min),
          ];
        }),
      },
    ],
    targets: [
      {
        target: `reading and checking ${files} files: at most ${mostOfParser} × what npm:yaml needs to parse them`,
        measured: `${showRatio(ratio)} (${showRatio(withModules)} with loading the modules)`,
        met: ratio <= mostOfParser && withModules <= mostOfParser,
      },
      {
        target: `linear in bytes: time per byte at most ${slack} × over eight times the bytes`,
        measured: showRatio(growth),
        met: growth <= slack,
      },
      {
        target: `a second plan of one bundle: at most ${mostOfEmpty} × an empty Deno program`,
        measured: showRatio(plan),
        met: plan <= mostOfEmpty,
      },
    ],
    notes: [
      "The first table's times begin when the modules are loaded and end with the checked configuration; its last column has " +
      "them in. npm:yaml is given the same bytes and asked for documents, as charly asks it.",
      "The second plan reads all files again to see that none has changed, lists the directories that were searched, and " +
      "takes the configuration as it was; it then asks this machine about every step, as every plan does: what a project of 8 " +
      "files takes is what bounds it.",
    ],
  };
}

/** `charly plan web` with and without something kept. @param few a small project with the same bundle */
async function plans(rig: Rig, project: TempDir, few: TempDir) {
  const dir = await rig.dir({ "empty.ts": "", "home/.profile": "" });
  const install = (name: string, ...more: string[]) =>
    runTool([Deno.execPath(), "install", "--global", "--quiet", "--root", dir.path, "--name", name, "-A", ...more]);
  await install("charly", "--config", `${checkout}/deno.json`, `${checkout}/tasks/main.ts`);
  await install("empty", dir.join("empty.ts"));
  // The launchers say `deno`: whichever runs the bench stands in for it.
  await Deno.symlink(Deno.execPath(), dir.join("bin/deno"));
  const { denoDir } = JSON.parse(await runTool([Deno.execPath(), "info", "--json"]));
  const env = {
    PATH: `${dir.join("bin")}:/usr/bin:/bin`,
    HOME: dir.join("home"),
    DENO_DIR: denoDir,
    NO_COLOR: "1",
    XDG_STATE_HOME: dir.join("state"),
  };
  for (const { path } of [project, few]) await aged(path);
  const plan = (name: string, before?: () => Promise<void>, cwd = project.path): Contestant => ({
    name,
    command: [dir.join("bin/charly"), "plan", "web"],
    cwd,
    env,
    ...(before === undefined ? {} : { before }),
    check: ({ stdout }) => {
      if (!/^web on local/.test(stdout)) throw new Error(`charly plan said ${JSON.stringify(stdout.slice(0, 400))}`);
    },
  });
  const layer = `${project.path}/candy/l100/charly.yml`;
  const text = await Deno.readTextFile(layer);
  let edits = 0;
  const forget = async () => {
    for (const { name } of Deno.readDirSync(`${denoDir}/charly`)) {
      const path = `${denoDir}/charly/${name}`;
      if ((await Deno.readTextFile(path)).includes(layer)) await Deno.remove(path);
    }
  };
  const figures = await rig.measure([
    { name: "empty", command: [dir.join("bin/empty")], env },
    plan("first", () => forget().catch(() => {})), // the first time there is nothing to forget
    plan("kept"),
    plan("edited", async () => {
      await Deno.writeTextFile(layer, `${text}# edited ${++edits} times\n`);
      await aged(project.path);
    }),
    plan("few", undefined, few.path),
  ]);
  return { figures };
}

/** Files as old as those somebody wrote before calling charly: what changes while it is read is not kept. */
async function aged(path: string): Promise<void> {
  const then = new Date(Date.now() - 60_000);
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    if (isDirectory) await aged(`${path}/${name}`);
    await Deno.utime(`${path}/${name}`, then, then);
  }
}
