/** A process that compiles so many candies once and prints how long each stage took: `compile_process.ts <candies>`. */
import process from "node:process";
import { parseConfig } from "../../lib/config/parse.ts";
import type { HostFacts } from "../../lib/facts/facts.ts";
import { compileBundle, type CompileConfig } from "../../lib/plan/compile.ts";
import { CompileMemory } from "../../lib/plan/memory.ts";
import { configValues } from "./many_candies.ts";

const facts: HostFacts = {
  hostname: "bench",
  user: "user",
  uid: 1000,
  gid: 1000,
  home: "/home/user",
  loginShell: "/bin/bash",
  machine: "x86_64",
  distro: ["debian:12", "debian"],
  format: "deb",
  glibc: "2.36",
  systemd: true,
  tools: ["bash", "sudo"],
};

/** ms, by the clock and of all processors, and what came out. */
function timed<T>(act: () => T): readonly [ms: number, result: T, cpu: number] {
  const began = performance.now();
  const before = process.cpuUsage();
  const result = act();
  const { user, system } = process.cpuUsage(before);
  return [performance.now() - began, result, (user + system) / 1000];
}

const values = configValues(Number(Deno.args[0]));
const [parse, parsed] = timed(() => parseConfig(values));
if ("issues" in parsed) throw new Error(`${parsed.issues.length} problems`);
const memory = new CompileMemory();
const plan = (config: CompileConfig) =>
  compileBundle({ config, project: "bench", bundle: "all", facts, target: "local", options: {}, files: {} }, memory);
const [compile, first, cpu] = timed(() => plan(parsed.config));
const rss = Deno.memoryUsage().rss;

/** The same values anew, as another evaluation gives them, with one candy changed. */
const changed = (change: { readonly content?: string; readonly more?: boolean }): CompileConfig => {
  const config = structuredClone({ ...parsed.config, candies: { ...parsed.config.candies } });
  const candy = config.candies["c7"]!;
  const plan = (candy.plan ?? []).map((entry) =>
    entry.write === undefined || change.content === undefined ? entry : { ...entry, content: change.content }
  );
  const more = change.more === true ? [{ mkdir: "~/one-more" }] : [];
  return { ...config, candies: { ...config.candies, c7: { ...candy, plan: [...plan, ...more] } } };
};
const edit = changed({ content: "edited\n" });
const [edited, second] = timed(() => plan(edit));
const addition = changed({ content: "edited\n", more: true });
const [added, third] = timed(() => plan(addition));
if (new Set([first, second, third].map((it) => it.plan.digest)).size !== 3) throw new Error("a change was not seen");
console.log(JSON.stringify({ parse, compile, cpu, edited, added, acts: first.acts.length, rss }));
