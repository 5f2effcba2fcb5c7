/** A file of this machine as what is sent: read as it goes, from any place. */
import type { ByteReader, ByteSource } from "./executor.ts";

const chunkSize = 256 * 1024;

/** Takes the size of `path` now; a file that changes while it is sent fails the sending. */
export async function fileSource(path: string): Promise<ByteSource> {
  const { size } = await Deno.stat(path);
  return {
    size,
    async *open() {
      using reader = await readerOf(path);
      for (let at = 0;;) {
        const chunk = new Uint8Array(chunkSize);
        const count = await reader.read(chunk, at);
        if (count === 0) return;
        yield chunk.subarray(0, count);
        at += count;
      }
    },
    seek: () => readerOf(path),
  };
}

async function readerOf(path: string): Promise<ByteReader> {
  const file = await Deno.open(path);
  let place = 0;
  return {
    async read(into, at) {
      if (at !== place) place = await file.seek(at, Deno.SeekMode.Start);
      let filled = 0;
      while (filled < into.length) {
        const count = await file.read(into.subarray(filled));
        if (count === null) break;
        filled += count;
      }
      place += filled;
      return filled;
    },
    [Symbol.dispose]: () => file.close(),
  };
}
