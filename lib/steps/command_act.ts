/** Shell text as an act: the variables in front of it, its environment, its files, its way back. */
import { CharlyError } from "../base/errors.ts";
import { own } from "../base/own.ts";
import type { UndoCommand } from "../entities/plan_entry.ts";
import type { CommandAct, Content } from "./act.ts";
import { quoteWord } from "../command/quote.ts";
import { ctxNames, isBelow } from "./candy_files.ts";
import { sha256 } from "./content.ts";
import type { LowerContext } from "./define_step.ts";
import { levelOf } from "./scope.ts";
import type { Scope } from "./step.ts";
import { archOf, expandKnown, exportName, homeVariable, variablesOf } from "./variables.ts";

/** What the author said about a piece of shell text. */
export interface CommandWish {
  readonly candy: string;
  readonly id?: string;
  readonly text: string;
  readonly summary: string;
  readonly scope: Scope;
  readonly shell?: "bash" | "sh";
  readonly candyVars?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly undo?: string | UndoCommand;
  readonly touches?: readonly string[];
  readonly secrets?: readonly string[];
  readonly once?: boolean;
  readonly always?: boolean;
}

/**
 * `export` lines with ARCH, BUILD_ARCH, the candy's variables and the entry's environment, each group sorted.
 * Without them a live deploy would see the variables empty that an image build has.
 */
export function preamble(
  context: Pick<LowerContext, "facts">,
  candyVars: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): string {
  const variables = variablesOf(context.facts, candyVars);
  const line = (name: string, value: string) => `export ${exportName(name, "command")}=${quoteWord(value)}\n`;
  return [
    `export BUILD_ARCH=${quoteWord(context.facts.machine)} ARCH=${quoteWord(archOf(context.facts.machine))}\n`,
    ...Object.keys(candyVars).sort().map((name) => line(name, variables[name] ?? "")),
    ...Object.keys(env).sort().map((name) => line(name, expandKnown(homeVariable(env[name] ?? ""), variables))),
  ].join("");
}

/** Declared secrets a text names as `$NAME` or `${NAME`, and those the entry lists. */
export function secretsIn(wish: Pick<CommandWish, "text" | "undo" | "secrets">, declared: readonly string[]): string[] {
  const undo = typeof wish.undo === "string" ? wish.undo : wish.undo?.command ?? "";
  const named = declared.filter((name) =>
    new RegExp(`\\$(?:${name}(?![A-Za-z0-9_])|\\{[!#]?${name}(?![A-Za-z0-9_]))`)
      .test(`${wish.text}\n${undo}`)
  );
  return [...new Set([...named, ...(wish.secrets ?? [])])].sort();
}

/** The text's identity over runs: the authored id, else twelve hex digits of the text. */
export function commandId(wish: Pick<CommandWish, "id" | "text">): string {
  return wish.id ?? sha256(wish.text).slice(0, 12);
}

/** One line of a shell text for people: its first non-blank line, shortened. */
export function firstLine(text: string, width = 72): string {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const line = lines.find((candidate) => !candidate.startsWith("#")) ?? lines[0] ?? "";
  const cut = line.length > width ? `${line.slice(0, width - 1)}…` : line;
  return lines.length > 1 && cut === line ? `${cut} …` : cut;
}

/** Lowers shell text. */
export function commandAct(wish: CommandWish, context: LowerContext): CommandAct {
  const head = preamble(context, wish.candyVars ?? {}, wish.env ?? {});
  if (wish.text.includes("\0")) {
    throw new CharlyError(`candy "${wish.candy}": command: the text holds a NUL byte`, {
      hint: "put the bytes into a file of the candy and refer to it as /ctx/<name>",
      code: "nul-in-text",
      exitCode: 2,
    });
  }
  const level = levelOf(wish.scope);
  const undo = typeof wish.undo === "string" ? { command: wish.undo } : wish.undo;
  const ctx = ctxFiles(`${wish.text}\n${undo?.command ?? ""}`, wish.candy, context);
  return {
    type: "command",
    resource: `cmd:${wish.candy}:${commandId(wish)}`,
    step: context.step,
    candy: wish.candy,
    level,
    summary: wish.summary,
    reversibility: undo !== undefined ? "best-effort" : (wish.touches?.length ?? 0) > 0 ? "exact" : "none",
    shell: wish.shell ?? "bash",
    text: head + wish.text,
    env: context.env[level],
    path: level === "user" ? context.path : [],
    secrets: secretsIn(wish, context.secrets),
    ...(undo === undefined ? {} : { undo: { text: head + undo.command, at: undo.at ?? "in-place" } }),
    ...(wish.touches === undefined ? {} : { touches: wish.touches }),
    ...(wish.once === true ? { once: true } : {}),
    ...(wish.always === true ? { always: true } : {}),
    ...(ctx.length === 0 ? {} : { ctx }),
  };
}

function ctxFiles(
  text: string,
  candy: string,
  context: LowerContext,
): { name: string; content: Content; mode: string }[] {
  const wanted = ctxNames(text);
  if (wanted.length === 0) return [];
  return (own(context.files, candy)?.files ?? [])
    .filter(({ name }) => wanted.some((one) => isBelow(name, one)))
    .map(({ name, content, executable }) => ({ name, content, mode: executable ? "0755" : "0644" }));
}
