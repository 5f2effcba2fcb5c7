import assert from "node:assert/strict";
import type { CliProject } from "../../lib/cli/context.ts";
import type { HostExec } from "../../lib/deploy/contract.ts";
import type { TaskData } from "../../lib/entities/task.ts";
import { charly, type CliRun, project } from "../shared/cli.ts";

const config = `
import process from "node:process";
export default { tasks: {
  greet: { args: { name: { default: "you" } }, run: ({ args }) => { console.log("hello " + args.name); } },
  reads: { run: () => { Deno.readTextFileSync("/etc/passwd"); } },
  rights: { permissions: { env: ["HOME"], net: ["localhost:1"] }, run: async () => {
    for (const name of ["read", "write", "net", "run", "env", "sys", "ffi"]) {
      console.log(name, Deno.permissions.querySync({ name }).state !== "granted");
    }
    console.log("HOME", Deno.permissions.querySync({ name: "env", variable: "HOME" }).state);
    console.log("net", Deno.permissions.querySync({ name: "net", host: "localhost:1" }).state);
  } },
  programs: { permissions: { run: ["printenv", "./tool.v2"] }, run: async ({ $ }) => {
    console.log(await $\`printenv SECRET\`.noThrow().text() || "no secret");
    console.log(await $\`./tool.v2 \${"a b"}\`.text());
    await $\`cat /etc/hostname\`;
  } },
  remote: { run: async ({ hosts }) => {
    console.log(await hosts.web.$\`printf %s \${"it's"}\`.text());
    await hosts.web.$\`exit 7\`;
  } },
  ends: { run: () => { Deno.exit(0); } },
  one: { run: () => { console.log("from one"); } },
  two: { run: () => { console.log("from two"); } },
  pair: { needs: ["one", "two"] },
  after: { needs: ["reads", "one"], run: () => { console.log("never"); } },
} };
`;

const data: Record<string, TaskData> = {
  greet: { args: { name: { default: "you" } }, run: "function" },
  reads: { run: "function" },
  rights: { permissions: { env: ["HOME"], net: ["localhost:1"] }, run: "function" },
  programs: { permissions: { run: ["printenv", "./tool.v2"] }, run: "function" },
  remote: { run: "function" },
  ends: { run: "function" },
  one: { run: "function" },
  two: { run: "function" },
  pair: { needs: ["one", "two"] },
  after: { needs: ["reads", "one"], run: "function" },
};

const sh: HostExec = async (_bundle, script, io) => {
  const { code, stdout, stderr } = await new Deno.Command("/bin/sh", { args: ["-c", script] }).output();
  io.stdout(stdout);
  io.stderr(stderr);
  return { code };
};

/** Runs a task in a project of its own; the task writes to this process, so that is a process of its own, too. */
async function runTask(...words: string[]): Promise<CliRun> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${root}/charly.config.ts`, config);
    await Deno.writeTextFile(`${root}/deno.json`, "{}");
    await Deno.writeTextFile(`${root}/tool.v2`, '#!/bin/sh\nprintf "tool:%s" "$1"\n', { mode: 0o755 });
    const world: CliProject = { ...project({ tasks: data }), root, configUrl: `file://${root}/charly.config.ts` };
    const api = { openHosts: () => Promise.resolve({ exec: sh, [Symbol.asyncDispose]: () => Promise.resolve() }) };
    return await charly(["--json=events", "run", ...words], { api, project: world });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The events of one kind. */
function events(run: CliRun, kind: string): Record<string, unknown>[] {
  return run.stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).filter(({ event }) => event === kind);
}
const lines = (run: CliRun) => events(run, "task-output").map(({ line }) => line);

Deno.test("run gives a task its arguments", async () => {
  const run = await runTask("greet", "--name", "it's $(me)");
  assert.deepEqual([run.code, lines(run)], [0, ["hello it's $(me)"]]);
});

Deno.test("run gives a task's process exactly the permissions it declares", async () => {
  const run = await runTask("rights");
  const none = ["read", "write", "net", "run", "env", "sys", "ffi"].map((name) => `${name} true`);
  assert.deepEqual([run.code, lines(run)], [0, [...none, "HOME granted", "net granted"]]);
});

Deno.test("run names the permission a task lacks, and where to declare it", async () => {
  const { code, stdout } = await runTask("reads");
  assert.equal(code, 1);
  const { result } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as {
    result: { tasks: { error: Record<string, string> }[] };
  };
  assert.match(result.tasks[0]!.error["message"]!, /^run task reads: Requires read access to "\/etc\/passwd"/);
  assert.equal(result.tasks[0]!.error["hint"], 'declare it: permissions: { read: ["/etc/passwd"] }');
});

Deno.test("run lets $ start declared programs with `run` alone, and no others", async () => {
  Deno.env.set("SECRET", "hunter2");
  try {
    const run = await runTask("programs");
    assert.equal(run.code, 1);
    assert.deepEqual(lines(run).slice(0, 2), ["no secret", "tool:a b"]);
    assert.match(run.stdout, /cat .*Requires read access/);
  } finally {
    Deno.env.delete("SECRET");
  }
});

Deno.test("run carries hosts.x.$ out through the bundle's executor, and its failure fails the task", async () => {
  const run = await runTask("remote");
  assert.deepEqual([run.code, lines(run)[0]], [1, "it's"]);
  assert.match(run.stdout, /run task remote: Exited with code: 7 \(on web\)/);
});

Deno.test("run tells that a task ended its own process", async () => {
  const run = await runTask("ends");
  assert.equal(run.code, 1);
  assert.match(run.stdout, /its process ended before the task did \(exit code 0\)/);
});

Deno.test("run tells the output of tasks side by side apart", async () => {
  const run = await runTask("pair");
  assert.equal(run.code, 0);
  assert.deepEqual(events(run, "task-output").map(({ task, line }) => `${task}: ${line}`).sort(), [
    "one: from one",
    "two: from two",
  ]);
});

Deno.test("run stops what needs a failed task, and lets the others end", async () => {
  const run = await runTask("after");
  assert.equal(run.code, 1);
  assert.deepEqual(lines(run), ["from one"]);
  const { result } = JSON.parse(run.stdout.trimEnd().split("\n").at(-1)!) as {
    result: { tasks: { task: string; result: string; because?: string }[] };
  };
  assert.deepEqual(result.tasks.map(({ task, result, because }) => [task, result, because]), [
    ["reads", "failed", undefined],
    ["one", "ok", undefined],
    ["after", "stopped", "reads"],
  ]);
});
