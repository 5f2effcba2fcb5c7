/** One voice for every verb: text for people, one JSON document, or a stream of JSON lines. */
import { CharlyError } from "../base/errors.ts";
import type { CliIo } from "./io.ts";
import { escapeControls, type Style, styleOf } from "./style.ts";

/** Whom a run speaks to. */
export type OutputMode = "text" | "document" | "events";

/** What {@link outputOf} is told. */
export interface OutputOptions {
  readonly json?: "document" | "events" | undefined;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly noColor?: boolean;
}

/** What a verb writes with. Results go to stdout, everything about the way there to stderr. */
export interface Output {
  readonly io: CliIo;
  readonly mode: OutputMode;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Styles for stdout and stderr: each is coloured only on a terminal of its own. */
  readonly style: Style;
  readonly errStyle: Style;
  /** Result text for people; nothing in the JSON modes. */
  text(text: string): void;
  /** A remark on stderr for people; nothing with `-q` or in the JSON modes. */
  note(text: string): void;
  /** A warning on stderr, in the JSON modes as well. `lines`: it has more than one. */
  warn(message: string, options?: { readonly lines?: boolean }): void;
  /** The result for programs: the one document, or the last line `{"event":"result",…}`. Nothing for people. */
  result(value: unknown): void;
  /** One JSON line in `events` mode. */
  event(value: Readonly<Record<string, unknown>>): void;
  /** The result both ways. */
  both(value: unknown, text: () => string): void;
  /** Prints an error; see {@link errorJson}. */
  error(error: unknown): void;
}

/** @param io where to; @param options how */
export function outputOf(io: CliIo, options: OutputOptions): Output {
  const mode: OutputMode = options.json ?? "text";
  const wanted = !options.noColor && !io.env("NO_COLOR") && io.env("TERM") !== "dumb";
  const style = styleOf(wanted && io.stdoutIsTerminal && mode === "text");
  const errStyle = styleOf(wanted && io.stderrIsTerminal);
  const jsonLine = (value: unknown) => io.stdout(`${JSON.stringify(value)}\n`);
  const output: Output = {
    io,
    mode,
    quiet: options.quiet ?? false,
    verbose: options.verbose ?? false,
    style,
    errStyle,
    text: (text) => {
      if (mode === "text" && text !== "") io.stdout(text.endsWith("\n") ? text : `${text}\n`);
    },
    note: (text) => {
      if (mode === "text" && !output.quiet) io.stderr(`${text}\n`);
    },
    warn: (message, { lines = false } = {}) => {
      if (mode === "events") jsonLine({ event: "warning", message });
      else io.stderr(`${errStyle.yellow("warning:")} ${escapeControls(message, lines)}\n`);
    },
    result: (value) => {
      if (mode === "document") io.stdout(`${JSON.stringify(value, null, 2)}\n`);
      if (mode === "events") jsonLine({ event: "result", result: value });
    },
    event: (value) => {
      if (mode === "events") jsonLine(value);
    },
    both: (value, text) => mode === "text" ? output.text(text()) : output.result(value),
    error: (error) => {
      if (mode === "document") io.stdout(`${JSON.stringify(errorJson(error), null, 2)}\n`);
      else if (mode === "events") jsonLine({ event: "error", ...errorJson(error) });
      else io.stderr(errorText(error, errStyle));
    },
  };
  return output;
}

/** An error for programs: `{"error":{"message","hint","code"}}`; a surprise has code `bug` and its stack. */
export function errorJson(error: unknown): { readonly error: Readonly<Record<string, string>> } {
  if (error instanceof CharlyError) {
    const { message, hint, code } = error;
    return { error: { message, ...(hint === undefined ? {} : { hint }), code: code ?? "failed" } };
  }
  const { message, stack } = surprise(error);
  return { error: { message, hint: bugHint, code: "bug", stack } };
}

/** An error for people: `error:` and `hint:`, and a stack for surprises only. */
export function errorText(error: unknown, style: Style): string {
  if (error instanceof CharlyError) {
    const hint = error.hint === undefined ? "" : `${style.cyan("hint:")} ${escapeControls(error.hint, true)}\n`;
    return `${style.red("error:")} ${escapeControls(error.message, true)}\n${hint}`;
  }
  const { message, stack } = surprise(error);
  return `${style.red("error:")} ${escapeControls(message, true)}\n${style.cyan("hint:")} ${bugHint}\n\n${
    escapeControls(stack, true)
  }\n`;
}

const bugHint = "this is a bug in charly: please report it with the lines below";

function surprise(error: unknown): { message: string; stack: string } {
  if (error instanceof Error) {
    return { message: `unexpected ${error.name}: ${error.message}`, stack: error.stack ?? String(error) };
  }
  return { message: `unexpected value thrown: ${String(error)}`, stack: "" };
}
