/** Help that teaches: what it is, a paragraph, how it is written, examples to paste. */
import { type AnyVerb, type FlagSpec, type FlagSpecs, kebab, type VerbEntry, type VerbTable } from "./define_verb.ts";
import { globalFlags } from "./globals.ts";
import type { Style } from "./style.ts";

/** Help of the whole tool: every verb, once. */
export function rootHelp(table: VerbTable, style: Style): string {
  const names = table.verbs.filter((verb) => !verb.hidden);
  const single = names.filter((verb) => !verb.name.includes(" "));
  const rows = [
    ...single.map((verb): Row => [verb.name, verb.summary]),
    ...Object.entries(table.groups).map(([name, summary]): Row => [`${name} …`, summary]),
  ].sort(([a], [b]) => a < b ? -1 : 1);
  return page([
    `${
      style.bold("charly")
    } deploys typed configurations to this machine and to hosts over SSH, and undoes them exactly.`,
    "A candy is an installable layer, a bundle is candies on a target. `charly plan` shows every file, package, unit and\n" +
    "command a bundle means; `charly deploy` carries exactly that out; `charly bundle del` takes it back.",
    section("Usage", ["charly <verb> [arguments] [flags]"], style),
    section("Verbs", columns(rows), style),
    section("Flags of every verb", flagRows(globalFlags), style),
    section("Examples", [
      ...columns([
        ["charly plan web", "what would happen on the bundle `web`"],
        ["charly deploy web", "plan, ask, apply"],
        ["charly bundle del web", "take everything back"],
      ]),
    ], style),
    "`charly <verb> --help` explains one verb. Exit codes: 0 done, 1 failed, 2 wrong call or configuration, 3 no one to ask.",
  ]);
}

/** Help of a group: its verbs. */
export function groupHelp(group: string, summary: string, verbs: readonly VerbEntry[], style: Style): string {
  return page([
    `${style.bold(`charly ${group}`)}: ${summary}`,
    section("Usage", [`charly ${group} <verb> [arguments] [flags]`], style),
    section("Verbs", columns(verbs.filter((verb) => !verb.hidden).map((verb) => [verb.name, verb.summary])), style),
    `\`charly ${group} <verb> --help\` explains one of them.`,
  ]);
}

/** Help of one verb. */
export function verbHelp(verb: AnyVerb, style: Style): string {
  const args = Object.entries(verb.args);
  const usage = [
    "charly",
    verb.name,
    ...args.map(([name, spec]) => {
      const word = `<${kebab(name)}>${spec.rest ? "…" : ""}`;
      return spec.optional ? `[${word}]` : word;
    }),
    "[flags]",
  ].join(" ");
  return page([
    `${style.bold(`charly ${verb.name}`)}: ${verb.summary}`,
    verb.description,
    section("Usage", [usage], style),
    args.length > 0 &&
    section("Arguments", columns(args.map(([name, spec]) => [`<${kebab(name)}>`, spec.brief])), style),
    Object.keys(verb.flags).length > 0 && section("Flags", flagRows(verb.flags), style),
    section("Flags of every verb", flagRows(globalFlags), style),
    verb.examples && section("Examples", columns(verb.examples.map(([line, what]) => [line, what])), style),
  ]);
}

type Row = readonly [left: string, right: string];

function flagRows(flags: FlagSpecs): string[] {
  return columns(Object.entries(flags).map(([name, spec]) => [flagWord(name, spec), spec.brief]));
}

function flagWord(name: string, spec: FlagSpec): string {
  const short = spec.short === undefined ? "    " : `-${spec.short}, `;
  const long = `${short}--${kebab(name)}`;
  switch (spec.kind) {
    case "switch":
      return long;
    case "choice":
      return spec.bare === undefined ? `${long} ${spec.values.join("|")}` : `${long}[=${spec.values.join("|")}]`;
    default:
      return `${long} <${spec.placeholder}>`;
  }
}

function columns(rows: readonly Row[]): string[] {
  const width = Math.min(34, Math.max(0, ...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) =>
    left.length > width ? `${left}\n${" ".repeat(width + 4)}${right}` : `${left.padEnd(width)}  ${right}`
  );
}

function section(title: string, lines: readonly string[], style: Style): string {
  return `${style.bold(title)}\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

function page(parts: readonly (string | false | undefined)[]): string {
  return `${parts.filter((part) => typeof part === "string").join("\n\n")}\n`;
}
