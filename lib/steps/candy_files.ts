/** Files of candies' own directories as values, read beforehand, so that compiling stays pure. */
import type { Content } from "./act.ts";

/** One file below a candy's directory. */
export interface CandyFile {
  /** Path relative to the candy's directory, with `/`. */
  readonly name: string;
  readonly content: Content;
  /** Executable for its owner in the project. */
  readonly executable: boolean;
}

/** What is known of one candy's directory. */
export interface CandyDirectory {
  /** Relative to the project, as the candy says it. */
  readonly dir: string;
  /** Names of builder files found (`pixi.toml`, `package.json`, `Cargo.toml`, `src/`, …). */
  readonly builderFiles: readonly string[];
  /** Files a step refers to, sorted by name. */
  readonly files: readonly CandyFile[];
}

/** Per candy name; candies without a directory are absent. */
export type CandyFiles = Readonly<Record<string, CandyDirectory>>;

/** Names a shell text refers to as `/ctx/<name>`; `""` stands for the whole directory (`/ctx`, globs, variables). */
export function ctxNames(text: string): string[] {
  const names = new Set<string>();
  for (const match of text.matchAll(/(?<![\w./-])\/ctx(?![\w.-])(?:\/([\w.@%+,:=/-]*)([*?[$`{])?)?/g)) {
    const name = match[1] ?? "";
    // A pattern or a variable may mean anything beside it.
    names.add(match[2] === undefined ? name.replace(/[,:./]+$/, "") : name.replace(/\/?[^/]*$/, ""));
  }
  return [...names].sort();
}

/** Is `name` the file or below the directory `wanted` (`""` = everything)? */
export function isBelow(name: string, wanted: string): boolean {
  return wanted === "" || name === wanted || name.startsWith(`${wanted}/`);
}
