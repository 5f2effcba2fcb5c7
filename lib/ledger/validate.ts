/**
 * Reading the stores' JSON. What is broken, or written by a newer charly, is refused by name: nothing is guessed, nothing is
 * overwritten. Everything here throws {@link CharlyError} only, with code `ledger-corrupt` or `ledger-newer`.
 */
import { CharlyError } from "../base/errors.ts";
import type { DeployLedger, Resources, RunIntent, TargetIdentity } from "./record.ts";
import { identityShape, intentShape, ledgerShape, resourcesShape } from "./record_shapes.ts";
import { type Check, ShapeError } from "./shape.ts";

/** `ledger/<deploy>.json`. */
export function readLedger(text: string, file: string): DeployLedger {
  const ledger = read(text, file, ledgerShape, "format");
  once(ledger.claims.map(({ resource }) => resource), file, "claims");
  return ledger;
}

/** `resources.json`. */
export function readResources(text: string, file: string): Resources {
  return read(text, file, resourcesShape);
}

/** `runs/<run>/intent.json`. */
export function readIntent(text: string, file: string): RunIntent {
  const intent = read(text, file, intentShape, "format");
  once([...intent.acts, ...intent.reverts].map(({ n }) => String(n)), file, "numbers");
  return intent;
}

/** `target.json`. */
export function readIdentity(text: string, file: string): TargetIdentity {
  return read(text, file, identityShape, "schema");
}

/**
 * Reads one file by its shape.
 *
 * @param version the member that holds the version of the layout, 1 here
 */
export function read<T>(text: string, file: string, shape: Check<T>, version?: string): T {
  const value = json(text, file);
  const found = version === undefined || typeof value !== "object" || value === null
    ? undefined
    : Object.entries(value).find(([key]) => key === version)?.[1];
  if (typeof found === "number" && found > 1) throw newer(file, `${version} ${found}, this charly knows 1`);
  try {
    return shape(value, "");
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw error.unknownMember ? newer(file, error.message, error) : corrupt(file, error.message, error);
  }
}

/** Parses JSON. Throws `ledger-corrupt` naming the file. */
export function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw corrupt(file, text.trim() === "" ? "the file is empty" : "this is no JSON", error);
  }
}

function once(names: readonly string[], file: string, what: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw corrupt(file, `${what}: ${JSON.stringify(name)} is there twice`);
    seen.add(name);
  }
}

/** The error for a file that is broken. */
export function corrupt(file: string, message: string, cause?: unknown): CharlyError {
  return new CharlyError(`read ${file}: ${message}`, {
    hint: "run `charly ledger repair`, or put the file back from a backup; nothing was changed",
    code: "ledger-corrupt",
    cause,
  });
}

/** The error for a file of a newer version. */
export function newer(file: string, message: string, cause?: unknown): CharlyError {
  return new CharlyError(`read ${file}: ${message}`, {
    hint: "it was written by a newer charly: use that one here; nothing was changed",
    code: "ledger-newer",
    cause,
  });
}
