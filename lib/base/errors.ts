/** What every expected failure of charly looks like: one line that says what was found, one that says what to do. */

/** Extra facts of a {@link CharlyError}. */
export interface CharlyErrorOptions {
  /** One imperative sentence, ideally a command to paste. */
  readonly hint?: string;
  /** 1 failed, 2 the call or the config is wrong, 3 a confirmation was needed and no terminal was there. @default {1} */
  readonly exitCode?: 1 | 2 | 3;
  /** A stable word for programs, shown in `--json`, for example `host-key-changed`. */
  readonly code?: string;
  /** The error underneath. */
  readonly cause?: unknown;
}

/**
 * An expected failure: the CLI prints `error: <message>` and `hint: <hint>` and no stack.
 *
 * @example
 * ```ts
 * import { CharlyError } from "@charly/charly";
 *
 * const error = new CharlyError("read PCI address: found \"banana\"", { hint: "run `lspci -D`", code: "bad-pci-address" });
 * if (error.hint !== "run `lspci -D`") throw error;
 * ```
 */
export class CharlyError extends Error {
  /** Always `CharlyError`. */
  override readonly name: string = "CharlyError";
  /** What to do next, one imperative sentence. */
  readonly hint: string | undefined;
  /** The exit code the command line ends with. */
  readonly exitCode: 1 | 2 | 3;
  /** A stable word for programs. */
  readonly code: string | undefined;

  /**
   * An error to throw.
   *
   * @param message `action: what was found`
   * @param options the hint, the exit code, a stable code word and the cause
   */
  constructor(message: string, options: CharlyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
    this.code = options.code;
  }
}
