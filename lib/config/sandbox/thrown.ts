/** Words for an error that came out of a config. */
import type { CharlyError } from "../../base/errors.ts";
import { isApi } from "./check_graph.ts";
import { configError, limitReached } from "./errors.ts";
import { relative } from "./import_path.ts";
import type { Limits } from "./limits.ts";
import { printable } from "./printable.ts";
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

/** An error the config ended with, as Deno printed it: a denied permission, a missing word, or its own. */
export function thrown(error: string, source: Source, limits: Limits): CharlyError {
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
    syntax ? "correct the syntax there" : "correct the config there",
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

/** Code that is not the config's: packages and charly itself. */
function isForeign(specifier: string, source: Source): boolean {
  const path = relative(specifier, source);
  return path.startsWith("node_modules/") || (path.startsWith("/") && isApi(specifier));
}
