/** Bytes that arrive in pieces, kept in one array so that they can be searched without copying them again and again. */
export class GrowingBuffer {
  #bytes = new Uint8Array(4096);
  #length = 0;

  /** How many bytes have arrived. */
  get length(): number {
    return this.#length;
  }

  /** Adds a piece at the end. */
  push(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.bytes());
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = needed;
  }

  /** What has arrived so far; a view, valid until the next `push`. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
