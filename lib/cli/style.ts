/** How text looks: colours where they are wanted, and control characters of strangers made visible. */

/** Colours a piece of text, or leaves it alone. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** @param on whether colours are wanted; without, every function returns its text */
export function styleOf(on: boolean): Style {
  const paint = (open: number, close: number) => (text: string) => on ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}

/**
 * Makes text of a target harmless on a terminal: control characters (C0, DEL, C1), bidirectional overrides and lone
 * surrogates become `\xNN` or `\u{NNNN}`; tabs stay, and newlines do with `keepLines`.
 */
export function escapeControls(text: string, keepLines = false): string {
  // deno-lint-ignore no-control-regex -- finding them is the point
  return text.replace(/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu, (char) => {
    if (char === "\t" || (keepLines && char === "\n")) return char;
    const code = char.codePointAt(0)!;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** Cells a text takes, colours not counted. Wide characters count as one: enough for cutting a progress line. */
export function visibleLength(text: string): number {
  // deno-lint-ignore no-control-regex -- colour sequences
  return [...text.replace(/\x1b\[[0-9;]*m/g, "")].length;
}
