/** A transport that remembers what went over it, and one that plays such a memory back: for tests, without any machine. */
import { CharlyError } from "../../base/errors.ts";
import type { Channel, Transport } from "../transport.ts";

/** Bytes on one stream, in the order they were seen. */
export interface RecordedBytes {
  readonly stream: "stdin" | "stdout" | "stderr";
  /** Base64, so that a recording is plain JSON. */
  readonly bytes: string;
}

/** One program: what was asked, what went in and out, how it ended. */
export interface RecordedChannel {
  readonly command: string;
  readonly events: RecordedBytes[];
  ended: { readonly code?: number; readonly signal?: string } | undefined;
}

/** Everything that went over one transport. */
export interface Recording {
  readonly venue: string;
  readonly channels: RecordedChannel[];
}

/** Wraps `inner` and writes down every command and every byte. The recording grows while the transport is used. */
export function recordingTransport(inner: Transport): Transport & { readonly recording: Recording } {
  const recording: Recording = { venue: inner.venue, channels: [] };
  return {
    venue: inner.venue,
    ...(inner.remote === undefined ? {} : { remote: inner.remote }),
    recording,
    async open(command) {
      const record: RecordedChannel = { command, events: [], ended: undefined };
      recording.channels.push(record);
      const channel = await inner.open(command);
      const note = (stream: RecordedBytes["stream"]) => (bytes: Uint8Array) =>
        void record.events.push({ stream, bytes: toBase64(bytes) });
      return {
        stdin: tapWritable(channel.stdin, note("stdin")),
        stdout: channel.stdout.pipeThrough(tap(note("stdout"))),
        stderr: channel.stderr.pipeThrough(tap(note("stderr"))),
        ended: channel.ended.then((end) => {
          record.ended = {
            ...end.code === undefined ? {} : { code: end.code },
            ...end.signal === undefined ? {} : { signal: end.signal },
          };
          return end;
        }),
        close: () => channel.close(),
      };
    },
    close: () => inner.close(),
    [Symbol.asyncDispose]: () => inner.close(),
  };
}

/**
 * Plays `recording` back. A channel answers to its command, in the order of the recording for equal commands; output comes
 * once the input that came before it has been written. Input that differs from the recording fails with `replay-differs`,
 * unless `anyInput` is set (then only its length counts).
 */
export function replayTransport(recording: Recording, options: { readonly anyInput?: boolean } = {}): Transport {
  const left = [...recording.channels];
  const open = new Set<Channel>();
  return {
    venue: recording.venue,
    open(command) {
      const index = left.findIndex((channel) => channel.command === command);
      if (index < 0) {
        return Promise.reject(differs(`no (further) channel was recorded for ${JSON.stringify(command)}`));
      }
      const channel = playChannel(left.splice(index, 1)[0]!, options.anyInput === true);
      open.add(channel);
      return Promise.resolve(channel);
    },
    close() {
      for (const channel of open) channel.close();
      return Promise.resolve();
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

function playChannel(record: RecordedChannel, anyInput: boolean): Channel {
  const expected = concat(
    record.events.filter((event) => event.stream === "stdin").map((event) => fromBase64(event.bytes)),
  );
  let received = 0;
  let wake: () => void = () => {};
  let over = false;
  const ended = Promise.withResolvers<{ code: number | undefined; signal?: string }>();
  let out!: ReadableStreamDefaultController<Uint8Array>, err!: ReadableStreamDefaultController<Uint8Array>;
  const stdout = new ReadableStream<Uint8Array>({ start: (given) => void (out = given) });
  const stderr = new ReadableStream<Uint8Array>({ start: (given) => void (err = given) });
  const stdin = new WritableStream<Uint8Array>({
    write(chunk) {
      if (!anyInput) {
        for (const [index, byte] of chunk.entries()) {
          if (expected[received + index] !== byte) throw differs(`stdin differs at byte ${received + index}`);
        }
      }
      received += chunk.length;
      wake();
    },
  });
  const finish = (end: { code: number | undefined; signal?: string }) => {
    if (over) return;
    over = true;
    out.close();
    err.close();
    ended.resolve(end);
    wake();
  };
  const play = async () => {
    let needed = 0;
    for (const event of record.events) {
      const bytes = fromBase64(event.bytes);
      if (event.stream === "stdin") {
        needed += bytes.length;
        while (received < needed && !over) await new Promise<void>((resolve) => wake = resolve);
      } else if (!over) (event.stream === "stdout" ? out : err).enqueue(bytes);
      if (over) return;
    }
    const { code, signal } = record.ended ?? {};
    finish({ code, ...(signal === undefined ? {} : { signal }) });
  };
  play();
  return { stdin, stdout, stderr, ended: ended.promise, close: () => finish({ code: undefined }) };
}

function differs(found: string): CharlyError {
  return new CharlyError(`replay: ${found}`, { code: "replay-differs", hint: "record again, or mend what changed" });
}

function tap(note: (bytes: Uint8Array) => void): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      note(chunk);
      controller.enqueue(chunk);
    },
  });
}

function tapWritable(
  target: WritableStream<Uint8Array>,
  note: (bytes: Uint8Array) => void,
): WritableStream<Uint8Array> {
  const writer = target.getWriter();
  writer.closed.catch(() => {}); // reported by the write that met it
  return new WritableStream({
    write(chunk) {
      note(chunk); // before the answer to it can be seen
      return writer.write(chunk);
    },
    close: () => writer.close(),
    abort: (reason) => writer.abort(reason),
  });
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
