/** gzip both ways: what goes over a network is mostly text that says the same again and again. */

/** Bytes from which on a text is worth a process that unpacks it. */
export const worthPacking = 4096;

/** Packs bytes as gzip does. */
export function pack(bytes: Uint8Array): Promise<Uint8Array> {
  return through(bytes, new CompressionStream("gzip"));
}

/** Unpacks what gzip packed. @throws {TypeError} other bytes, or only the beginning of them */
export function unpack(bytes: Uint8Array): Promise<Uint8Array> {
  return through(bytes, new DecompressionStream("gzip"));
}

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  const written = Promise.all([writer.write(bytes as Uint8Array<ArrayBuffer>), writer.close()]);
  const [buffer] = await Promise.all([new Response(stream.readable).arrayBuffer(), written]);
  return new Uint8Array(buffer);
}
