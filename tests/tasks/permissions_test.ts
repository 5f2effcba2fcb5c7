import assert from "node:assert/strict";

/** Runs charly in `dir` as `deno task charly` does: with what it takes to read a configuration, and no more. */
async function started(dir: string, ...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "-P=start",
      "--config=deno.json",
      `--allow-run=${Deno.execPath()}`,
      new URL("../../tasks/main.ts", import.meta.url).pathname,
      "--config",
      `${dir}/charly.config.ts`,
      ...words,
    ],
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

Deno.test("charly run starts itself again with what the task's process needs, and the task gets what it declares", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const api = new URL("../../mod.ts", import.meta.url).href;
    await Deno.writeTextFile(`${dir}/deno.json`, JSON.stringify({ imports: { "@charly/charly": api } }));
    await Deno.writeTextFile(
      `${dir}/charly.config.ts`,
      `import { defineConfig, task } from "@charly/charly";
export default defineConfig({ tasks: {
  name: task({ permissions: { run: ["printenv"], env: ["GIVEN"] }, run: async ({ $ }) => {
    console.log(await $\`printenv HOME\`.text() === undefined, Deno.permissions.querySync({ name: "env", variable: "GIVEN" }).state);
  } }),
  reads: task({ run: () => { Deno.readTextFileSync("/etc/passwd"); } }),
} });
`,
    );
    assert.deepEqual(await started(dir, "run", "name"), { code: 0, stdout: "false granted\n", stderr: "" });
    const { code, stderr } = await started(dir, "run", "reads");
    assert.equal(code, 1);
    assert.match(stderr, /^error: run task reads: Requires read access to "\/etc\/passwd"/);
    assert.equal((await started(dir, "run", "--list")).stdout, "name  \nreads  \n");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
