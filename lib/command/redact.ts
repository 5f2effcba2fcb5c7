/** Keeps secrets out of what is shown: each in every spelling a program is likely to print it in. */
import { Buffer } from "node:buffer";
import { quoteWord } from "./quote.ts";

/** Values of fewer bytes are not looked for: they would be found everywhere. */
export const shortestHidden = 6;

/** What stands in the place of a secret. */
export const hidden = "***";

/** Replaces the secrets it was made for. */
export class Redactor {
  readonly #spellings: readonly Buffer[];

  /** @param values plain texts; those below {@link shortestHidden} bytes are left alone */
  constructor(values: Iterable<string>) {
    const all = new Set([...values].flatMap(spellings));
    // The longest first: a spelling may hold another one.
    this.#spellings = [...all].map((it) => Buffer.from(it)).sort((a, b) => b.length - a.length);
  }

  /** Whether there is nothing to look for. */
  get isIdle(): boolean {
    return this.#spellings.length === 0;
  }

  /** The text with every secret replaced. */
  text(text: string): string {
    if (this.isIdle) return text;
    return this.bytes(Buffer.from(text)).toString();
  }

  /** The same for bytes that are whole. */
  bytes(bytes: Uint8Array): Buffer {
    let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (const spelling of this.#spellings) {
      const pieces: Buffer[] = [];
      for (let at = rest.indexOf(spelling); at !== -1; at = rest.indexOf(spelling)) {
        pieces.push(rest.subarray(0, at), Buffer.from(hidden));
        rest = rest.subarray(at + spelling.length);
      }
      if (pieces.length > 0) rest = Buffer.concat([...pieces, rest]);
    }
    return rest;
  }

  /** How many bytes at the end may be the beginning of a secret. */
  open(bytes: Uint8Array): number {
    let most = 0;
    for (const spelling of this.#spellings) {
      const first = spelling[0]!;
      const from = Math.max(0, bytes.length - spelling.length + 1);
      for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
        const length = bytes.length - at;
        if (spelling.subarray(0, length).equals(bytes.subarray(at))) {
          most = Math.max(most, length);
          break;
        }
      }
    }
    return most;
  }
}

/** Bytes that come piece by piece: what may be the beginning of a secret waits for what follows. */
export class RedactedStream {
  #held = Buffer.alloc(0);

  constructor(readonly redactor: Redactor) {}

  /** Adds bytes; gives those that can be shown by now. */
  push(bytes: Uint8Array): Uint8Array {
    const seen = this.redactor.bytes(Buffer.concat([this.#held, bytes]));
    const shown = seen.length - this.redactor.open(seen);
    this.#held = Buffer.from(seen.subarray(shown));
    return new Uint8Array(seen.subarray(0, shown));
  }

  /** What was still held back. */
  end(): Uint8Array {
    const rest = new Uint8Array(this.#held);
    this.#held = Buffer.alloc(0);
    return rest;
  }
}

/** A value as it may be printed: raw and line by line; quoted for a shell, JSON and an address; in base64 and hex. */
function spellings(value: string): string[] {
  const bytes = Buffer.from(value);
  if (bytes.length < shortestHidden) return [];
  const lines = value.split(/\r?\n/).filter((line) => Buffer.byteLength(line) >= shortestHidden);
  const words = [value, ...lines].flatMap((text) => [
    text,
    quoteWord(text.replaceAll("\0", "")).replace(/^'|'$/g, ""),
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text.toWellFormed()),
  ]);
  const hex = bytes.toString("hex");
  return [...words, ...base64Of(bytes), hex, hex.toUpperCase()].filter((it) => it.length >= shortestHidden);
}

/** The part of its base64 that does not depend on what stands before and behind it, at each of the three places. */
function base64Of(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64").replace(/=+$/, "");
    const sure = text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6));
    return [sure, sure.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
