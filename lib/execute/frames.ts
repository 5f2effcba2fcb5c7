/** Frames a target sends: newline, `<mark> <type> <step> <bytes> <args…>`, newline, bytes. Anything else ends the connection. */
import { CharlyError } from "../base/errors.ts";

/** One frame. */
export interface Frame {
  /** `H` hello, `L` lock, `C` content, `B` began, `E` ended, `O` output, `W` warning, `T` alive, `Z` batch ended,
   * `X` driver failure, `Y` frames packed as base64 of gzip. */
  readonly type: string;
  /** Act number, or a name for `C`. */
  readonly step: string;
  readonly args: readonly string[];
  readonly payload: Uint8Array;
}

const newline = 10;
// A byte order mark is a character of a name or a target like any other.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const maxHeader = 4096;
const maxPayload = 64 * 1024 * 1024;

/** Text of a frame's payload; bytes that are no UTF-8 are shown as U+FFFD. */
export function payloadText(frame: Pick<Frame, "payload">): string {
  return decoder.decode(frame.payload);
}

/** Cuts a byte stream into frames. The first bytes up to the hello token may be anything (banner, `.bashrc`), up to 1 MiB. */
export class FrameParser {
  #buffer = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** @param mark 32 hex digits only the driver of this shell knows */
  constructor(readonly mark: string) {}

  /** Adds bytes and returns the frames that are whole now. @throws {CharlyError} `bad-frame` */
  push(chunk: Uint8Array): Frame[] {
    this.#append(chunk);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  /** Bytes that belong to no whole frame yet. */
  get pending(): number {
    return this.#end - this.#start;
  }

  #append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const used = this.#end - this.#start;
      const grown = new Uint8Array(Math.max(65536, 2 * (used + chunk.length)));
      grown.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = grown;
      this.#start = 0;
      this.#end = used;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  #next(): Frame | undefined {
    const view = this.#buffer.subarray(this.#start, this.#end);
    if (view.length === 0) return undefined;
    if (view[0] !== newline) throw bad("a frame begins with another byte than a line break");
    const close = view.indexOf(newline, 1);
    // The same for a header that came whole and one that is still coming: how bytes are torn decides nothing.
    if ((close === -1 ? view.length : close) > maxHeader) throw bad("a header has no end");
    if (close === -1) return undefined;
    const [mark, type, step, bytes, ...args] = decoder.decode(view.subarray(1, close)).split(" ");
    if (mark !== this.mark) throw bad("the mark is not ours");
    if (type === undefined || !/^[A-Z]$/.test(type) || step === undefined) throw bad("the header is not one of ours");
    if (bytes === undefined || !/^\d{1,9}$/.test(bytes)) throw bad("a frame has no length");
    const size = Number(bytes);
    if (size > maxPayload) throw bad("a frame is larger than 64 MiB");
    if (view.length < close + 1 + size) return undefined;
    this.#start += close + 1 + size;
    return { type, step, args: args.filter((word) => word !== ""), payload: view.slice(close + 1, close + 1 + size) };
  }
}

function bad(what: string): CharlyError {
  return new CharlyError(`read from the target: ${what}`, {
    hint:
      "something else writes to this connection; the journal on the target says how far the run came: run the same command again",
    code: "bad-frame",
  });
}
