/** Output of tasks that run side by side: whole lines, so that a prefix can tell them apart. */

/** Takes bytes in pieces, gives lines. */
export interface Prefixer {
  readonly write: (stream: 1 | 2, bytes: Uint8Array) => void;
  /** Gives what was left without a newline. */
  readonly end: () => void;
}

/** Longest line that is waited for, in characters; longer ones are cut into several. */
const longest = 64 * 1024;

/** @param line called with every line, without its newline */
export function prefixer(line: (stream: 1 | 2, text: string) => void): Prefixer {
  const rest = { 1: "", 2: "" };
  const decoder = { 1: new TextDecoder(), 2: new TextDecoder() };
  return {
    write: (stream, bytes) => {
      const lines = (rest[stream] + decoder[stream].decode(bytes, { stream: true })).split("\n");
      rest[stream] = lines.pop()!;
      for (const text of lines) line(stream, text.replace(/\r$/, ""));
      while (rest[stream].length > longest) {
        line(stream, rest[stream].slice(0, longest));
        rest[stream] = rest[stream].slice(longest);
      }
    },
    end: () => {
      for (const stream of [1, 2] as const) {
        const text = rest[stream] + decoder[stream].decode();
        if (text !== "") line(stream, text);
        rest[stream] = "";
      }
    },
  };
}
