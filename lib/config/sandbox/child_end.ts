/** Why a child ended without an answer. */
import type { CharlyError } from "../../base/errors.ts";
import { configError, limitReached } from "./errors.ts";
import type { Limits } from "./limits.ts";
import { printable } from "./printable.ts";
import type { DenoEnd } from "./run_deno.ts";
import type { Source } from "./source.ts";
import { thrown } from "./thrown.ts";

/** What V8 and Rust say before they give up. */
const outOfMemory = /heap limit|(?:heap|JavaScript|process) out of memory|memory allocation of \d+ bytes failed/;

/** A child that ended without an answer. */
export function childFailed(end: DenoEnd, source: Source, limits: Limits): CharlyError {
  if (end.reason === "time" || end.reason === "memory") return limitReached(end.reason, source, limits);
  if (end.reason === "exit" && end.code === 0) return endedItself(end.code, source);
  if (end.signal !== null && outOfMemory.test(end.stderr)) return limitReached("memory", source, limits);
  const error = lastError(end.stderr);
  if (error === undefined) {
    return end.signal === null ? endedItself(end.code, source) : configError(
      source,
      `its process was ended by ${end.signal}`,
      "config-crash",
      "run it again; if it stays, take the config apart to find the part that does it",
    );
  }
  return thrown(error, source, limits);
}

function endedItself(code: number, source: Source): CharlyError {
  return configError(
    source,
    `it ended the process itself (exit code ${code})`,
    "config-exit",
    "remove `Deno.exit` or `process.exit`; throw an error instead",
  );
}

/** What Deno said last: the error that ended it, up to the end of its stack. */
function lastError(stderr: string): string | undefined {
  const at = `\n${stderr}`.lastIndexOf("\nerror: ");
  return at === -1 ? undefined : printable(stderr.slice(at + "error: ".length)).trimEnd();
}
