/**
 * Looks at the command lines and environments of all processes of this machine, over and over, for texts nobody may see there.
 * Run as a program of its own: one JSON line `{needles: {name: hex}}` in, `ready` out; after the end of its input the findings.
 */
import { Buffer } from "node:buffer";

/** Something that was seen where it must not be. */
export interface Sighting {
  readonly needle: string;
  readonly pid: number;
  readonly where: "cmdline" | "environ";
  /** The command line, as far as it is one of a few words. */
  readonly command: string;
}

/** A watch over all processes; `seen` ends it. */
export async function watchProcesses(
  needles: Readonly<Record<string, string>>,
): Promise<{ seen(): Promise<readonly Sighting[]> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "-A", "--no-prompt", new URL(import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const hex = Object.fromEntries(
    Object.entries(needles).map(([name, text]) => [name, Buffer.from(text).toString("hex")]),
  );
  await writer.write(new TextEncoder().encode(`${JSON.stringify(hex)}\n`));
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("ready\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the watch ended: ${said}`);
    said += value;
  }
  return {
    async seen() {
      await writer.close();
      for (let part = await reader.read(); !part.done; part = await reader.read()) said += part.value;
      await child.status;
      return JSON.parse(said.slice(said.indexOf("ready\n") + 6));
    },
  };
}

if (import.meta.main) {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
  let input = "";
  while (!input.includes("\n")) input += (await lines.read()).value ?? "\n";
  const needles = Object.entries(JSON.parse(input) as Record<string, string>).map(([name, hex]) =>
    [name, Buffer.from(hex, "hex")] as const
  );
  let over = false;
  lines.read().then(() => over = true);
  const seen = new Map<string, Sighting>();
  console.log("ready");
  while (!over) {
    for (const { name: pid } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      for (const where of ["cmdline", "environ"] as const) {
        try {
          const bytes = Buffer.from(Deno.readFileSync(`/proc/${pid}/${where}`));
          for (const [needle, text] of needles) {
            if (!bytes.includes(text)) continue;
            const command = Buffer.from(Deno.readFileSync(`/proc/${pid}/cmdline`)).toString().replaceAll("\0", " ");
            seen.set(`${needle} ${pid} ${where}`, { needle, pid: Number(pid), where, command: command.slice(0, 200) });
          }
        } catch {
          // it ended meanwhile
        }
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  console.log(JSON.stringify([...seen.values()]));
}
