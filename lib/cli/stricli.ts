/** The one place that knows the argument parser: our verb declaration in, typed values or a CharlyError out. */
import {
  AliasNotFoundError,
  ArgumentParseError,
  buildApplication,
  buildCommand,
  EnumValidationError,
  FlagNotFoundError,
  run,
  text_en,
  UnexpectedFlagError,
  UnsatisfiedFlagError,
} from "@stricli/core";
import { CharlyError } from "../base/errors.ts";
import { closest } from "../base/closest.ts";
import { type AnyVerb, type ArgSpecs, fillDefaults, type FlagSpec, type FlagSpecs, kebab } from "./define_verb.ts";

/** What the words of a verb mean. */
export interface Parsed {
  readonly args: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly flags: Readonly<Record<string, unknown>>;
}

/**
 * Parses the words behind a verb.
 *
 * @param verb the declaration
 * @param globals flags every verb takes
 * @param words everything after the verb's name, bare values filled in
 * @throws CharlyError with exit code 2 when the words do not fit
 */
export async function parseWords(verb: AnyVerb, globals: FlagSpecs, words: readonly string[]): Promise<Parsed> {
  const specs: FlagSpecs = { ...globals, ...verb.flags };
  refuseOddFlags(verb, words);
  let found: { flags: Record<string, unknown>; words: string[] } | undefined;
  let failure: unknown;
  const command = buildCommand<Record<string, unknown>, string[]>({
    docs: { brief: verb.summary },
    // Typed by our own declarations, not by the parser's inference from a function.
    parameters: {
      flags: Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, flagOf(spec)])),
      aliases: Object.fromEntries(Object.entries(specs).flatMap(([name, { short }]) => short ? [[short, name]] : [])),
      positional: { kind: "array", parameter: { brief: "", placeholder: "word", parse: String } },
    } as never,
    func: (flags, ...rest) => {
      found = { flags, words: rest };
    },
  });
  const app = buildApplication(command, {
    name: "charly",
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    localization: {
      text: {
        ...text_en,
        exceptionWhileParsingArguments: (error) => {
          failure = error;
          return "";
        },
      },
    },
  }, {});
  const unheard = { write: () => {} };
  await run(app, words, { process: { stdout: unheard, stderr: unheard, env: {} } });
  if (found === undefined) throw misfit(failure, verb, specs);
  return { args: nameArguments(verb, found.words), flags: fillDefaults(specs, found.flags) };
}

/** What looks like a flag and is none to the parser (`--x`, `-1`) would become an argument: a mistyped flag a bundle's name. */
function refuseOddFlags(verb: AnyVerb, words: readonly string[]): void {
  const end = words.indexOf("--");
  const odd = words.slice(0, end === -1 ? words.length : end)
    .find((word) =>
      word.startsWith("-") && word !== "-" && !/^(?:--[a-z][\w.-]+(?:=[^]*)?|-[a-z]+(?:=[^]*)?)$/i.test(word)
    );
  if (odd === undefined) return;
  throw wrong(
    `read command line: \`charly ${verb.name}\` has no flag ${odd}`,
    `write -- in front of an argument that begins with a dash`,
    "unknown-flag",
  );
}

function flagOf(spec: FlagSpec): Record<string, unknown> {
  switch (spec.kind) {
    case "switch":
      return { kind: "boolean", brief: spec.brief, optional: true, withNegated: false };
    case "choice":
      return { kind: "enum", brief: spec.brief, values: spec.values, optional: true };
    case "text":
      return { kind: "parsed", brief: spec.brief, parse: String, optional: true, variadic: spec.repeat === true };
    case "number": {
      const min = spec.min ?? 1;
      const parse = (text: string) => {
        if (!/^\d{1,9}$/.test(text) || Number(text) < min) throw new Error(`expected a whole number from ${min}`);
        return Number(text);
      };
      return { kind: "parsed", brief: spec.brief, parse, optional: true, variadic: spec.repeat === true };
    }
  }
}

/** Names positional words by the declaration's order. */
function nameArguments(
  verb: { readonly name: string; readonly args: ArgSpecs },
  words: readonly string[],
): Parsed["args"] {
  const left = [...words];
  const args: Record<string, string | readonly string[] | undefined> = {};
  for (const [name, spec] of Object.entries(verb.args)) {
    if (spec.rest) {
      args[name] = left.splice(0);
      if (!spec.optional && args[name]!.length === 0) throw missing(verb.name, name);
    } else {
      args[name] = left.shift();
      if (args[name] === undefined && !spec.optional) throw missing(verb.name, name);
    }
  }
  if (left.length > 0) {
    throw wrong(
      `read command line: \`charly ${verb.name}\` does not expect "${left[0]}"`,
      `run \`charly ${verb.name} --help\``,
    );
  }
  return args;
}

function missing(verb: string, name: string): CharlyError {
  return wrong(`read command line: \`charly ${verb}\` needs <${kebab(name)}>`, `run \`charly ${verb} --help\``);
}

function misfit(error: unknown, verb: AnyVerb, specs: FlagSpecs): CharlyError {
  const help = `run \`charly ${verb.name} --help\``;
  if (error instanceof FlagNotFoundError) {
    const typed = `--${error.input.replace(/^-+/, "")}`;
    const near = closest(typed, Object.keys(specs).map((name) => `--${kebab(name)}`));
    const hint = near === undefined ? help : `did you mean ${near}?`;
    return wrong(`read command line: \`charly ${verb.name}\` has no flag ${typed}`, hint, "unknown-flag");
  }
  if (error instanceof AliasNotFoundError) {
    return wrong(`read command line: \`charly ${verb.name}\` has no flag -${error.input}`, help, "unknown-flag");
  }
  if (error instanceof EnumValidationError) {
    const near = closest(error.input, error.values);
    const hint = near === undefined ? `use one of: ${error.values.join(", ")}` : `did you mean ${near}?`;
    return wrong(`read command line: --${kebab(error.externalFlagName)} is not "${error.input}"`, hint);
  }
  if (error instanceof ArgumentParseError) {
    const why = error.exception instanceof Error ? error.exception.message : String(error.exception);
    const name = kebab(error.externalFlagNameOrPlaceholder);
    return wrong(`read command line: --${name} got "${error.input}": ${why}`, help);
  }
  if (error instanceof UnsatisfiedFlagError) {
    return wrong(`read command line: --${kebab(error.externalFlagName)} needs a value`, help);
  }
  if (error instanceof UnexpectedFlagError) {
    return wrong(`read command line: --${kebab(error.externalFlagName)} was given twice`, "give it once");
  }
  return wrong(`read command line: ${error instanceof Error ? error.message : "the words do not fit"}`, help);
}

function wrong(message: string, hint: string, code = "usage"): CharlyError {
  return new CharlyError(message, { hint, code, exitCode: 2 });
}
