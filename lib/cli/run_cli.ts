/** From words to an exit code: find the verb, load it, parse, run, and say what went wrong in one place. */
import { CharlyError } from "../base/errors.ts";
import { closest } from "../base/closest.ts";
import type { Services } from "./context.ts";
import { type AnyVerb, fillDefaults, type VerbEntry, type VerbTable } from "./define_verb.ts";
import { fillBareValues, globalFlags, type Globals, isAbout, takeLeadingFlags } from "./globals.ts";
import { groupHelp, rootHelp, verbHelp } from "./help.ts";
import type { CliIo } from "./io.ts";
import { outputOf } from "./output.ts";
import type { Parsed } from "./stricli.ts";

/** What a command line is made of. */
export interface CliParts {
  readonly table: VerbTable;
  readonly io: CliIo;
  readonly services: Services;
  readonly cwd: string;
  readonly version: string;
  readonly signal?: AbortSignal;
}

/**
 * Carries a command line out.
 *
 * @param words what stands behind `charly`
 * @param parts verbs, streams and services
 * @returns the exit code: 0 done, 1 failed, 2 wrong call or configuration, 3 nobody to ask; `plan --exit-code` adds 10
 */
export async function runCli(words: readonly string[], parts: CliParts): Promise<number> {
  // Before anything is parsed, an error must know already whether a program is listening.
  let out = outputOf(parts.io, glance(words));
  try {
    const { flags: leading, rest } = takeLeadingFlags(words);
    if (rest.length === 0 || isAbout(rest[0]!)) return about(rest[0], words, parts);
    const { entry, group, after } = findVerb(parts.table, rest);
    if (entry === undefined) {
      const verbs = parts.table.verbs.filter((verb) => verb.name.startsWith(`${group} `));
      const text = groupHelp(group!, parts.table.groups[group!]!, verbs, out.style);
      if (after.some(isAbout)) return say(parts.io.stdout, text, 0);
      return say(parts.io.stderr, text, 2);
    }
    const verb = (await entry.load()).default;
    const own = separate(verb, after);
    if (own.head.some(isAbout)) return say(parts.io.stdout, verbHelp(verb, out.style), 0);
    const parsed = verb.passThrough === "all" && leading.length === 0
      ? untouched(verb, after)
      : await parse(verb, [...leading, ...own.head], own.tail);
    const globals = parsed.flags as unknown as Globals;
    out = outputOf(parts.io, globals);
    const code = await verb.run({
      args: parsed.args as never,
      flags: parsed.flags as never,
      globals,
      out,
      services: parts.services,
      table: parts.table,
      cwd: parts.cwd,
      words,
      signal: parts.signal ?? new AbortController().signal,
      version: parts.version,
    });
    return code ?? 0;
  } catch (error) {
    out.error(error);
    return error instanceof CharlyError ? error.exitCode : 1;
  }
}

async function parse(verb: AnyVerb, head: readonly string[], tail: readonly string[]): Promise<Parsed> {
  const { parseWords } = await import("./stricli.ts");
  return await parseWords(verb, globalFlags, [...fillBareValues(head, { ...globalFlags, ...verb.flags }), ...tail]);
}

/** Words none of which is ours need no parser, and whoever waits at a half-typed line no time to load one. */
function untouched(verb: AnyVerb, words: readonly string[]): Parsed {
  const rest = Object.keys(verb.args).at(-1)!;
  return { args: { [rest]: words }, flags: fillDefaults({ ...globalFlags, ...verb.flags }, {}) };
}

/** The verb the words name; a group alone gives no entry. */
export function findVerb(
  table: VerbTable,
  words: readonly string[],
): { readonly entry?: VerbEntry; readonly group?: string; readonly after: readonly string[] } {
  const first = words[0]!;
  const entry = table.verbs.find((verb) => verb.name === first);
  if (!Object.hasOwn(table.groups, first)) {
    if (entry !== undefined) return { entry, after: words.slice(1) };
    throw unknown(first, [
      ...table.verbs.filter((v) => !v.hidden).map((v) => v.name.split(" ")[0]!),
      ...Object.keys(table.groups),
    ]);
  }
  const { flags, rest } = takeLeadingFlags(words.slice(1));
  if (rest.length === 0 || isAbout(rest[0]!)) return { group: first, after: rest };
  const nested = table.verbs.find((verb) => verb.name === `${first} ${rest[0]}`);
  if (nested === undefined) {
    const names = table.verbs.filter((verb) => verb.name.startsWith(`${first} `)).map((verb) => verb.name);
    throw unknown(`${first} ${rest[0]}`, names);
  }
  return { entry: nested, after: [...flags, ...rest.slice(1)] };
}

function unknown(word: string, known: readonly string[]): CharlyError {
  const near = closest(word, [...new Set(known)]);
  return new CharlyError(`read command line: there is no verb "${word}"`, {
    hint: near === undefined ? "run `charly --help` for all verbs" : `did you mean \`charly ${near}\`?`,
    code: "unknown-verb",
    exitCode: 2,
  });
}

/** Own words of the verb, and those that are not ours to read: behind `--`, or behind a task's name. */
function separate(verb: AnyVerb, words: readonly string[]): { head: readonly string[]; tail: readonly string[] } {
  const cut = words.indexOf("--");
  if (!verb.passThrough) {
    return cut === -1 ? { head: words, tail: [] } : { head: words.slice(0, cut), tail: words.slice(cut) };
  }
  if (verb.passThrough === "all") return { head: [], tail: ["--", ...words] };
  let first = 0;
  while (first < words.length && words[first]!.startsWith("-") && words[first] !== "--") {
    const word = words[first]!.replace(/^--/, "");
    const spec = Object.entries({ ...globalFlags, ...verb.flags }).find(([name]) => name === word)?.[1];
    first += spec !== undefined && spec.kind !== "switch" && !("bare" in spec) ? 2 : 1;
  }
  if (first >= words.length) return { head: words, tail: [] };
  return { head: words.slice(0, first), tail: ["--", ...words.slice(words[first] === "--" ? first + 1 : first)] };
}

function about(word: string | undefined, words: readonly string[], parts: CliParts): number {
  const { style } = outputOf(parts.io, glance(words));
  if (word === "--version" || word === "-V") {
    const json = glance(words).json !== undefined;
    return say(
      parts.io.stdout,
      json ? `${JSON.stringify({ version: parts.version })}\n` : `charly ${parts.version}\n`,
      0,
    );
  }
  // Nothing asked is a wrong call, but one that the help answers.
  return word === undefined
    ? say(parts.io.stderr, rootHelp(parts.table, style), 2)
    : say(parts.io.stdout, rootHelp(parts.table, style), 0);
}

function say(write: (text: string) => void, text: string, code: number): number {
  write(text);
  return code;
}

/** The flags that matter for printing, without parsing. */
function glance(words: readonly string[]): { json: "document" | "events" | undefined; noColor: boolean } {
  const end = words.indexOf("--");
  const seen = end === -1 ? words : words.slice(0, end);
  const json = seen.includes("--json=events") ? "events" : seen.some((w) => w === "--json" || w === "--json=document");
  return { json: json === "events" ? "events" : json ? "document" : undefined, noColor: seen.includes("--no-color") };
}
