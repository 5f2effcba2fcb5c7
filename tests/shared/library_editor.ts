/** The driver on its way to a target, changed. */

/** Passes bytes on, but for the library (`<proto> <bytes> <mark>`, then so many bytes), which `edit` changes. */
export function editLibrary(edit: (text: string) => string): TransformStream<Uint8Array, Uint8Array> {
  let held: Uint8Array | undefined = new Uint8Array(0);
  return new TransformStream({
    transform(chunk, controller) {
      if (held === undefined) return controller.enqueue(chunk);
      const joined = new Uint8Array(held.length + chunk.length);
      joined.set(held);
      joined.set(chunk, held.length);
      held = joined;
      const line = joined.indexOf(10);
      if (line < 0) return;
      const [proto, bytes, mark] = new TextDecoder().decode(joined.subarray(0, line)).split(" ");
      const end = line + 1 + Number(bytes);
      if (joined.length < end) return;
      const library = new TextEncoder().encode(edit(new TextDecoder().decode(joined.subarray(line + 1, end))));
      controller.enqueue(new TextEncoder().encode(`${proto} ${library.length} ${mark}\n`));
      controller.enqueue(library);
      if (joined.length > end) controller.enqueue(joined.slice(end));
      held = undefined;
    },
  });
}
