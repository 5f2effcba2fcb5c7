/** What a rule of the legacy chain is: a pure function from the files of a project to newer files of it. */
import type { Document, Place } from "../tree.ts";

/** The YAML files of a project: path relative to it → its documents. Files that go are simply not in the result. */
export type ProjectFiles = ReadonlyMap<string, readonly Document[]>;

/** One thing a rule did. */
export interface Change {
  /** `Rule.name`. */
  readonly rule: string;
  /** Where it stood before. */
  readonly at: Place;
  /** What became of it, one line: `"depends" is "require" now`. */
  readonly what: string;
}

/** One thing no rule can do. */
export interface ManualWork {
  readonly at: Place;
  readonly message: string;
  /** What the user does instead. */
  readonly hint: string;
}

/** Takes what rules do. */
export interface RuleLog {
  change(at: Place, what: string): void;
  manual(at: Place, message: string, hint: string): void;
}

/** One rule. Applying it to its own result changes nothing. */
export interface LegacyRule {
  /** Schema it leads to, `2026.DDD.HHMM`: rules run in this order. */
  readonly schema: string;
  /** Its name in the change log, kebab-case. */
  readonly name: string;
  /** Old → new, one line. */
  readonly about: string;
  apply(files: ProjectFiles, log: RuleLog): ProjectFiles;
}
