/** Bytes on their way into a program: as a quoted word where one can carry them, else as a blob sent ahead. */
import { quoteWord as quote } from "../../command/quote.ts";
import type { ShellBlob } from "../../execute/executor.ts";
import type { Content } from "../../steps/act.ts";

/** Larger contents travel as blobs. */
const inlineLimit = 64 * 1024;

/** The content as the driver's functions take it: `=text` or `@blob`. */
export function contentWord(n: number, content: Content, blobs: ShellBlob[]): string {
  if (content.from.kind === "bytes" && content.size <= inlineLimit) {
    const text = asText(content.from.bytes);
    if (text !== undefined) return quote(`=${text}`);
  }
  const name = `f${n}`;
  blobs.push(blobOf(name, content));
  return `@${name}`;
}

/** The text whose UTF-8 these bytes are, if a shell word can carry it. */
function asText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A content as something a shell can be sent. */
export function blobOf(name: string, content: Content): ShellBlob {
  const from = content.from;
  return {
    name,
    size: content.size,
    async *open() {
      if (from.kind === "bytes") {
        for (let at = 0; at < from.bytes.length; at += 65536) yield from.bytes.subarray(at, at + 65536);
        return;
      }
      using file = await Deno.open(from.path, { read: true });
      yield* file.readable;
    },
  };
}
