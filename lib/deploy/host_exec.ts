/** Shell text on a bundle's host, with its output apart: what `hosts.<bundle>.$` stands on. No store, no lock, no journal. */
import { CharlyError } from "../base/errors.ts";
import type { Transport } from "../execute/transport.ts";
import type { DeployProject, HostExec, HostIo } from "./contract.ts";
import { type EngineOptions, jobOf } from "./engine.ts";

/** Reads the script by its length, then runs it with the rest of the input as its own: nothing of it is in argv. */
const loader =
  "sh -c 'read -r n;p=$(dd bs=65536 iflag=fullblock,count_bytes count=$n 2>/dev/null;echo .);eval \"${p%.}\"'";

/** Runs a script through the login shell of a transport. */
export async function execScript(transport: Transport, script: string, io: HostIo): Promise<{ code: number }> {
  io.signal?.throwIfAborted();
  const channel = await transport.open(loader);
  const stop = () => channel.close();
  io.signal?.addEventListener("abort", stop, { once: true });
  try {
    const writer = channel.stdin.getWriter();
    const bytes = new TextEncoder().encode(`${script}\n`);
    const feed = (async () => {
      await writer.write(new TextEncoder().encode(`${bytes.length}\n`));
      await writer.write(bytes);
      if (io.stdin !== undefined && io.stdin.length > 0) await writer.write(io.stdin);
      await writer.close();
    })().catch(() => {}); // the far side may end before it has read everything
    const [ended] = await Promise.all([
      channel.ended,
      drain(channel.stdout, io.stdout),
      drain(channel.stderr, io.stderr),
      feed,
    ]);
    if (ended.code === undefined && ended.signal === undefined) {
      throw new CharlyError(`run on ${transport.venue}: the connection ended in the middle`, {
        hint: "run it again; whether the command came to its end is not known",
        code: "cut",
      });
    }
    return { code: ended.code ?? 128 };
  } finally {
    io.signal?.removeEventListener("abort", stop);
  }
}

async function drain(stream: ReadableStream<Uint8Array>, to: (bytes: Uint8Array) => void): Promise<void> {
  for await (const chunk of stream) to(chunk);
}

/** Opens hosts on demand, one connection each; several hosts of a bundle run one after the other. */
export function openHosts(
  engine: EngineOptions,
  project: DeployProject,
): { readonly exec: HostExec } & AsyncDisposable {
  const open = new Map<string, Promise<Transport>>();
  return {
    async exec(bundle, script, io) {
      const job = jobOf(engine, project, bundle, {});
      let code = 0;
      for (const host of job.hosts) {
        const key = `${bundle} ${host}`;
        const opening = open.get(key) ?? job.open(host, { env: engine.env });
        open.set(key, opening);
        const result = await execScript(await opening, script, io);
        if (code === 0) code = result.code;
      }
      return { code };
    },
    async [Symbol.asyncDispose]() {
      for (const opening of open.values()) await opening.then((transport) => transport.close(), () => {});
    },
  };
}
