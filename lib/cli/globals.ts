/** Flags every verb takes, before or after it, and the tidying of words that makes this so. */
import { CharlyError } from "../base/errors.ts";
import { closest } from "../base/closest.ts";
import { type FlagsOf, type FlagSpecs, kebab } from "./define_verb.ts";

/** The flags of every verb. */
export const globalFlags = {
  config: {
    kind: "text",
    brief: "Configuration to read: a path or an address",
    placeholder: "path|url",
    offer: "file",
  },
  host: {
    kind: "text",
    brief: "Only this host of the bundle (repeatable)",
    placeholder: "host",
    repeat: true,
    offer: "host",
  },
  json: { kind: "choice", brief: "Machine-readable output", values: ["document", "events"], bare: "document" },
  quiet: { kind: "switch", brief: "Only results and errors", short: "q" },
  verbose: { kind: "switch", brief: "Show the output of every step", short: "v" },
  noColor: { kind: "switch", brief: "No colours (as NO_COLOR)" },
  yes: { kind: "switch", brief: "Answer every question with yes, and open the gates", short: "y" },
} as const satisfies FlagSpecs;

/** Their values. */
export type Globals = FlagsOf<typeof globalFlags>;

/** Words split into the global flags that came first and everything else. */
export interface LeadingFlags {
  readonly flags: readonly string[];
  readonly rest: readonly string[];
}

/**
 * Takes global flags off the front, so that `charly --json plan` is `charly plan --json`.
 *
 * @throws CharlyError when a flag in front of the verb is none of ours
 */
export function takeLeadingFlags(words: readonly string[]): LeadingFlags {
  const flags: string[] = [];
  let i = 0;
  for (; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith("-") || word === "-" || word === "--" || isAbout(word)) break;
    flags.push(word);
    const spec = globalSpec(word);
    if (spec === undefined) unknownGlobal(word);
    if ((spec.kind === "text") && !word.includes("=") && i + 1 < words.length) flags.push(words[++i]!);
  }
  return { flags, rest: words.slice(i) };
}

/** `--help` and `--version` in their spellings. */
export function isAbout(word: string): boolean {
  return ["--help", "-h", "--version", "-V"].includes(word);
}

/** Gives flags with an optional value their bare value: `--json web` is `--json=document web`. Stops at `--`. */
export function fillBareValues(words: readonly string[], flags: FlagSpecs): string[] {
  const end = words.indexOf("--");
  return words.map((word, i) => {
    if (end !== -1 && i >= end) return word;
    for (const [name, spec] of Object.entries(flags)) {
      if (spec.kind === "choice" && spec.bare !== undefined && word === `--${kebab(name)}`) {
        return `${word}=${spec.bare}`;
      }
    }
    return word;
  });
}

function globalSpec(word: string) {
  const name = word.split("=")[0]!;
  for (const [key, spec] of Object.entries(globalFlags)) {
    if (name === `--${kebab(key)}`) return spec;
    if ("short" in spec && /^-[a-z]+$/i.test(name) && [...name.slice(1)].every(isShort)) return spec;
  }
  return undefined;
}

function isShort(letter: string): boolean {
  return Object.values(globalFlags).some((spec) => "short" in spec && spec.short === letter);
}

function unknownGlobal(word: string): never {
  const name = word.split("=")[0]!;
  const near = closest(name, Object.keys(globalFlags).map((key) => `--${kebab(key)}`));
  throw new CharlyError(`read command line: no flag ${name} stands in front of a verb`, {
    hint: near === undefined ? "run `charly --help`; a verb's own flags come after it" : `did you mean ${near}?`,
    code: "unknown-flag",
    exitCode: 2,
  });
}
