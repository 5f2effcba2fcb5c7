import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { project } from "./fixture.ts";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const script = `
  import { evaluate } from "${new URL("../../../../lib/config/sandbox/evaluate.ts", import.meta.url)}";
  import { fileSource } from "${new URL("../../../../lib/config/sandbox/source.ts", import.meta.url)}";
  try {
    const { data } = await evaluate(fileSource(Deno.args[0]), { limits: { memoryMiB: 400 } });
    console.log(JSON.stringify(data));
  } catch (error) { console.log(error.message); }`;

/** Evaluates a config in a parent that may only read the project and start what is listed. */
async function under(programs: readonly string[], config: string): Promise<string> {
  using here = project({ "charly.config.ts": config });
  const flags = [`--allow-read=${here.dir},${repository}`, `--allow-run=${[Deno.execPath(), ...programs].join(",")}`];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--quiet",
      ...flags,
      `data:text/javascript,${encodeURIComponent(script)}`,
      `${here.dir}/charly.config.ts`,
    ],
    cwd: here.dir,
  }).output();
  return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
}

Deno.test("evaluate() needs no more than reading the project and starting deno", async () => {
  assert.equal(await under([], "export default { a: 1 };"), '{"a":1}');
});

Deno.test("evaluate() limits memory through the shell where it may not read /proc", async () => {
  const config =
    "const a = []; while (a.length < 64) a.push(new Uint8Array(1 << 24).fill(1)); export default { got: a.length };";
  assert.equal(
    await under(["/bin/sh"], config),
    "evaluate charly.config.ts: it took more memory than it may (heap 256 MiB, whole process 400 MiB) and was ended",
  );
});
