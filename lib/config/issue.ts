/** What can be wrong with a configuration, as data; {@link issueText} is the one place that finds words for it. */
import { closest } from "../base/closest.ts";
import { type TextRuleName, textRules } from "../entities/text_rules.ts";
import { oldSpelling } from "./old_spelling.ts";

/** Where: keys and list positions from the top. */
interface At {
  readonly path: readonly string[];
}

/** One problem of a configuration. */
export type ConfigIssue =
  | At & { readonly code: "wrong-type"; readonly expected: string; readonly found: string }
  | At & { readonly code: "missing-field" }
  | At & { readonly code: "unknown-field"; readonly name: string; readonly known: readonly string[] }
  | At & { readonly code: "not-one-of"; readonly found: string; readonly allowed: readonly string[] }
  | At & { readonly code: "bad-text"; readonly rule: TextRuleName; readonly found: string }
  | At & { readonly code: "bad-number"; readonly found: string; readonly min: number; readonly max: number }
  | At & {
    readonly code: "no-key";
    readonly what: string;
    readonly found: readonly string[];
    readonly known: readonly string[];
  }
  | At & { readonly code: "many-keys"; readonly what: string; readonly found: readonly string[] }
  | At & {
    readonly code: "unknown-name";
    readonly noun: string;
    readonly name: string;
    readonly known: readonly string[];
  }
  | At & {
    readonly code: "unknown-method";
    readonly verb: string;
    readonly name: string;
    readonly known: readonly string[];
  }
  | At & { readonly code: "cycle"; readonly noun: string; readonly names: readonly string[] }
  | At & { readonly code: "duplicate"; readonly what: string; readonly name: string; readonly other: readonly string[] }
  | At & { readonly code: "same-letters"; readonly what: string; readonly name: string; readonly other: string }
  | At & { readonly code: "reserved-variable"; readonly name: string }
  | At & { readonly code: "shadowed-variable"; readonly name: string }
  | At & { readonly code: "path-in-env" }
  | At & { readonly code: "unknown-variable"; readonly name: string; readonly known: readonly string[] }
  | At & { readonly code: "bad-host"; readonly message: string; readonly hint: string }
  | At & { readonly code: "no-host" }
  | At & { readonly code: "two-users"; readonly host: string; readonly user: string }
  | At & { readonly code: "excludes"; readonly fields: readonly [string, string]; readonly hint: string }
  | At & { readonly code: "needs"; readonly field: string; readonly needs: string; readonly hint: string }
  | At & { readonly code: "self-reference"; readonly noun: string; readonly name: string }
  | At & { readonly code: "wrong-order"; readonly smaller: string; readonly larger: string }
  | At & { readonly code: "default-bundle" }
  | At & { readonly code: "yaml-extension"; readonly file: string }
  | At & { readonly code: "forbidden-key"; readonly name: string }
  | At & { readonly code: "not-data"; readonly found: string }
  | At & { readonly code: "too-deep"; readonly levels: number };

/** A problem in words. */
export interface IssueText {
  /** What was found, one line. */
  readonly message: string;
  /** What to do, one imperative sentence. */
  readonly hint: string;
}

/** Shows a text of the configuration: quoted, on one line, and not all of a long one. */
function show(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

/** A list for people, cut when it is long. */
function showList(words: readonly string[]): string {
  const shown = words.slice(0, 12).map((word) => word.length > 60 ? `${word.slice(0, 57)}...` : word);
  return words.length > shown.length
    ? `${shown.join(", ")}, ... ${words.length - shown.length} more`
    : shown.join(", ");
}

/** "Did you mean", else all there is. */
function suggest(word: string, known: readonly string[], there: string, none: string): string {
  const near = closest(word, known);
  if (near !== undefined) return `did you mean ${show(near)}?`;
  return known.length === 0 ? none : `${there}: ${showList(known)}`;
}

/** `candies`, `boxes`, `tasks`. */
function plural(noun: string): string {
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : /x$/.test(noun) ? `${noun}es` : `${noun}s`;
}

/** A circle of names, with the middle of a long one left out. */
function showChain(names: readonly string[]): string {
  return (names.length > 14 ? [...names.slice(0, 6), "...", ...names.slice(-6)] : names).join(" → ");
}

/** `a bundle`, `an image`. */
function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

/**
 * A problem in words: what was found, and what to do.
 *
 * @param issue the problem
 */
export function issueText(issue: ConfigIssue): IssueText {
  switch (issue.code) {
    case "wrong-type":
      return { message: `expected ${issue.expected}, found ${issue.found}`, hint: `write ${issue.expected}` };
    case "missing-field": {
      const field = issue.path.at(-1) ?? "";
      return { message: `${show(field)} is missing`, hint: `add \`${field}\`` };
    }
    case "unknown-field":
      return unknownField(issue.name, issue.known);
    case "not-one-of":
      return {
        message: `found ${issue.found}`,
        hint: suggest(issue.found.replace(/^"|"$/g, ""), issue.allowed, "write one of", "leave it out"),
      };
    case "bad-text":
      return { message: `${show(issue.found)} is not ${textRules[issue.rule].what}`, hint: textRules[issue.rule].hint };
    case "bad-number": {
      const largest = issue.max === Number.MAX_SAFE_INTEGER ? "" : ` to ${issue.max}`;
      return { message: `found ${issue.found}`, hint: `write a whole number from ${issue.min}${largest}` };
    }
    case "no-key":
      return noKey(issue.what, issue.found, issue.known);
    case "many-keys":
      return {
        message: `has ${issue.found.length} ${plural(issue.what)}: ${showList(issue.found)}`,
        hint: `write one ${issue.what} per entry`,
      };
    case "unknown-name":
      return {
        message: `unknown ${issue.noun} ${show(issue.name)}`,
        hint: suggest(
          issue.name,
          issue.known,
          `declared ${plural(issue.noun)}`,
          `declare ${article(issue.noun)} of that name`,
        ),
      };
    case "unknown-method":
      return {
        message: `\`${issue.verb}\` has no method ${show(issue.name)}`,
        hint: suggest(issue.name, issue.known, "methods", "remove it"),
      };
    case "cycle":
      return {
        message: `${plural(issue.noun)} refer to each other: ${showChain(issue.names)}`,
        hint: "remove one of these references",
      };
    case "duplicate":
      return {
        message: `${issue.what} ${show(issue.name)} is also at ${where(issue.other)}`,
        hint: "rename or remove one of the two",
      };
    case "same-letters":
      return {
        message: `${issue.what} ${
          show(issue.name)
        } looks the same as another ${issue.what} written with other code points`,
        hint: `write both in Unicode normal form C, or rename one`,
      };
    case "reserved-variable":
      return { message: `variable ${show(issue.name)} is set by charly`, hint: "choose another name" };
    case "shadowed-variable":
      return { message: `variable ${show(issue.name)} is also in \`env\``, hint: "rename one of the two" };
    case "path-in-env":
      return { message: '"PATH" cannot be set in `env`', hint: "write the directories into `pathAppend`" };
    case "unknown-variable":
      return {
        message: `\${${issue.name}} is no variable of the candy`,
        hint: suggest(issue.name, issue.known, "there are", "declare it under `var`"),
      };
    case "bad-host":
      return { message: issue.message, hint: issue.hint };
    case "no-host":
      return { message: "no host is given", hint: 'write at least one, for example ssh("deploy@web1")' };
    case "two-users":
      return {
        message: `host ${show(issue.host)} and \`user: ${show(issue.user)}\` both name a user`,
        hint: "write the user in one place only",
      };
    case "excludes":
      return { message: `\`${issue.fields[0]}\` and \`${issue.fields[1]}\` exclude each other`, hint: issue.hint };
    case "needs":
      return { message: `\`${issue.field}\` needs ${issue.needs}`, hint: issue.hint };
    case "self-reference":
      return { message: `${issue.noun} ${show(issue.name)} refers to itself`, hint: "remove the reference" };
    case "wrong-order":
      return {
        message: `\`${issue.smaller}\` is longer than \`${issue.larger}\``,
        hint: `make \`${issue.larger}\` at least as long as \`${issue.smaller}\``,
      };
    case "default-bundle":
      return {
        message: "two configurations name different default bundles",
        hint: "set `defaults.bundle` in this one",
      };
    case "yaml-extension":
      return {
        message: `cannot take in ${show(issue.file)}: this version of charly does not read YAML`,
        hint: "write its entities in TypeScript, or remove the `fromYaml(…)`",
      };
    case "forbidden-key":
      return { message: `the key ${show(issue.name)} cannot be used`, hint: "choose another name" };
    case "not-data":
      return {
        message: `found ${issue.found}, which is not data`,
        hint: "write text, numbers, lists and plain objects",
      };
    case "too-deep":
      return { message: `is nested deeper than ${issue.levels} levels`, hint: "flatten it" };
  }
}

function unknownField(name: string, known: readonly string[]): IssueText {
  const message = `unknown field ${show(name)}`;
  const now = oldSpelling(name, known);
  if (known.includes("probe") && name !== "run") {
    return { message, hint: "write what is asked and expected inside `probe`" };
  }
  if (now === "") return { message, hint: "this old field is gone; remove it, or run `charly migrate`" };
  if (now !== undefined) return { message, hint: `it is written \`${now}\` now; rename it, or run \`charly migrate\`` };
  return { message, hint: suggest(name, known, "fields", "remove it") };
}

function noKey(what: string, found: readonly string[], known: readonly string[]): IssueText {
  const message = `has no ${what}`;
  const old = ["run", "include", "plugin", "agent-run", "agent-check"].find((word) => found.includes(word));
  if (old !== undefined && what === "verb") {
    return { message, hint: `\`${old}\` is an old spelling; run \`charly migrate\`` };
  }
  for (const name of found) {
    const near = oldSpelling(name, known) || closest(name, known);
    if (near) return { message: `${message}, found ${show(name)}`, hint: `did you mean ${show(near)}?` };
  }
  return { message, hint: `write one of: ${known.join(", ")}` };
}

/** `candies/motd/require/0`. */
function where(path: readonly string[]): string {
  if (path.length === 0) return "the configuration";
  // deno-lint-ignore no-control-regex -- a name may hold them, a line of text may not
  return path.map((part) => part.length > 60 || /[\x00-\x1f\x7f]/.test(part) ? show(part) : part).join("/");
}

/**
 * All problems as text: `where: what`, each with a `hint:` line below.
 *
 * @param issues what was found
 */
export function formatIssues(issues: readonly ConfigIssue[]): string {
  return issues.map((issue) => {
    const { message, hint } = issueText(issue);
    return `${where(issue.path)}: ${message}\n  hint: ${hint}`;
  }).join("\n");
}
