/**
 * The bench: `deno task bench [W1 W2 …] [--rounds N]`. Runs the workloads one by one and writes their sections of
 * `bench/results.md`. Needs root on Debian: it starts an sshd on loopback, makes users and installs the peers.
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { machineFacts } from "./rig/machine_facts.ts";
import { run } from "../tests/shared/run.ts";
import { makeRig } from "./rig/mod.ts";
import { merge, sectionOf } from "./rig/results.ts";
import type { Workload } from "./workload.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { rounds: { type: "string", default: "4" } },
});
const folder = new URL("workloads/", import.meta.url);
const workloads: Workload[] = [];
for await (const { name } of Deno.readDir(folder)) {
  if (!name.endsWith(".ts")) continue;
  const exported: Record<string, unknown> = await import(new URL(name, folder).href);
  const found = Object.values(exported).find(isWorkload);
  if (found === undefined) throw new TypeError(`bench/workloads/${name} exports no workload`);
  workloads.push(found);
}
workloads.sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
const unknown = positionals.filter((id) => !workloads.some((it) => it.id === id));
if (unknown.length > 0) throw new Error(`no workload ${unknown}; there are ${workloads.map(({ id }) => id).join(" ")}`);

const results = fileURLToPath(new URL("results.md", import.meta.url));
const say = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
let missed = 0;
let running: AsyncDisposable | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    // users, servers and relays go; what runs fails
    await Promise.allSettled([running?.[Symbol.asyncDispose]()]);
    Deno.exit(130);
  });
}
for (const workload of workloads) {
  if (positionals.length > 0 && !positionals.includes(workload.id)) continue;
  say(`${workload.id}: ${workload.title}`);
  const began = performance.now();
  await using rig = await makeRig(Number(values.rounds), say);
  running = rig;
  const result = await workload.run(rig);
  const seconds = Math.round((performance.now() - began) / 1000);
  const stamp = [`${new Date().toISOString().slice(0, 10)}`, `${rig.rounds} rounds`, `${seconds} s`];
  const section = sectionOf(workload, result, stamp);
  console.log(section);
  missed += result.targets.filter(({ met }) => !met).length;
  const head = [
    "# Results of the bench",
    "Written by `deno task bench`; no figure is typed by hand, and the notes are those of the workloads. Times are medians of interleaved runs with (shortest–longest);",
    "the first round is discarded where there are several. Round trips and bytes are counted by the relay the connections go through; CPU is user",
    "and system time of the process and all it waits for.",
    "",
    ...(await machineFacts()).map((line) => `- ${line}`),
    `- ${Object.entries(rig.versions).map(([name, version]) => `${name} ${version}`).join(", ")}`,
    "",
  ].join("\n");
  const before = await Deno.readTextFile(results).catch(() => "");
  await Deno.writeTextFile(results, merge(before, head, new Map([[workload.id, section]])));
  await run([Deno.execPath(), "fmt", "--quiet", results]);
}
say(missed === 0 ? "every target is met" : `${missed} targets are missed`);

function isWorkload(value: unknown): value is Workload {
  return typeof value === "object" && value !== null && "id" in value && "title" in value && "run" in value;
}
