/** What can be wrong with YAML files: found in one run, all of it, each with its place and what to do. */
import { closest } from "../../base/closest.ts";
import type { Place } from "./tree.ts";

/** How bad it is: an error keeps the project from loading. */
export type Severity = "error" | "warning";

/** What is wrong, in a word that stays the same. */
export type ProblemCode =
  | "not-utf8"
  | "too-large"
  | "too-deep"
  | "syntax"
  | "duplicate-key"
  | "not-a-map"
  | "no-discriminator"
  | "two-discriminators"
  | "wrong-place"
  | "duplicate-data"
  | "stray-key"
  | "not-attached"
  | "unknown-field"
  | "wrong-type"
  | "bad-value"
  | "missing-field"
  | "duplicate-name"
  | "retired"
  | "outside-project"
  | "not-found"
  | "not-fetched"
  | "refused"
  | "cycle"
  | "config";

/** One problem. */
export interface Problem {
  readonly severity: Severity;
  readonly code: ProblemCode;
  readonly at: Place;
  /** What was found, one line. */
  readonly message: string;
  /** What to do, one imperative sentence. */
  readonly hint: string;
}

/** Takes problems as they are found. */
export class Problems {
  readonly #found: Problem[] = [];

  /** Everything found so far, in the order of files and lines. */
  get all(): readonly Problem[] {
    return [...this.#found].sort((a, b) =>
      a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : a.at.line - b.at.line || a.at.column - b.at.column
    );
  }

  /** Whether something keeps the project from loading. */
  get failed(): boolean {
    return this.#found.some(({ severity }) => severity === "error");
  }

  error(code: ProblemCode, at: Place, message: string, hint: string): void {
    this.#found.push({ severity: "error", code, at, message, hint });
  }

  warn(code: ProblemCode, at: Place, message: string, hint: string): void {
    this.#found.push({ severity: "warning", code, at, message, hint });
  }
}

/** "Did you mean", else all there is. */
export function nearest(word: string, known: readonly string[], otherwise: string): string {
  const near = closest(word, known);
  return near === undefined ? otherwise : `did you mean "${near}"?`;
}

/** Problems as text: `file:line:column code message`, with the hint below. */
export function problemText({ severity, code, at, message, hint }: Problem): string {
  return `${at.file}:${at.line}:${at.column} ${
    severity === "warning" ? "warning " : ""
  }${code} ${message}\n  hint: ${hint}`;
}
