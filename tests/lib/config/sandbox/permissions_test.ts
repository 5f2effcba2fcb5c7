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

Deno.test("evaluate() leaves no endless config behind when charly itself is killed", async () => {
  using here = project({ "charly.config.ts": "while (true);" });
  const source = script.replace("memoryMiB: 400", "wallMs: 1000");
  const charly = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      `data:text/javascript,${encodeURIComponent(source)}`,
      `${here.dir}/charly.config.ts`,
    ],
    stdout: "null",
  }).spawn();
  const child = await until(() => configProcess(here.dir));
  charly.kill("SIGKILL");
  await charly.status;
  assert.equal(configProcess(here.dir), child);
  await until(() => configProcess(here.dir) === undefined);
});

/** The process that evaluates a config of this directory: a `deno run` that works there. */
function configProcess(dir: string): string | undefined {
  for (const { name } of Deno.readDirSync("/proc")) {
    try {
      const words = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      if (words[1] === "run" && words.includes("--cached-only") && Deno.readLinkSync(`/proc/${name}/cwd`) === dir) {
        return name;
      }
    } catch {
      // no process, or one that has just ended
    }
  }
}

/** Looks every 20 ms, for 20 s at most. */
async function until<T>(look: () => T | undefined | false): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error("it did not happen in 20 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
