/** What a shell offers for a half-typed command line. Names come from the caller; nothing here reads, asks or throws. */
import {
  type AnyVerb,
  type ArgSpec,
  type FlagSpec,
  type FlagSpecs,
  kebab,
  type Offer,
  type VerbTable,
} from "./define_verb.ts";
import { globalFlags } from "./globals.ts";

/** One offer. */
export interface Proposal {
  readonly value: string;
  readonly description: string;
}

/**
 * Gives the names of a kind, from the configuration; an empty list when there is none. `given` are the arguments before the one that
 * is typed.
 */
export type Names = (offer: Offer, given: readonly string[]) => Promise<readonly Proposal[]>;

/**
 * Proposals for the last word.
 *
 * @param table every verb
 * @param words what stands behind `charly`; the last one is being typed and may be empty
 * @param names where names come from
 */
export async function complete(table: VerbTable, words: readonly string[], names: Names): Promise<Proposal[]> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const cursor = walk(before, globalFlags);
  const name = verbName(table, cursor.words);
  if (name === undefined) {
    if (cursor.value !== undefined) return await valuesOf(cursor.value, typed, names);
    if (typed.startsWith("-") && !cursor.ended) return flagsFor(globalFlags, before, typed);
    return verbsAfter(table, cursor.words, typed);
  }
  const verb = (await table.verbs.find((entry) => entry.name === name)!.load()).default;
  const flags: FlagSpecs = { ...globalFlags, ...verb.flags };
  const depth = name.split(" ").length;
  const inside = walk(before, flags, verb.passThrough !== undefined ? depth + 1 : undefined);
  const given = inside.words.slice(depth);
  const passed = verb.passThrough !== undefined && given.length > 0;
  if (inside.value !== undefined && !passed) return await valuesOf(inside.value, typed, names);
  const [, flag, value] = /^--([^=]+)=([^]*)$/.exec(typed) ?? [];
  if (flag !== undefined && value !== undefined && !passed && !inside.ended) {
    const spec = specOf(flags, `--${flag}`);
    const offers = spec === undefined ? [] : await valuesOf(spec, value, names);
    return offers.map((offer) => ({ ...offer, value: `--${flag}=${offer.value}` }));
  }
  if (typed.startsWith("-") && !inside.ended && !passed) return flagsFor(flags, before, typed);
  const arg = argAt(verb, given.length);
  return arg === undefined ? [] : await offersOf(arg.offer ?? "nothing", typed, names, table, given);
}

interface Cursor {
  /** Words that are no flags and no values of flags. */
  readonly words: readonly string[];
  /** The flag whose value comes next. */
  readonly value?: FlagSpec;
  /** A `--` came. */
  readonly ended: boolean;
}

function walk(words: readonly string[], flags: FlagSpecs, stopAfter = Infinity): Cursor {
  const found: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (found.length >= stopAfter) found.push(word);
    else if (word === "--") return { words: [...found, ...words.slice(i + 1)], ended: true };
    else if (word.startsWith("-") && word !== "-") {
      const spec = specOf(flags, word);
      const takes = spec !== undefined && !word.includes("=") && spec.kind !== "switch" && !("bare" in spec);
      if (takes && i === words.length - 1) return { words: found, value: spec, ended: false };
      if (takes) i++;
    } else found.push(word);
  }
  return { words: found, ended: false };
}

function specOf(flags: FlagSpecs, word: string): FlagSpec | undefined {
  const name = word.split("=")[0]!;
  return Object.entries(flags).find(([key, { short }]) =>
    name === `--${kebab(key)}` || (short !== undefined && name === `-${short}`)
  )
    ?.[1];
}

/** The verb these words name, the longest one first. */
function verbName(table: VerbTable, words: readonly string[]): string | undefined {
  return [words.slice(0, 2).join(" "), words[0]].find((name) =>
    table.verbs.some((verb) => verb.name === name && !verb.hidden)
  );
}

function verbsAfter(table: VerbTable, words: readonly string[], typed: string): Proposal[] {
  const visible = table.verbs.filter(({ hidden }) => !hidden);
  const [group, ...more] = words;
  if (more.length > 0) return [];
  const offers = group === undefined
    ? [
      ...visible.filter(({ name }) => !name.includes(" ")).map(({ name, summary }) => ({
        value: name,
        description: summary,
      })),
      ...Object.entries(table.groups).map(([value, description]) => ({ value, description })),
    ]
    : visible.filter(({ name }) => name.startsWith(`${group} `))
      .map(({ name, summary }) => ({ value: name.slice(group.length + 1), description: summary }));
  return starting(offers, typed);
}

function flagsFor(flags: FlagSpecs, before: readonly string[], typed: string): Proposal[] {
  const offers = Object.entries(flags)
    .filter(([name, spec]) =>
      ("repeat" in spec && spec.repeat) || !before.some((word) => specOf({ [name]: spec }, word))
    )
    .map(([name, { brief }]) => ({ value: `--${kebab(name)}`, description: brief }));
  return starting([...offers, { value: "--help", description: "Explain this verb" }], typed);
}

async function valuesOf(spec: FlagSpec, typed: string, names: Names): Promise<Proposal[]> {
  if (spec.kind === "choice") return starting(spec.values.map((value) => ({ value, description: "" })), typed);
  if (spec.kind === "text" && spec.offer !== undefined) return await offersOf(spec.offer, typed, names);
  return [];
}

async function offersOf(
  offer: Offer,
  typed: string,
  names: Names,
  table?: VerbTable,
  given: readonly string[] = [],
): Promise<Proposal[]> {
  if (offer === "nothing" || offer === "file") return [];
  if (offer === "verb") return table === undefined ? [] : verbsAfter(table, [], typed);
  return starting(await names(offer, given), typed);
}

function argAt(verb: AnyVerb, index: number): ArgSpec | undefined {
  const specs = Object.values(verb.args);
  const last = specs.at(-1);
  return specs[index] ?? (last?.rest ? last : undefined);
}

function starting(offers: readonly Proposal[], typed: string): Proposal[] {
  return offers.filter(({ value }) => value.startsWith(typed)).sort((a, b) => a.value < b.value ? -1 : 1);
}

/** `value<TAB>description` lines; what a shell could take for something else is left out. */
export function proposalLines(proposals: readonly Proposal[]): string {
  // deno-lint-ignore no-control-regex -- a name with a newline would be two offers
  const clean = (text: string) => text.replace(/[\x00-\x1f\x7f]+/g, " ").trim();
  // deno-lint-ignore no-control-regex -- as above
  return proposals.filter(({ value }) => !/[\x00-\x1f\x7f]/.test(value))
    .map(({ value, description }) => `${value}\t${clean(description)}\n`).join("");
}
