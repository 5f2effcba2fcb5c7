/** A few lines at the bottom of a terminal that are redrawn in place, with ordinary lines scrolling above them. */
import type { CliIo } from "./io.ts";
import { visibleLength } from "./style.ts";

/** The region. Where stderr is no terminal, {@link set} is silent and {@link print} writes plain lines. */
export interface LiveLines {
  /** Shows or replaces the line of `key`; undefined removes it. */
  set(key: string, line: string | undefined): void;
  /** Writes a lasting line above the region. */
  print(line: string): void;
  /** Removes the region. */
  done(): void;
}

/** @param io where to; @param live whether to redraw at all */
export function liveLines(io: CliIo, live: boolean): LiveLines {
  const lines = new Map<string, string>();
  let shown = 0;
  const erase = () => shown === 0 ? "" : `\x1b[${shown}A\x1b[J`;
  const draw = (above: string) => {
    const width = io.columns() - 1;
    // A line that wraps would take two rows and be erased by half.
    const region = [...lines.values()].map((line) => visibleLength(line) > width ? cut(line, width) : line);
    const text = erase() + above + region.map((line) => `${line}\n`).join("");
    shown = region.length;
    if (text !== "") io.stderr(text);
  };
  return {
    set: (key, line) => {
      if (!live || lines.get(key) === line) return;
      if (line === undefined) lines.delete(key);
      else lines.set(key, line);
      draw("");
    },
    print: (line) => live ? draw(`${line}\n`) : io.stderr(`${line}\n`),
    done: () => {
      lines.clear();
      if (live && shown > 0) draw("");
    },
  };
}

function cut(line: string, width: number): string {
  let left = width - 1;
  let text = "";
  // deno-lint-ignore no-control-regex -- colour sequences take no room
  for (const [piece] of line.matchAll(/\x1b\[[0-9;]*m|./gsu)) {
    if (piece.startsWith("\x1b")) text += piece;
    else if (left-- > 0) text += piece;
  }
  return `${text}…\x1b[0m`;
}
