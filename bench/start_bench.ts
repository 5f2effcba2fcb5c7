/** How long charly takes to start, beside an empty Deno program: the floor nothing can go below. */
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../tasks/main.ts", import.meta.url));
const empty = await Deno.makeTempFile({ suffix: ".ts" });

async function run(...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    stdout: "null",
    stderr: "null",
  }).output();
  if (!success) throw new Error(`${args.join(" ")} failed`);
}

Deno.bench({ name: "an empty Deno program", group: "start", baseline: true, fn: () => run(empty) });
Deno.bench({ name: "charly --version", group: "start", fn: () => run(main, "--version") });
Deno.bench({ name: "charly --help", group: "start", fn: () => run(main, "--help") });
Deno.bench({ name: "charly status --help", group: "start", fn: () => run(main, "status", "--help") });
