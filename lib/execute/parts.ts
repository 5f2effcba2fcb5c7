/** A large file in parts: which of them are there, and the others one after the other for whoever has a channel free. */
import { CharlyError } from "../base/errors.ts";
import type { ByteReader, ByteSource } from "./executor.ts";

/** Bytes of a part, a multiple of {@link blockSize}: twice what SSH lets a channel have on its way. */
export const partSize: number = 4 * 1024 * 1024;
/** Bytes of what `dd` counts places in, and of what is read at once. */
export const blockSize: number = 256 * 1024;

/** One part: its place, and its bytes when they are sent. A chunk is good until the next one is asked for. */
export interface Part {
  readonly index: number;
  bytes(): AsyncIterable<Uint8Array>;
}

/** Takes the parts that are not there yet, one at a time. */
export interface PartTaker extends AsyncDisposable {
  /** @throws {CharlyError} `blob-size` */
  next(): Promise<Part | undefined>;
}

/** The parts of one transfer. */
export class Parts {
  readonly count: number;
  readonly #landed: Set<number>;
  #inOrder = 0;
  #changed = Promise.withResolvers<void>();
  #at = 0;
  #stream: StreamedParts | undefined;

  /** @param there parts that need not be sent */
  constructor(readonly source: ByteSource, there: ReadonlySet<number>) {
    this.count = Math.ceil(source.size / partSize);
    this.#landed = new Set(there);
    this.#advance();
  }

  /** Bytes of part `index`. */
  sizeOf(index: number): number {
    return Math.min(partSize, this.source.size - index * partSize);
  }

  /** Somebody who takes parts; every part goes to one taker. */
  async taker(): Promise<PartTaker> {
    const next = () => {
      while (this.#landed.has(this.#at)) this.#at++;
      return this.#at < this.count ? this.#at++ : undefined;
    };
    if (this.source.seek === undefined) {
      const stream = this.#stream ??= new StreamedParts(this);
      return { next: () => stream.take(next), [Symbol.asyncDispose]: () => stream.close() };
    }
    const reader = await this.source.seek();
    const buffer = new Uint8Array(blockSize);
    return {
      next: async () => {
        const index = next();
        if (index !== undefined) return { index, bytes: () => this.#bytes(reader, buffer, index) };
        // A source that has more than it said would be cut short on the target.
        if (await reader.read(buffer.subarray(0, 1), this.source.size) > 0) throw wrongSize("more", this.source);
        return undefined;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(reader[Symbol.dispose]()),
    };
  }

  async *#bytes(reader: ByteReader, buffer: Uint8Array, index: number): AsyncGenerator<Uint8Array> {
    const end = index * partSize + this.sizeOf(index);
    for (let at = index * partSize; at < end; at += buffer.length) {
      const wanted = buffer.subarray(0, end - at);
      if (await reader.read(wanted, at) < wanted.length) throw wrongSize("fewer", this.source);
      yield wanted;
    }
  }

  /** Part `index` is whole on the target. */
  landed(index: number): void {
    this.#landed.add(index);
    this.#advance();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** So many parts, counted from the first one, are whole on the target. */
  get inOrder(): number {
    return this.#inOrder;
  }

  /** Parts that have to be sent still. */
  get missing(): number {
    return this.count - this.#landed.size;
  }

  /** Resolves when a part has landed. */
  get change(): Promise<void> {
    return this.#changed.promise;
  }

  #advance(): void {
    while (this.#landed.has(this.#inOrder)) this.#inOrder++;
  }
}

/** Parts of a source that only has a beginning: read in order, what is there already passed over. */
class StreamedParts {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #read = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(readonly parts: Parts) {
    this.#chunks = parts.source.open()[Symbol.asyncIterator]();
  }

  take(choose: () => number | undefined): Promise<Part | undefined> {
    const turn = this.#turn.then(() => this.#take(choose()));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#chunks.return?.();
  }

  async #take(index: number | undefined): Promise<Part | undefined> {
    const { parts } = this;
    const from = index === undefined ? parts.source.size : index * partSize;
    while (this.#read < from) await this.#some(from - this.#read);
    if (index === undefined) {
      if (this.#rest.length > 0 || (await this.#chunks.next()).done !== true) throw wrongSize("more", parts.source);
      return undefined;
    }
    const bytes: Uint8Array[] = [];
    for (const end = from + parts.sizeOf(index); this.#read < end;) bytes.push(await this.#some(end - this.#read));
    return {
      index,
      async *bytes() {
        await Promise.resolve();
        yield* bytes;
      },
    };
  }

  async #some(most: number): Promise<Uint8Array> {
    if (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done === true) throw wrongSize("fewer", this.parts.source);
      this.#rest = value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    this.#read += taken.length;
    return taken;
  }
}

function wrongSize(found: "more" | "fewer", { size }: ByteSource): CharlyError {
  return new CharlyError(`send a file: it has ${found} bytes than the ${size} that were announced`, {
    hint: "a file changed while it was read: run again",
    code: "blob-size",
  });
}

/** Which parts the target's notes (`<block> <bytes>` a line) say are whole; `length` is that of the file they are in. */
export function notedParts(notes: string, length: number, size: number): Set<number> {
  const there = new Set<number>();
  for (const line of notes.split("\n")) {
    const found = /^(\d{1,12}) (\d{1,12})$/.exec(line);
    if (found === null) continue; // a note that was cut is none
    const offset = Number(found[1]) * blockSize, bytes = Number(found[2]);
    if (offset % partSize !== 0 || offset >= size || offset + bytes > length) continue;
    if (bytes === Math.min(partSize, size - offset)) there.add(offset / partSize);
  }
  return there;
}
