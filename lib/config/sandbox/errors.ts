/** Words for everything that can go wrong while a config runs. */
import { fileURLToPath } from "node:url";
import { CharlyError } from "../../base/errors.ts";
import { isApi, relative } from "./check_graph.ts";
import type { Limits } from "./limits.ts";
import type { NotData } from "./prelude.ts";
import { printable } from "./printable.ts";
import type { DenoEnd } from "./run_deno.ts";
import type { Source } from "./source.ts";

/** What to do instead, per permission Deno names. */
const instead: Readonly<Record<string, string>> = {
  read: 'import the file as text: `import text from "./file" with { type: "text" }`',
  write: "use a `write()` entry in a candy's plan, or do it in a task",
  net: "a config is data: do it in a task, or write the value down",
  run: "use a `command()` entry in a candy's plan, or do it in a task",
  env: "a config sees no environment: declare a secret, or write the value down",
  sys: "ask the machine in a candy's plan, or write the value down",
  ffi: "do it in a task",
  import: "import it with a literal name at the top of the file, so that it can be checked",
};

function configError(source: Source, what: string, code: string, hint: string): CharlyError {
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

/** A child that ended without an answer. */
export function childFailed(end: DenoEnd, source: Source, limits: Limits): CharlyError {
  if (end.reason === "time" || end.reason === "memory") return limitReached(end.reason, source, limits);
  if (end.reason === "exit" && end.code === 0) return endedItself(end.code, source);
  if (
    /heap limit|JavaScript heap out of memory|JavaScript out of memory|Fatal process out of memory|memory allocation of \d+ bytes failed/
      .test(
        end.stderr,
      )
  ) {
    return limitReached("memory", source, limits);
  }
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

function thrown(error: string, source: Source, limits: Limits): CharlyError {
  const head = error.split("\n    at ")[0]!.split("\n")[0]!.replace(/^Uncaught (?:\(in promise\) )?/, "");
  const where = place(error, source);
  const at = where === undefined ? "" : ` (${where})`;
  const denied = /Requires (\w+) access(?: to (.*?))?(?:, run again|$)/.exec(head);
  if (denied !== null) {
    const [, permission = "", subject] = denied;
    if (permission === "read" && subject !== undefined) return readDenied(subject, at, source);
    const what = `${permission} access${subject === undefined ? "" : ` to ${subject}`} was denied${at}`;
    return configError(source, what, `config-denied-${permission}`, instead[permission] ?? "do it in a task");
  }
  const missing = /^(?:ReferenceError|TypeError): (?:\w+\.)?(\w+) is not (?:defined|a function|a constructor)/.exec(
    head,
  );
  if (missing !== null && removed.has(missing[1]!)) {
    return configError(
      source,
      `${missing[1]} is not there for a config${at}`,
      "config-removed",
      "a config is data: do it in a task",
    );
  }
  if (/^RangeError: .*(?:allocation failed|Invalid array buffer length|could not allocate memory)/i.test(head)) {
    return limitReached("memory", source, limits);
  }
  if (head === "Top-level await promise never resolved") {
    return configError(
      source,
      `it waits for something that never comes${at}`,
      "config-waits",
      "look at its top-level `await`",
    );
  }
  const syntax = /^SyntaxError/.test(head);
  return configError(
    source,
    `${head}${at}`,
    syntax ? "config-syntax" : "config-threw",
    syntax
      ? "correct the syntax there"
      : `correct it there; \`deno run ${relative(source.url, source)}\` shows the whole stack`,
  );
}

function readDenied(subject: string, at: string, source: Source): CharlyError {
  const path = /^"(.*)"$/.exec(subject)?.[1];
  const inside = path === undefined
    ? undefined
    : path.startsWith(`${source.root}/`)
    ? path.slice(source.root.length + 1)
    : path;
  const hint = inside === undefined || inside.startsWith("/")
    ? `copy the file into the project and ${instead["read"]}`
    : `import the file as text: \`import text from "./${inside.replace(/^\.\//, "")}" with { type: "text" }\``;
  return configError(source, `read access to ${subject} was denied${at}`, "config-denied-read", hint);
}

/** A promise that was rejected with nobody waiting for it. */
export function rejected(stack: string, source: Source): CharlyError {
  const text = printable(stack);
  const where = place(text, source);
  const head = text.split("\n")[0] || "without a reason";
  return configError(
    source,
    `a promise was rejected and nothing handled it: ${head}${where === undefined ? "" : ` (${where})`}`,
    "config-rejection",
    "await the promise, or remove it",
  );
}

const removed = new Set(
  "Worker BroadcastChannel localStorage sessionStorage Storage caches CacheStorage Cache openKv cron getBuiltinModule"
    .split(" "),
);

/** The first place of the stack that is the config's and not charly's. */
function place(error: string, source: Source): string | undefined {
  const frames = [...error.matchAll(/^ {4}at .*?((?:file|https?):\/\/[^\s)]+?):(\d+):(\d+)\)?$/gm)];
  const own = frames.find(([, specifier]) => specifier !== undefined && !isForeign(specifier, source)) ?? frames[0];
  return own === undefined ? undefined : `${relative(own[1]!, source)}:${own[2]}:${own[3]}`;
}

function isForeign(specifier: string, source: Source): boolean {
  if (specifier.startsWith("file:") && fileURLToPath(specifier).startsWith(`${source.root}/node_modules/`)) return true;
  return relative(specifier, source) === specifier
    ? false
    : relative(specifier, source).startsWith("/") && isApi(specifier);
}

/** Everything in the default export that is not data, at once. */
export function notData(found: readonly NotData[], source: Source): CharlyError {
  const lines = found.map(({ path, found }) =>
    `${path.length === 0 ? "default export" : path.join("/")}: ${printable(found)}`
  );
  const more = found.length >= 50 ? ["… and perhaps more"] : [];
  return new CharlyError(`evaluate ${source.label}: not plain data\n  ${[...lines, ...more].join("\n  ")}`, {
    hint: found.length === 1 ? found[0]!.hint : [...new Set(found.map(({ hint }) => hint))].join("; "),
    code: "config-not-data",
    exitCode: 2,
  });
}
