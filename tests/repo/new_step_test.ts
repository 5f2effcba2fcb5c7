/** The generator writes a step kind that the compiler accepts in its room. */
import assert from "node:assert/strict";
import { newStep } from "../../tasks/dev/new_step.ts";
import { tryRun } from "../shared/run.ts";
import { tempDir } from "../shared/tmp.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, root));
const current = { "lib/steps/mod.ts": read("lib/steps/mod.ts"), "lib/steps/step.ts": read("lib/steps/step.ts") };

Deno.test("newStep() writes a kind that type-checks and is asked for everywhere it has to answer", async () => {
  await using dir = await tempDir({ "deno.json": read("deno.json") });
  for (const path of ["base", "command", "entities", "steps", "facts", "execute"]) await copy(`lib/${path}`, dir.path);
  const files = newStep("TimerEnable", current);
  assert.deepEqual(Object.keys(files), [
    ...["lib/steps/mod.ts", "lib/steps/step.ts", "lib/steps/timer_enable.ts"],
    "tests/fixtures/steps/timer_enable/first.json",
  ]);
  await dir.write(files);
  const check = (file: string) =>
    tryRun([Deno.execPath(), "check", "--quiet", "--no-lock", file], { cwd: dir.path, env: { NO_COLOR: "1" } });
  const steps = await check("lib/steps/mod.ts");
  assert.equal(steps.code, 0, steps.stderr);
  await dir.write({
    "forgetful.ts":
      `import type { StepVisitor } from "./lib/steps/mod.ts";\nexport const visitor: StepVisitor<string> = {} as Omit<StepVisitor<string>, "TimerEnable">;\n`,
  });
  const forgetful = await check("forgetful.ts");
  assert.match(forgetful.stderr, /Property 'TimerEnable' is missing/);
  const format = await tryRun([Deno.execPath(), "fmt", "--check", ...Object.keys(files)], { cwd: dir.path });
  assert.equal(format.code, 0, format.stderr);
});

Deno.test("newStep() refuses a name that is taken or no kind's name", () => {
  assert.throws(() => newStep("ServiceCustom", current), {
    message: "new step: there is a lib/steps/service_custom.ts already",
  });
  assert.throws(() => newStep("service-custom", current), {
    message: "new step: service-custom is no name like ServiceCustom",
  });
});

async function copy(dir: string, to: string): Promise<void> {
  await Deno.mkdir(`${to}/${dir}`, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(new URL(dir, root))) {
    if (isDirectory) await copy(`${dir}/${name}`, to);
    else await Deno.copyFile(new URL(`${dir}/${name}`, root), `${to}/${dir}/${name}`);
  }
}
