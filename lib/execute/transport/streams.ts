/** Streams that can be ended from outside: what a channel hands out must never hang after a cut. */
import type { Duplex, Readable, Writable } from "node:stream";

/** Bytes that leave `source` on demand; ends when `source` ends or `end()` is called. Nothing is read ahead but one chunk. */
export interface EndableReadable {
  readonly stream: ReadableStream<Uint8Array>;
  /** Ends the stream now; bytes that nobody has read yet are dropped. */
  end(): void;
}

/** Bytes written on demand; fails when the far side is gone. */
export interface EndableWritable {
  readonly stream: WritableStream<Uint8Array>;
  /** Fails pending and later writes with `reason`. */
  fail(reason: unknown): void;
}

/** Wraps a web stream so that it can be ended even while somebody else reads it. */
export function endableReadable(source: ReadableStream<Uint8Array>): EndableReadable {
  const reader = source.getReader();
  let done = false;
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const finish = () => {
    if (done) return;
    done = true;
    controller.close();
  };
  const stream = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
    async pull() {
      try {
        const { value, done: ended } = await reader.read();
        if (done) return;
        if (ended) finish();
        else controller.enqueue(value);
      } catch {
        finish(); // a read error of a pipe is the far side going away
      }
    },
    cancel: async () => {
      done = true;
      await reader.cancel().catch(() => {});
    },
  });
  return {
    stream,
    end: () => {
      finish();
      reader.cancel().catch(() => {});
    },
  };
}

/** Wraps a web stream so that a write that will never be taken can be failed. */
export function endableWritable(target: WritableStream<Uint8Array>): EndableWritable {
  const writer = target.getWriter();
  writer.closed.catch(() => {}); // reported by the write that met it
  return writableOver({
    write: (chunk) => writer.write(chunk),
    end: () => writer.close(),
    drop: (reason) => void writer.abort(reason).catch(() => {}),
  });
}

/** The readable half of a Node stream, read in paused mode so that its back-pressure holds. */
export function readableFromNode(source: Readable): EndableReadable {
  let done = false;
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let wake: () => void = () => {};
  const finish = () => {
    if (done) return;
    done = true;
    controller.close();
    wake();
  };
  let ended = false;
  const stream = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
      source.on("readable", () => wake());
      for (const event of ["end", "close", "error"]) {
        source.on(event, () => {
          ended = true;
          wake();
        });
      }
    },
    async pull() {
      while (!done) {
        const chunk = source.read() as Uint8Array | null;
        if (chunk !== null) return controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        if (ended || source.readableEnded) return finish();
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    cancel() {
      done = true;
      source.resume(); // what nobody wants must not fill the channel's window
    },
  });
  return {
    stream,
    end: () => {
      finish();
      source.resume();
    },
  };
}

/** The writable half of a Node stream: a write settles when the stream has taken the bytes. */
export function writableFromNode(target: Writable | Duplex): EndableWritable {
  return writableOver({
    write: (chunk) =>
      new Promise<void>((resolve, reject) =>
        target.write(chunk, (error?: Error | null) => error ? reject(error) : resolve())
      ),
    end: () => void target.end(),
    drop: () => void target.end(),
  });
}

interface ByteSink {
  write(chunk: Uint8Array): Promise<void>;
  end(): Promise<void> | void;
  drop(reason: unknown): void;
}

function writableOver(sink: ByteSink): EndableWritable {
  let fail!: (reason: unknown) => void;
  const gone = new Promise<never>((_, reject) => fail = reject);
  gone.catch(() => {}); // nobody may be writing
  let controller: WritableStreamDefaultController;
  const stream = new WritableStream<Uint8Array>({
    start: (given) => void (controller = given),
    write: (chunk) => Promise.race([sink.write(chunk), gone]),
    close: async () => void await Promise.race([sink.end(), gone]),
    abort: (reason) => sink.drop(reason),
  });
  return {
    stream,
    fail: (reason) => {
      fail(reason);
      controller.error(reason);
      sink.drop(reason);
    },
  };
}
