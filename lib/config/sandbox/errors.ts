/** Words for everything that can go wrong while a config runs. */
import { CharlyError } from "../../base/errors.ts";
import type { Limits } from "./limits.ts";
import type { NotData } from "./prelude.ts";
import { printable } from "./printable.ts";
import type { Source } from "./source.ts";

/** An error of the evaluation itself: exit code 2. */
export function configError(source: Source, what: string, code: string, hint: string): CharlyError {
  return new CharlyError(`evaluate ${source.label}: ${what}`, { hint, code, exitCode: 2 });
}

/** A limit that ended it. */
export function limitReached(
  which: "time" | "memory" | "output" | "data",
  source: Source,
  limits: Limits,
): CharlyError {
  switch (which) {
    case "time":
      return configError(
        source,
        `it was still running after ${limits.wallMs / 1000} s and was ended`,
        "config-time",
        "look for a loop without an end",
      );
    case "memory":
      return configError(
        source,
        `it took more memory than it may (heap ${limits.heapMiB} MiB, whole process ${limits.memoryMiB} MiB) and was ended`,
        "config-memory",
        "look for a list that grows without an end",
      );
    case "output":
      return configError(
        source,
        `it printed more than ${limits.outputBytes} bytes and was ended`,
        "config-output",
        "print less: only the default export counts",
      );
    case "data":
      return configError(
        source,
        `its default export is larger than ${limits.dataBytes} bytes`,
        "config-too-large",
        "keep large files in the project and `copy()` them",
      );
  }
}

/** Everything in the default export that is not data, at once. */
export function notData(found: readonly NotData[], source: Source): CharlyError {
  const lines = found.map(({ path, found }) =>
    printable(`${path.length === 0 ? "default export" : path.join("/")}: ${found}`)
  );
  const more = found.length >= 50 ? ["… and perhaps more"] : [];
  return new CharlyError(`evaluate ${source.label}: not plain data\n  ${[...lines, ...more].join("\n  ")}`, {
    hint: found.length === 1 ? found[0]!.hint : [...new Set(found.map(({ hint }) => hint))].join("; "),
    code: "config-not-data",
    exitCode: 2,
  });
}
