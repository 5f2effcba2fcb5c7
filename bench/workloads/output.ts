/** W7: steps that print without end, and many that print a little. */
import { createHash } from "node:crypto";
import { type CharlyBench, type Rig, showBytes, showRatio, showTime, spreadOf } from "../rig/mod.ts";
import { emptyHome } from "../shared/figures.ts";
import type { TargetResult, Workload, WorkloadResult } from "../workload.ts";

const mib = 1024 ** 2, gib = 1024 ** 3;
const many = 1000;
/** What the peak may be beside that of an eighth of the output: it must not grow with what is printed. */
const most = 1.25;

export const output: Workload = {
  id: "W7",
  title: `1 GiB of step output without a line break, 256 MiB of lines; ${many} steps of 1 KiB`,
  run,
};

/** Steps that print: a MiB of noise again and again, or lines. */
const noise = (size: number) =>
  `dd if=/dev/urandom bs=1048576 count=1 2>/dev/null | tr '\\n' x >~/noise; n=0; ` +
  `while [ $n -lt ${size / mib} ]; do cat ~/noise; n=$((n + 1)); done`;
const line = "a line of sixty-three characters, which is what lines usually have!";
const lines = (size: number) => `yes '${line}' | head -c ${size}`;
const loud = [
  { label: "binary, no line break", command: noise, small: gib / 8, large: gib },
  { label: "lines", command: lines, small: gib / 32, large: gib / 4 },
] as const;

async function run(rig: Rig): Promise<WorkloadResult> {
  const fleet = await rig.fleet();
  const hosts = await fleet.behind(0);
  const charly = await rig.charly(config([":"]), hosts.env);
  const before = async () => {
    await emptyHome(fleet, 0);
    await charly.forget();
  };
  const contestant = { ...await charly.contestant("charly", ["apply", "web", "--yes"], "all"), before };
  await rig.once(contestant); // says why, should it not run
  const base = await rig.peakMemory(contestant);
  const rows: string[][] = [["a step that prints nothing", "", showBytes(base * 1024), ""]];
  const targets: TargetResult[] = [];
  for (const { label, command, small, large } of loud) {
    const peaks: number[] = [];
    for (const size of [small, large]) {
      await charly.configure(config([command(size)]));
      rig.say(`  ${showBytes(size)}: ${label}`);
      const began = performance.now();
      const peak = await rig.peakMemory(contestant);
      const wall = performance.now() - began;
      peaks.push(peak);
      const piece = label === "lines"
        ? new TextEncoder().encode(`${line}\n`)
        : await Deno.readFile(`${fleet.home(0)}/noise`);
      const same = await kept(charly) === await digestOf(repeated(piece, size));
      rows.push([
        `${showBytes(size)}, ${label}`,
        showTime(spreadOf([wall])),
        showBytes(peak * 1024),
        same ? "the same" : "another",
      ]);
      targets.push({
        target: `nothing lost in the file (${showBytes(size)}, ${label})`,
        measured: same ? "same SHA-256" : "lost",
        met: same,
      });
    }
    const ratio = peaks[1]! / peaks[0]!;
    targets.push({
      target: `memory of ${showBytes(large)} at most ${most} × that of ${showBytes(small)} (${label})`,
      measured: showRatio(ratio),
      met: ratio <= most,
    });
  }
  await charly.configure(config(Array.from({ length: many }, (_, n) => `printf '%01024d' ${n}`)));
  rig.say(`  ${many} steps`);
  const began = performance.now();
  const peak = await rig.peakMemory(contestant);
  rows.push([
    `${many} steps of 1 KiB`,
    showTime(spreadOf([performance.now() - began])),
    showBytes(peak * 1024),
    "",
  ]);
  return {
    tables: [{
      title: "one host, 0 ms",
      head: ["", "time", "memory of all processes at the peak", "SHA-256 of the file"],
      rows,
    }],
    targets,
    notes: [
      "Memory is PSS, looked at twenty times a second. What a step prints waits on the target while nobody takes it (`tests/attack/output_test.ts`), so memory does not depend on who is slower.",
      `The relay on the target bounds the rate: every 64 KiB are read, counted and sent by a shell.`,
    ],
  };
}

function config(commands: readonly string[]): string {
  const plan = commands.map((command) => ({ command, timeout: "30m", undo: "none" }));
  return `import { bundle, candy, defineConfig, ssh } from "@charly/charly";
export default defineConfig({
  project: "bench",
  candies: {
    loud: candy({ version: "2026.300.0900", description: "prints", plan: ${JSON.stringify(plan)} }),
  },
  bundles: { web: bundle({ on: ssh("h0"), candy: ["loud"] }) },
});
`;
}

/** The digest of the one file charly kept. */
async function kept(charly: CharlyBench): Promise<string> {
  const found: string[] = [];
  const look = async (path: string) => {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (isDirectory) await look(`${path}/${name}`);
      else found.push(`${path}/${name}`);
    }
  };
  await look(charly.dir.join("state/charly/output"));
  if (found.length !== 1) throw new Error(`${found.length} files were kept`);
  return await digestOf((await Deno.open(found[0]!)).readable);
}

/** `piece` again and again, `size` bytes. */
function* repeated(piece: Uint8Array, size: number): Generator<Uint8Array> {
  for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, left);
}

async function digestOf(bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest("hex");
}
