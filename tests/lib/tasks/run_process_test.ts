import assert from "node:assert/strict";
import { runTaskProcess, type TaskRun } from "../../../lib/tasks/run_process.ts";

/** A task that tells what it may read; `output` is what its process wrote. */
async function run(permissions: readonly string[], source: string): Promise<{ error: unknown; output: string }> {
  const root = await Deno.makeTempDir();
  let output = "";
  try {
    await Deno.writeTextFile(`${root}/charly.config.ts`, source);
    const base: Omit<TaskRun, "permissions"> = {
      task: "t",
      configUrl: `file://${root}/charly.config.ts`,
      root,
      resolution: ["--no-config"],
      env: { PATH: "/usr/bin:/bin", HOME: Deno.env.get("HOME") ?? "/root" },
      programs: {},
      args: {},
      bundles: [],
      exec: () => Promise.resolve({ code: 0 }),
      output: (_, bytes) => void (output += new TextDecoder().decode(bytes)),
    };
    const error = await runTaskProcess({ ...base, permissions }).then(() => undefined, (thrown) => thrown);
    return { error, output };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const speaks = `console.log("top level"); export default { tasks: { t: { run: () => console.log("ran") } } };`;

Deno.test("runTaskProcess() runs nothing of the configuration in a process that may do more than was declared", async () => {
  const { error, output } = await run(["-R"], speaks);
  assert.match(String(error), /its process ended before the task did \(exit code 70\)/);
  assert.equal(output, "error: start task: its process may read everything, which it did not declare\n");
});

Deno.test("runTaskProcess() runs a task that declares nothing with nothing", async () => {
  assert.deepEqual(await run([], speaks), { error: undefined, output: "top level\nran\n" });
});

Deno.test("runTaskProcess() waits for output that a task wrote last", async () => {
  const long = `export default { tasks: { t: { run: () => console.log("x".repeat(300000)) } } };`;
  assert.equal((await run([], long)).output.length, 300_001);
});
