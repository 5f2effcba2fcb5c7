/** `hosts.<bundle>.$`: looks like dax, and sends what it is given, unjoined, to the parent. */
import { fromBase64, type RemoteRequest, toBase64, type Wire } from "./protocol.ts";
import type { Shell, ShellCommand, ShellResult, ShellValue } from "../entities/shell.ts";

/** Carries a request out; output comes in pieces. */
export type RemoteRun = (
  request: Omit<RemoteRequest, "kind" | "id">,
  output: (stream: 1 | 2, bytes: Uint8Array) => void,
) => Promise<number>;

/** A command on a host ended with another code than 0. */
export class RemoteShellError extends Error {
  override readonly name: string = "ShellError";

  constructor(readonly bundle: string, readonly exitCode: number, readonly stdout: string, readonly stderr: string) {
    super(`Exited with code: ${exitCode} (on ${bundle})`);
  }
}

interface State {
  readonly request: Omit<RemoteRequest, "kind" | "id">;
  readonly capture: boolean;
  readonly show: { readonly 1: boolean; readonly 2: boolean };
  /** Codes that are no error: all, or these. */
  readonly tolerated: "all" | readonly number[];
}

/** Text that is not quoted. */
class Raw {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

/**
 * The `$` of a bundle's hosts.
 *
 * @param bundle whose hosts
 * @param run carries requests out
 * @param show where output goes that is not captured
 */
export function remoteShell(bundle: string, run: RemoteRun, show: (stream: 1 | 2, bytes: Uint8Array) => void): Shell {
  const shell = (strings: TemplateStringsArray, ...values: readonly ShellValue[]) =>
    command(
      {
        request: { bundle, strings: checkRedirects([...strings], values), values: values.map(toWire), env: {} },
        capture: false,
        show: { 1: true, 2: true },
        tolerated: [],
      },
      run,
      show,
    );
  return Object.assign(shell, { rawArg: (text: string) => new Raw(text) });
}

function command(state: State, run: RemoteRun, show: (stream: 1 | 2, bytes: Uint8Array) => void): ShellCommand {
  const but = (change: Partial<State>) => command({ ...state, ...change }, run, show);
  const ask = (change: Partial<State["request"]>) => but({ request: { ...state.request, ...change } });
  const execute = async (captured: boolean): Promise<ShellResult & { bytes: Uint8Array }> => {
    const pieces: Record<1 | 2, Uint8Array[]> = { 1: [], 2: [] };
    const code = await run(state.request, (stream, bytes) => {
      if (captured && stream === 1) pieces[1].push(bytes);
      else {
        if (stream === 2) pieces[2].push(bytes);
        if (state.show[stream]) show(stream, bytes);
      }
    });
    const bytes = joined(pieces[1]);
    const stdout = decode(bytes);
    const stderr = decode(joined(pieces[2]));
    const fine = code === 0 || state.tolerated === "all" || state.tolerated.includes(code);
    if (!fine) throw new RemoteShellError(state.request.bundle, code, stdout, stderr);
    return {
      code,
      bytes,
      get stdout(): string {
        if (captured) return stdout;
        throw new Error("stdout was not captured: use .text(), .lines(), .json() or .bytes()");
      },
      stderr,
    };
  };
  const text = async () => (await execute(true)).stdout.replace(/\r?\n$/, "");
  return {
    then: (done, failed) => execute(state.capture).then(done, failed),
    text,
    lines: async () => {
      const all = await text();
      return all === "" ? [] : all.split(/\r?\n/);
    },
    json: async <Value>() => JSON.parse(await text()) as Value,
    bytes: async () => (await execute(true)).bytes,
    code: async () => (await command({ ...state, tolerated: "all" }, run, show)).code,
    noThrow: (...codes) => but({ tolerated: codes.length === 0 ? "all" : codes }),
    quiet: (kind = "both") =>
      but({ show: { 1: state.show[1] && kind === "stderr", 2: state.show[2] && kind === "stdout" } }),
    env: (first: string | Readonly<Record<string, string | undefined>>, value?: string) => {
      const given = typeof first === "string" ? { [first]: value } : first;
      const set = Object.entries({ ...state.request.env, ...given }).filter(([, text]) => text !== undefined);
      return ask({ env: Object.fromEntries(set) as Record<string, string> });
    },
    cwd: (directory) => ask({ cwd: directory }),
    stdinText: (input) => ask({ stdin: toBase64(new TextEncoder().encode(input)) }),
  };
}

/** A value as words. The same values are refused as by dax. */
export function toWire(value: unknown): Wire {
  if (Array.isArray(value)) return value.map(toWire);
  if (value instanceof Raw) return { raw: value.text };
  if (value === null || value === undefined) throw new TypeError("a value of the template is null or undefined");
  if (typeof value === "object") {
    if (value instanceof Promise) throw new TypeError("a value of the template is a promise: await it first");
    // What dax's own `$.rawArg` makes; its class is not exported.
    if (value.constructor.name === "RawArg" && "value" in value) return { raw: String(value.value) };
    if (value.constructor.name === "CommandResult" && "stdout" in value) {
      return String(value.stdout).replace(/\r?\n$/, "");
    }
    if (value.toString === Object.prototype.toString) {
      throw new TypeError("a value of the template has no toString() of its own");
    }
  }
  if (typeof value === "function" || typeof value === "symbol") {
    throw new TypeError(`a value of the template is a ${typeof value}`);
  }
  return String(value);
}

/** With dax, a value behind `<` is the input itself, not a file's name; on a host it would be read as one. */
function checkRedirects(strings: string[], values: readonly unknown[]): string[] {
  values.forEach((_, i) => {
    if (/<\s*$/.test(strings[i]!)) {
      throw new TypeError("a value behind `<` is not sent to a host: use .stdinText(value)");
    }
  });
  return strings;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Bytes of an `output` message. */
export const bytesOf = fromBase64;
