/** What the figures were measured on. */
import { cpus, totalmem } from "node:os";

/** Lines for the head of the results. */
export async function machineFacts(): Promise<string[]> {
  const model = cpus()[0]?.model ?? "unknown";
  const release = await Deno.readTextFile("/etc/os-release").catch(() => "");
  const system = /^PRETTY_NAME="(.*)"/m.exec(release)?.[1] ?? Deno.build.os;
  return [
    `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${system}, Linux ${Deno.osRelease()}`,
    `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`,
  ];
}
