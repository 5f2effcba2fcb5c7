/** The outside of the command line: streams, terminal, environment. Tests hand in their own. */
import { readEnv } from "../base/env.ts";

export { readEnv };

/** What the command line touches of its process. */
export interface CliIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Columns of the terminal; 80 when unknown. */
  readonly columns: () => number;
  /** Undefined when not set, or when we may not look: asking for permission would be noise. */
  readonly env: (name: string) => string | undefined;
  /** Next line of stdin without its newline; undefined at the end. */
  readonly readLine: () => Promise<string | undefined>;
  /** As {@link readLine}, without showing what is typed. */
  readonly readSecret: () => Promise<string | undefined>;
}

/** The real one. */
export function processIo(): CliIo {
  const encoder = new TextEncoder();
  const writer = (stream: { writeSync(bytes: Uint8Array): number }) => (text: string) => {
    let bytes = encoder.encode(text);
    try {
      while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
    } catch (error) {
      // The reader has gone (`charly plan | head`): what runs goes on, with nobody to tell.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  };
  return {
    stdout: writer(Deno.stdout),
    stderr: writer(Deno.stderr),
    stdinIsTerminal: Deno.stdin.isTerminal(),
    stdoutIsTerminal: Deno.stdout.isTerminal(),
    stderrIsTerminal: Deno.stderr.isTerminal(),
    columns: () => {
      try {
        return Deno.consoleSize().columns || 80; // a terminal nobody has sized says 0
      } catch {
        return 80;
      }
    },
    env: readEnv,
    readLine,
    readSecret: async () => {
      Deno.stdin.setRaw(true, { cbreak: true });
      try {
        return await readLine();
      } finally {
        Deno.stdin.setRaw(false);
      }
    },
  };
}

/** Byte by byte: what follows the line belongs to whoever reads next. */
async function readLine(): Promise<string | undefined> {
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  while (true) {
    const count = await Deno.stdin.read(one);
    if (count === null) return bytes.length === 0 ? undefined : new TextDecoder().decode(new Uint8Array(bytes));
    if (one[0] === 0x0a) return new TextDecoder().decode(new Uint8Array(bytes)).replace(/\r$/, "");
    bytes.push(one[0]!);
  }
}
