/** What a step prints, as text for a terminal: bounded, whatever comes. */
import type { DeployEvent } from "../deploy/contract.ts";

/** Lines that are shown of a step that failed. */
const shown = 20;
/** Characters of a line that are shown. */
const width = 4096;
/** Bytes that are remembered, at least: so many lines of usual length and more. */
const remembered = 64 * 1024;

/** The output of one step: either line by line as it comes, or only its end. */
export class StepText {
  readonly #decoder = new TextDecoder();
  #tail = "";
  #cut = false;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** The text of bytes, a character cut in two with the next ones. */
  decode(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  /** Whole lines that came with `bytes`; of a line that is too long, its beginning. */
  lines(bytes: Uint8Array): string[] {
    const lines = (this.#tail + this.decode(bytes)).split("\n");
    const tail = lines.pop()!;
    const whole = lines.map((line, index) => short(line, index === 0 && this.#cut));
    if (whole.length > 0) this.#cut = false;
    this.#cut ||= tail.length > width;
    this.#tail = tail.slice(0, width);
    return whole;
  }

  /** The line that has no end. */
  rest(): string[] {
    return this.#tail === "" ? [] : [short(this.#tail, this.#cut)];
  }

  /** Keeps the end of what comes, without looking at it. */
  remember(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    while (this.#bytes - this.#chunks[0]!.length >= remembered) this.#bytes -= this.#chunks.shift()!.length;
  }

  /** The last lines of what was remembered. */
  last(): string[] {
    const text = this.#chunks.map((chunk) => this.decode(chunk)).join("") + this.#decoder.decode();
    const lines = text.replace(/\n$/, "").split("\n");
    return text === "" ? [] : lines.slice(-shown).map((line) => short(line, false));
  }
}

function short(line: string, cut: boolean): string {
  return cut || line.length > width ? `${line.slice(0, width)}…` : line;
}

/** Where the whole output of a step is, for the end of a line; empty where nothing is kept. */
export function keptText(output: (DeployEvent & { kind: "step-end" })["output"]): string {
  if (output?.file !== undefined) {
    return ` all of its output (${sizeText(output.bytes)}): ${output.file}${
      output.lost === undefined ? "" : `, incomplete: ${output.lost}`
    }`;
  }
  return output?.lost === undefined ? "" : ` its output is not kept: ${output.lost}`;
}

function sizeText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB"];
  let size = bytes, unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
