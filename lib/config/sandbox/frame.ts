/** Takes the one frame that counts out of everything a child wrote to stdout. */

/** The length of the marker with its newline: 32 hex digits, written before any code of the config ran. */
const headLength = 33;

/** What the child answered. */
export interface Frame {
  readonly kind: string;
  readonly payload: string;
}

/** Stdout taken apart. */
export interface Reading {
  /** The frame, once all of it has arrived. */
  readonly frame?: Frame;
  /** The config's own bytes: everything between the marker and the frame. */
  readonly own: Uint8Array;
  /** The frame says it is longer than allowed. */
  readonly tooLong?: true;
}

/**
 * Reads stdout as far as it has arrived. Only the marker of the first line opens a frame: the config cannot know it.
 *
 * @param bytes all of stdout so far
 * @param maxPayload longest payload to accept, in bytes
 */
export function readFrame(bytes: Uint8Array, maxPayload: number): Reading {
  if (bytes.length < headLength) return { own: new Uint8Array() };
  const marker = bytes.subarray(0, headLength - 1);
  const at = indexOfLine(bytes, marker);
  if (at === -1) return { own: bytes.subarray(headLength) };
  const own = bytes.subarray(headLength, at);
  const from = at + 1 + marker.length + 1;
  const newline = bytes.indexOf(10, from);
  if (newline === -1) return { own };
  const [kind = "", size = ""] = new TextDecoder().decode(bytes.subarray(from, newline)).split(" ");
  const length = Number(size);
  if (!Number.isSafeInteger(length) || length < 0 || length > maxPayload) return { own, tooLong: true };
  const payload = bytes.subarray(newline + 1, newline + 1 + length);
  return payload.length < length ? { own } : { own, frame: { kind, payload: new TextDecoder().decode(payload) } };
}

/** Where `\n<marker> ` starts. */
function indexOfLine(bytes: Uint8Array, marker: Uint8Array): number {
  for (let at = bytes.indexOf(10, headLength - 1); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (at + marker.length + 1 >= bytes.length) return -1;
    let same = bytes[at + 1 + marker.length] === 32;
    for (let index = 0; same && index < marker.length; index++) same = bytes[at + 1 + index] === marker[index];
    if (same) return at;
  }
  return -1;
}
