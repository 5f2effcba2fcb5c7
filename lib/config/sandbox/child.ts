/** Runs a config whose imports have been checked, with no permission at all, and takes back its data. */
import { CharlyError } from "../../base/errors.ts";
import { childFailed } from "./child_end.ts";
import { limitReached, notData } from "./errors.ts";
import { readFrame } from "./frame.ts";
import { freezeData } from "./data.ts";
import type { Limits } from "./limits.ts";
import { resolutionFlags } from "./module_graph.ts";
import { type NotData, preludeUrl } from "./prelude.ts";
import { printable } from "./printable.ts";
import { childEnv } from "./child_env.ts";
import { runDeno } from "./run_deno.ts";
import type { Source } from "./source.ts";
import { rejected } from "./thrown.ts";

/** What a config amounts to. */
export interface Evaluated {
  /** Its default export: plain data, frozen. */
  readonly data: unknown;
  /** What it printed, made safe to show. */
  readonly output: string;
  /** It asked for nothing that may be otherwise next time: the clock, chance, the machine. */
  readonly lasting: boolean;
}

/**
 * Evaluates once.
 *
 * @throws {CharlyError} when it asks for anything, ends early, takes too much, or exports something that is not data
 */
export async function runChild(source: Source, limits: Limits): Promise<Evaluated> {
  // A UTF-8 character takes at most three bytes per UTF-16 unit, and units are what the child counts.
  const maxPayload = 3 * limits.dataBytes;
  const entry = `import finish from ${JSON.stringify(preludeUrl(limits.dataBytes))};\n` +
    `import * as config from ${JSON.stringify(source.url)};\nfinish(config);\n`;
  const end = await runDeno({
    args: [
      "run",
      "--ext=js",
      "--no-prompt",
      "--no-check",
      "--cached-only",
      ...resolutionFlags(source),
      `--v8-flags=--max-old-space-size=${limits.heapMiB}`,
      "-",
    ],
    cwd: source.root,
    input: entry,
    env: childEnv(false),
    wallMs: limits.wallMs,
    memoryMiB: limits.memoryMiB,
    stdoutBytes: limits.outputBytes + maxPayload + 256,
    stderrBytes: limits.outputBytes,
    done: (stdout) => {
      const { frame, own, tooLong } = readFrame(stdout.bytes(), maxPayload);
      return frame !== undefined || tooLong === true || own.length > limits.outputBytes;
    },
  });
  const { frame, own, tooLong } = readFrame(end.stdout, maxPayload);
  if (own.length > limits.outputBytes || end.reason === "output") throw limitReached("output", source, limits);
  if (tooLong) throw limitReached("data", source, limits);
  const output = printable(new TextDecoder().decode(own) + end.stderr);
  if (frame === undefined) throw childFailed(end, source, limits);
  switch (frame.kind) {
    case "data":
    case "lasting":
      return { data: freezeData(JSON.parse(frame.payload)), output, lasting: frame.kind === "lasting" };
    case "not-data":
      throw notData(JSON.parse(frame.payload) as NotData[], source);
    case "rejected":
      throw rejected(frame.payload, source);
    case "too-large":
      throw limitReached("data", source, limits);
    default:
      throw new CharlyError(`evaluate ${source.label}: it has no default export`, {
        hint: "end it with `export default defineConfig({ … })`",
        code: "config-no-default",
        exitCode: 2,
      });
  }
}
